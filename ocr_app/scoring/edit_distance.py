"""Edit distance, and the alignment of a text with its truth that the confusion counts are made from.

``rapidfuzz`` computes the distance. The alignment is computed here: among equally short alignments it prefers the one
that a person would call the mistake, and ``rapidfuzz`` offers no way to choose.
"""

from typing import List, Tuple

from ocr_app.core.errors import ReaderUnavailable

Edit = Tuple[str, str]
"""(character of the truth, character read). "" is no character: ("A", "") was missed, ("", "A") was inserted."""

_EDIT = 1000
"""The cost of one edit: a mismatch of kind costs 1 more, and breaks ties without ever adding up to another edit."""


def levenshtein(a: str, b: str) -> int:
    """The fewest insertions, deletions and substitutions of single characters that turn ``a`` into ``b``. Symmetric.

    Raises ReaderUnavailable without the package ``rapidfuzz``.
    V. I. Levenshtein, Soviet Physics Doklady 10(8):707-710, 1966.
    """
    try:
        from rapidfuzz.distance import Levenshtein
    except ImportError as error:
        found = "the Python package rapidfuzz, which scores texts, does not import: {}".format(error)
        raise ReaderUnavailable(found, "rapidfuzz", "install the environment's lock") from error
    return int(Levenshtein.distance(a, b))


def align(truth: str, read: str) -> List[Edit]:
    """One optimal alignment, in order, equal pairs included.

    As many pairs differ as :func:`levenshtein` counts. Among equally short alignments the one whose substitutions stay
    within a kind (letter or digit, white space, other) wins: a lost space next to a confused letter shows as just that.
    Dynamic programming after R. A. Wagner and M. J. Fischer, J. ACM 21(1):168-173, 1974; time ``len(a) * len(b)``.
    """
    rows = [[_EDIT * j for j in range(len(read) + 1)]]
    for x in truth:
        rows.append(_next_costs(rows[-1], x, read))
    return _trace(rows, truth, read)


def _next_costs(above: List[int], x: str, read: str) -> List[int]:
    row = [above[0] + _EDIT]
    for j, y in enumerate(read, 1):
        row.append(min(above[j] + _EDIT, row[j - 1] + _EDIT, above[j - 1] + _substitution(x, y)))
    return row


def _substitution(x: str, y: str) -> int:
    """Texts with a thousand mismatches of kind could tie with an edit; codes have a few dozen characters."""
    if x == y:
        return 0
    return _EDIT + (x.isalnum() != y.isalnum() or x.isspace() != y.isspace())


def _trace(rows: List[List[int]], truth: str, read: str) -> List[Edit]:
    pairs: List[Edit] = []
    i, j = len(truth), len(read)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + _substitution(truth[i - 1], read[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], read[j]))
        elif i and rows[i][j] == rows[i - 1][j] + _EDIT:
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", read[j]))
    return pairs[::-1]
