"""Judges a frame under a recipe, look by look, until it passes or the reader has nothing more to show.

A code passes when nothing speaks against it and as many independent networks as the recipe asks for read the same
(docs/explanation/witnesses.md). Nothing is asked that cannot change the verdict: witnesses are heard only for a code
that passes without them, and the reader looks again only at a frame that does not pass.
"""

from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core.types import Image, LinePosterior
from ocr_app.networks.charsets import projection
from ocr_app.readers.contract import Reader, Timer, members_of
from ocr_app.recipes.decoding import best_text
from ocr_app.recipes.language.recipe import Recipe, RecipeLine
from ocr_app.recipes.verdict import WitnessReading, WitnessReport, may_be_longer

Verify = Callable[[recipes.CodeDecoding, Optional[WitnessReport]], recipes.Verdict]
"""The verdict on a decoding; None in place of the report while no witness has been heard."""


class Judgement(NamedTuple):
    """A frame as it was judged. ``witnesses``: None where none was heard."""

    decoding: recipes.CodeDecoding
    verdict: recipes.Verdict
    posteriors: Tuple[LinePosterior, ...]
    witnesses: Optional[WitnessReport] = None

    @property
    def passes(self) -> bool:
        """Whether the code passes."""
        return self.verdict.verdict == "pass"


class Judge:
    """Judges the frames of one reader under one recipe."""

    def __init__(self, reader: Reader, recipe: Recipe, verify: Verify) -> None:
        self._reader, self._recipe, self._verify = reader, recipe, verify

    def judge(self, image: Image, looks: Iterable[List[LinePosterior]], timer: Timer) -> Judgement:
        """The first look that passes; where none does, the one that explains most of the code."""
        return _FrameJudge(self._reader, self._recipe, self._verify, image, timer).judge(looks)


class _FrameJudge:
    """Judges one frame. A look that shows nothing new is not judged again, and what two looks share only once."""

    def __init__(
        self,
        reader: Reader,
        recipe: Recipe,
        verify: Verify,
        image: Image,
        timer: Timer,
    ) -> None:
        self._reader, self._recipe, self._verify = reader, recipe, verify
        self._image, self._timer = image, timer
        self._cache = recipes.DecodingCache()
        self._answers: Dict[Tuple[int, ...], LinePosterior] = {}  # lines by the posteriors that they had when asked

    def judge(self, looks: Iterable[List[LinePosterior]]) -> Judgement:
        """The first look that passes; where none does, the one that explains most of the code.

        One look is one witness that nothing else is printed. Where the recipe would allow more lines, the next look has
        to agree, if the reader has one.
        """
        best: Optional[Judgement] = None
        seen: Optional[List[LinePosterior]] = None
        for lines in looks:
            if seen is not None and _are_same(lines, seen):
                if best is not None and best.passes:
                    break
                continue
            found, seen = self._judge_look(lines), lines
            if best is not None and best.passes:
                return found  # a code that could be longer passes only if the look that shows more agrees
            best = found if best is None or _rank(found) > _rank(best) else best
            if best.passes and not may_be_longer(self._recipe, best.decoding):
                break
        return best if best is not None else self._decoded(())

    def _judge_look(self, lines: List[LinePosterior]) -> Judgement:
        """The lines as the first members read them; where that does not pass, as the others do."""
        lines = [line if line.member else line._replace(member=self._reader.info.reader) for line in lines]
        found = self._heard(self._decoded(lines))
        heard = list(found.posteriors)
        for member in _other_members(heard):
            if found.passes:
                break
            offer = self._heard(self._decoded([_as_read_by(member, line) for line in heard]))
            found = offer if _rank(offer) > _rank(found) else found
        return found

    def _decoded(self, lines: Sequence[LinePosterior]) -> Judgement:
        with self._timer.phase("decode"):
            decoding = recipes.decode([self._projected(line) for line in lines], self._recipe, self._cache)
            return Judgement(decoding, self._verify(decoding, None), tuple(lines))

    def _heard(self, found: Judgement) -> Judgement:
        """The judgement after as many witnesses as it takes; unchanged where none is needed or none can help."""
        if not found.passes or self._recipe.witnesses < 2:
            return found
        lines = list(found.posteriors)
        used = sorted({index for line in found.decoding.lines for index in line.sources})
        while True:
            with self._timer.phase("decode"):
                report = self._report(found.decoding, lines)
                heard = Judgement(found.decoding, self._verify(found.decoding, report), tuple(lines), report)
            asked = lines if heard.passes else self._asked(lines, used)
            if all(len(after.others) == len(before.others) for after, before in zip(asked, lines)):
                return heard
            lines = list(asked)

    def _asked(self, lines: List[LinePosterior], used: List[int]) -> List[LinePosterior]:
        """The lines after one more member was asked about those in ``used``, or has answered in an earlier look."""
        known = {k: self._answers[key] for k in used for key in [self._answer_key(lines[k])] if key in self._answers}
        told = [known.get(k, line) for k, line in enumerate(lines)]
        if len(known) == len(used):
            return told
        asked = self._reader.ask(self._image, told, used, self._timer)
        self._answers.update((self._answer_key(lines[k]), asked[k]) for k in used)
        return asked

    def _answer_key(self, line: LinePosterior) -> Tuple[int, ...]:
        """The posteriors that a line has."""
        return tuple(self._cache.number_of(each) for each in (line,) + line.others)

    def _report(self, decoding: recipes.CodeDecoding, lines: Sequence[LinePosterior]) -> WitnessReport:
        """What each member says about each line of the code of which it has read every part."""
        layout = next(each for each in self._recipe.layouts if each.name == decoding.layout)
        by_name = {line.name: line for line in layout.lines}
        readings = [
            WitnessReading(line.name, member, self._said(member, line, sources, by_name[line.name]))
            for line in decoding.lines
            for sources in [[lines[index] for index in line.sources]]
            for member in _common_members(sources)
        ]
        return WitnessReport(tuple(readings))

    def _said(
        self, member: str, decoded: recipes.DecodedLine, sources: Sequence[LinePosterior], line: RecipeLine
    ) -> str:
        if all(source.member == member for source in sources):
            return decoded.text
        read = [_as_read_by(member, source) for source in sources]
        key = (line.root, tuple(self._cache.number_of(each) for each in read))
        found = self._cache.once("witness", key, lambda: best_text(read, self._recipe, line))
        return found.text if found is not None else ""

    def _projected(self, line: LinePosterior) -> LinePosterior:
        """The posterior over the characters that all members share."""
        target = self._reader.characters()
        if not target or line.characters == target:
            return line
        number, projected = self._cache.number_of(line), projection(line.characters, target)
        log_probs = self._cache.once("projection", number, lambda: projected(line.log_probs))
        return line._replace(log_probs=log_probs, characters=target)


def _rank(judgement: Judgement) -> Tuple[bool, int, float]:
    """Of two judgements, that with the higher rank is reported: a pass, then more of the code, then more assurance."""
    found = sum(len(line.text) for line in judgement.decoding.lines if line.text)
    return judgement.passes, found, judgement.verdict.assurance


def _other_members(lines: Sequence[LinePosterior]) -> List[str]:
    return list(dict.fromkeys(other.member for line in lines for other in line.others))


def _common_members(sources: Sequence[LinePosterior]) -> List[str]:
    """The members that have read every one of the places, in the order in which they were asked."""
    names = dict.fromkeys(name for source in sources for name in members_of(source))
    return [name for name in names if all(name in members_of(source) for source in sources)]


def _as_read_by(member: str, line: LinePosterior) -> LinePosterior:
    """The line with that member's posterior first, if it has read the line."""
    others: Tuple[LinePosterior, ...] = line.others
    for index, other in enumerate(others):
        if other.member == member:
            rest = others[:index] + others[index + 1 :]
            return other._replace(others=(line._replace(others=()),) + rest)
    return line


def _are_same(lines: Sequence[LinePosterior], before: Sequence[LinePosterior]) -> bool:
    """Whether a look shows the same places with the same answers as the one before."""
    return len(lines) == len(before) and all(
        _is_same(line, other)
        and len(line.others) == len(other.others)
        and all(_is_same(one, two) for one, two in zip(line.others, other.others))
        for line, other in zip(lines, before)
    )


def _is_same(line: LinePosterior, other: LinePosterior) -> bool:
    given = (line.sure, line.member) == (other.sure, other.member)
    return given and line.log_probs is other.log_probs and np.array_equal(line.quad, other.quad)
