"""Edit distance and the alignment behind it, in plain Python.

A dependency would have to exist for Python 3.6 on aarch64 and be carried into every environment that scores; codes
are some dozens of characters, so 30 lines of our own cost under a millisecond an image and nothing to install.
"""

from typing import List, Sequence, Tuple

Edit = Tuple[str, str]
"""(character of the truth, character read); "" stands for nothing: ("A", "") was missed, ("", "A") was made up."""


def levenshtein(a: Sequence[str], b: Sequence[str]) -> int:
    """Fewest single-character insertions, deletions and substitutions that turn ``a`` into ``b``.

    V. I. Levenshtein, Soviet Physics Doklady 10(8):707-710, 1966; two-row dynamic programming after
    R. A. Wagner and M. J. Fischer, J. ACM 21(1):168-173, 1974. Symmetric; time ``len(a) * len(b)``.
    """
    a, b = _without_common_ends(a, b)
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = _next_row(row, i, x, b)
    return row[-1]


def _next_row(above: List[int], first: int, x: str, b: Sequence[str]) -> List[int]:
    row = [first]
    for j, y in enumerate(b, 1):
        row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y)))
    return row


def _without_common_ends(a: Sequence[str], b: Sequence[str]) -> Tuple[Sequence[str], Sequence[str]]:
    """A common beginning or end costs nothing in some optimal alignment."""
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    end = 0
    while end < shorter - start and a[len(a) - 1 - end] == b[len(b) - 1 - end]:
        end += 1
    return a[start : len(a) - end], b[start : len(b) - end]


_EDIT = 1000  # one edit, in units small enough to break ties by kind without ever adding up to another edit


def align(truth: str, read: str) -> List[Edit]:
    """One optimal alignment, in order, equal pairs included.

    As many pairs differ as :func:`levenshtein` counts. Among equally short alignments the one whose substitutions
    stay within a kind (letter or digit, blank, other) wins: a lost blank beside a confused letter shows as just that.
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
    """Texts of a thousand mismatches of kind or more could tie with an edit; codes are some dozens long."""
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
