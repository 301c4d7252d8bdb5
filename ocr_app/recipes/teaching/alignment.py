"""Which lines the samples have in common: those that are the same field by field.

A sample is a list of lines in reading order. Lines of the packaging, which are no code, and lines that few samples have
are left out. A sample whose print was misread in one line still supports the others.
"""

from difflib import SequenceMatcher
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.recipes.teaching.tokens import CHUNK, DATE, MARK, WORD, Token, is_code

Line = Tuple[Token, ...]
_SUPPORT = 0.6  # share of the samples that a line of the code needs
_ALIKE = 0.6  # likeness from which two words are readings of one word
_LENGTHS = 3  # characters by which two lots of one kind may differ


class CommonLine(NamedTuple):
    """A line of the code. ``tokens``: what each sample has, by the sample's number; ``position``: 0 (top) to 1."""

    tokens: Dict[int, Line]
    position: float

    def column(self, index: int) -> List[Token]:
        """What the samples have in one place."""
        return [line[index] for _, line in sorted(self.tokens.items())]

    @property
    def width(self) -> int:
        """The number of places."""
        return len(next(iter(self.tokens.values())))


def find_layouts(samples: Sequence[Sequence[Line]]) -> List[List[CommonLine]]:
    """The lines of each form of the code, the form of most samples first; () where the samples are no code."""
    layouts: List[List[CommonLine]] = []
    left = [number for number, lines in enumerate(samples) if any(is_code(line) for line in lines)]
    while left:
        layout = _find_layout(samples, left)
        covered = {number for line in layout for number in line.tokens}
        alone = len(covered) == 1 and not _has_date(layout)
        if not layout or (layouts and alone):
            break
        layouts.append(layout)
        left = [number for number in left if number not in covered]
    return layouts


def _has_date(layout: List[CommonLine]) -> bool:
    return any(token.kind == DATE for line in layout for tokens in line.tokens.values() for token in tokens)


def _find_layout(samples: Sequence[Sequence[Line]], numbers: List[int]) -> List[CommonLine]:
    """The lines that most of these samples have; those of the largest sample where nothing is common."""
    clusters = _cluster(samples, numbers)
    most = max(len(each.tokens) for each in clusters)
    needed = max(min(2, most), int(len(numbers) * _SUPPORT + 0.999)) if most > 1 else 1
    kept = [each for each in clusters if len(each.tokens) >= min(needed, most)]
    if most == 1:
        first = next(iter(kept[0].tokens))
        kept = [each for each in kept if first in each.tokens]
    return sorted(kept, key=lambda line: line.position)


def _cluster(samples: Sequence[Sequence[Line]], numbers: List[int]) -> List[CommonLine]:
    """The lines of the samples that are alike, at most one of each sample together."""
    clusters: List[CommonLine] = []
    for number in numbers:
        lines = samples[number]
        taken = set()
        for index, line in enumerate(lines):
            if not is_code(line):
                continue
            offers = [
                (likeness, -place)
                for place, cluster in enumerate(clusters)
                for likeness in [_likeness_to(cluster, line)]
                if likeness is not None and place not in taken and number not in cluster.tokens
            ]
            place = -max(offers)[1] if offers else len(clusters)
            if place == len(clusters):
                clusters.append(CommonLine({}, 0.0))
            taken.add(place)
            count, before = len(clusters[place].tokens), clusters[place].position
            clusters[place].tokens[number] = line
            position = (before * count + index / max(1.0, len(lines) - 1.0)) / (count + 1)
            clusters[place] = clusters[place]._replace(position=position)
    return clusters


def _likeness_to(cluster: CommonLine, line: Line) -> Optional[float]:
    """How alike a line is to those of a cluster, 0 to 1; None where it cannot be the same line."""
    found = [likeness(line, other) for other in cluster.tokens.values()]
    good = [each for each in found if each is not None]
    return sum(good) / len(found) if len(good) == len(found) else None


def likeness(line: Line, other: Line) -> Optional[float]:
    """How alike two lines are field by field, 0 to 1; None where they have different fields."""
    if len(line) != len(other) or not line:
        return None
    found = [_token_likeness(one, two) for one, two in zip(line, other)]
    return None if any(each is None for each in found) else sum(found) / len(found)  # type: ignore[arg-type]


def _token_likeness(one: Token, two: Token) -> Optional[float]:
    if one.kind != two.kind:
        return None
    if one.kind == DATE:
        return 1.0 if one.patterns & two.patterns else None
    if one.kind == MARK:
        return 1.0 if one.text == two.text else None
    return _text_likeness(one, two) if one.kind in (WORD, CHUNK) else 1.0


def _text_likeness(one: Token, two: Token) -> Optional[float]:
    """Of words by their letters, so that a misread word is the same; of numbers and lots by their shape."""
    if one.kind == WORD and max(len(one.text), len(two.text)) > 2:
        ratio = SequenceMatcher(None, one.text, two.text).ratio()
        return ratio if ratio >= _ALIKE else None
    if shape_of(one.text) == shape_of(two.text):
        return 1.0
    apart = abs(len(one.text) - len(two.text))
    return 0.8 - 0.2 * apart if apart <= _LENGTHS else None


def shape_of(text: str) -> str:
    """The kinds of the characters: ``A99-9`` for ``L12-3``."""
    return "".join("9" if each.isdigit() else "A" if each.isalpha() else each for each in text)
