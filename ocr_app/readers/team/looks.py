"""The looks of a team at one frame: the fast member first, then what is in doubt, once more and by others.

A look ends with all places of the frame, each with the answers of the members that were asked so far. Nothing is asked
twice: a place that is sure is left alone, and a crop is shown to each member once.
"""

import time
from contextlib import contextmanager
from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from ocr_app.core.types import Image, LinePosterior, Quad
from ocr_app.imaging.geometry import rectify, sides, ways_to_read
from ocr_app.imaging.preprocess import gray
from ocr_app.imaging.reading_order import direction_groups
from ocr_app.readers.codes.reader import total_probability, turn_the_surer_way
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.arbiter import Arbiter
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.members import Member, SeenPlace
from ocr_app.readers.team.place import Place, WeighedPlace, may_be_code, total_worth, weigh
from ocr_app.readers.team.places import overlaps, reaches_beyond, rivalries
from ocr_app.readers.team.settings import TeamSettings

ANOTHER_DETECTOR, OTHER_SCALES, UPSIDE_DOWN = "another-detector", "other-scales", "upside-down"
SECOND_MEMBER, THIRD_MEMBER = "second-member", "third-member"
"""The steps that a budget may forbid."""


class Frame(NamedTuple):
    """A frame that is being looked at: its pixels, the timer of its phases, and what may be spent on it.

    ``grey``: the same pixels without colour, for members that do not use it.
    """

    image: Image
    grey: Image
    timer: Timer
    budget: Budget

    def crop(self, number: int, quad: Quad, colour: bool) -> Image:
        """The straightened content of a quad; ``number`` of the place, in the order in which places are given."""
        return rectify(self.image if colour else self.grey, quad)


class GivenLines(NamedTuple):
    """Images of one line each, in place of a frame: the quad of place ``number`` is in pixels of that image."""

    images: Sequence[Image]
    timer: Timer
    budget: Budget

    def crop(self, number: int, quad: Quad, colour: bool) -> Image:
        """The straightened content of a quad in image ``number``."""
        return rectify(self.images[number] if colour else gray(self.images[number]), quad)


Source = Union[Frame, GivenLines]

_LONG = 3  # heights and characters; a shorter line says little about its way
_TURNED = 0.5  # a line counts as standing on its head only if it is more likely right than wrong in that way


class Team(NamedTuple):
    """The open members in the order in which they are asked, with the arbiter and the settings."""

    members: Tuple[Member, ...]
    arbiter: Arbiter
    settings: TeamSettings

    @property
    def first(self) -> Member:
        """The fast member, whose detector looks first."""
        return self.members[0]

    def detectors(self, names: Sequence[str]) -> List[Member]:
        """The members of these names."""
        return [each for name in names for each in self.members if each.name == name]


def looks(team: Team, frame: Frame) -> Iterator[List[WeighedPlace]]:
    """Look by look; the caller stops when it is satisfied. A step that the budget forbids is noted in the timer."""
    found: List[WeighedPlace] = []
    first, *others = team.detectors(team.settings.detectors)
    found = merged(team, frame, found, _seen(first, frame, team.settings.first_scale))
    for member in others:
        found = _looked_again(team, frame, found, member, 1.0, ANOTHER_DETECTOR)
    found = _third_asked(team, frame, found)
    yield found
    for member in team.detectors(team.settings.later_detectors):
        found = _third_asked(team, frame, _looked_again(team, frame, found, member, 1.0, ANOTHER_DETECTOR))
        yield found
    for scale in team.settings.scales:
        found = _third_asked(team, frame, _looked_again(team, frame, found, first, scale, OTHER_SCALES))
        yield found


def _seen(member: Member, frame: Frame, scale: float) -> List[SeenPlace]:
    assert member.detect is not None
    with frame.timer.phase("detect"):
        return member.detect(frame.image if member.colour else frame.grey, scale)


def _looked_again(
    team: Team, frame: Frame, found: List[WeighedPlace], member: Member, scale: float, step: str
) -> List[WeighedPlace]:
    """The places after another detector, or another scale, has looked: rivals are read, and the better side stays."""
    if not frame.budget.allows(step):
        return found
    with _measured(frame.budget, step):
        sure = team.settings.doubtful if step == OTHER_SCALES else None
        return merged(team, frame, found, _seen(member, frame, scale), sure)


@contextmanager
def _measured(budget: Budget, step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    budget.took(step, (time.perf_counter() - start) * 1000.0)


def merged(
    team: Team, frame: Frame, old: List[WeighedPlace], seen: List[SeenPlace], sure: Optional[float] = None
) -> List[WeighedPlace]:
    """Old and new places without doubles: where both cover the same print, the side that is worth more.

    ``sure``: old places that are right with this probability are not read again; by default that of the team.
    """
    sure = team.settings.sure if sure is None else sure
    table = overlaps([each.place.quad for each in old], [each.quad for each in seen])
    groups = rivalries(table)
    wanted = [
        group for group in groups if group.new and not _settled(sure, [old[i] for i in group.old], seen, group.new)
    ]
    fresh = [seen[j] for group in wanted for j in group.new]
    read = dict(zip([j for group in wanted for j in group.new], read_places(team, frame, fresh)))
    kept: List[WeighedPlace] = []
    for group in groups:
        before = [old[i] for i in group.old]
        code = max([each.place.code for each in before] + [0.0])
        after = [_at_least(read[j], code) for j in group.new if j in read]
        kept += after if total_worth(after) > total_worth(before) else before
        if not before and total_worth(after) <= 0:
            kept += after
    return kept


def _at_least(weighed: WeighedPlace, code: float) -> WeighedPlace:
    """The place, as likely code as the rivals that it replaces."""
    return weighed._replace(place=weighed.place._replace(code=max(code, weighed.place.code)))


def _settled(sure: float, old: List[WeighedPlace], seen: Sequence[SeenPlace], new: Sequence[int]) -> bool:
    """Whether the old places are sure and cover the new ones."""
    if not old or any(each.probability < sure for each in old):
        return False
    return not reaches_beyond([seen[j].quad for j in new], [each.place.quad for each in old])


def read_places(team: Team, frame: Source, seen: Sequence[SeenPlace]) -> List[WeighedPlace]:
    """The places read by the first member, and by the second where that is not sure; in the order of ``seen``."""
    if not seen:
        return []
    with frame.timer.phase("recognise"):
        places = _read_first(team, frame, seen)
        found = [weigh(place, team.arbiter) for place in places]
        found = _turned_where_unsure(team, frame, found)
        return _second_asked(team, frame, found)


def _read_first(team: Team, frame: Source, seen: Sequence[SeenPlace]) -> List[Place]:
    """One place per quad. Steep quads are read downwards and upwards, those of one direction in one way."""
    ways = [ways_to_read(each.quad) for each in seen]
    flat = [(index, way) for index, both in enumerate(ways) for way in both]
    answers = iter(team.first.recognise([frame.crop(index, way, team.first.colour) for index, way in flat]))
    places = [[_first_read(team.first, each, way, next(answers)) for way in both] for each, both in zip(seen, ways)]
    steep = [index for index, both in enumerate(places) if len(both) > 1]
    for group in direction_groups([seen[index].quad for index in steep]):
        turn_the_surer_way([places[steep[k]] for k in group], lambda place: total_probability(_only_answer(place)))
    return [both[0] for both in places]


def _first_read(member: Member, seen: SeenPlace, quad: Quad, answer: np.ndarray) -> Place:
    return Place(quad, seen.score, seen.sure, {member.name: (answer, member.characters)}, seen.code)


def _only_answer(place: Place) -> LinePosterior:
    ((log_probs, characters),) = place.answers.values()
    return LinePosterior(place.quad, log_probs, characters)


def _turned_where_unsure(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """Places that are read badly are read standing on their head too; the likelier way counts.

    Where a line stands on its head, the others of its direction that are not sure are read in that way as well: a short
    line alone may be mistaken about it.
    """
    unsure = [k for k, each in enumerate(found) if _may_be_upside_down(team, each)]
    if not unsure or not frame.budget.allows(UPSIDE_DOWN):
        return found
    with _measured(frame.budget, UPSIDE_DOWN):
        result = list(found)
        turned = {k: each for k, each in _on_their_heads(team, frame, found, unsure) if each.probability >= _TURNED}
        companions = [
            k
            for group in direction_groups([each.place.quad for each in found])
            if any(k in turned for k in group)
            for k in group
            if k not in unsure and found[k].probability < team.settings.sure
        ]
        for k, each in list(turned.items()) + _on_their_heads(team, frame, found, companions):
            if each.worth > found[k].worth:
                result[k] = each
    return result


def _on_their_heads(
    team: Team, frame: Source, found: List[WeighedPlace], wanted: List[int]
) -> List[Tuple[int, WeighedPlace]]:
    """The places in ``wanted`` as the first member reads them standing on their head."""
    if not wanted:
        return []
    quads = [np.roll(found[k].place.quad, 2, axis=0) for k in wanted]
    answers = team.first.recognise([frame.crop(k, quad, team.first.colour) for k, quad in zip(wanted, quads)])
    return [
        (k, weigh(found[k].place._replace(quad=quad, answers={team.first.name: (answer, characters)}), team.arbiter))
        for characters in (team.first.characters,)
        for k, quad, answer in zip(wanted, quads, answers)
    ]


def _may_be_upside_down(team: Team, weighed: WeighedPlace) -> bool:
    """Whether a line is long enough to tell its way, and is read badly as it is."""
    width, height = sides(weighed.place.quad)
    long_enough = weighed.place.sure and width > _LONG * height and len(weighed.best.text) >= _LONG
    return long_enough and weighed.probability < team.settings.upside_down


def _second_asked(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """The places after the second member was asked about those that are not sure."""
    unsure = [k for k, each in enumerate(found) if each.probability < team.settings.sure and _is_asked(team, each)]
    return _asked(team, frame, found, 1, unsure, SECOND_MEMBER)


def _is_asked(team: Team, weighed: WeighedPlace) -> bool:
    """Whether further members are asked about a place."""
    return team.settings.all_text or may_be_code(weighed)


def _third_asked(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """The places after the third member was asked where two differ; those with the most to win come first."""
    rules = team.settings
    disputed = [
        k
        for k, each in enumerate(found)
        if each.disagree
        and len(each.rated) == 2
        and rules.hopeless <= each.probability < rules.sure
        and _is_asked(team, each)
    ]
    left = max(0, rules.most_third - sum(len(each.rated) > 2 for each in found))
    by_gain = sorted(disputed, key=lambda k: -found[k].gain)
    with frame.timer.phase("recognise"):
        return _asked(team, frame, found, 2, sorted(by_gain[:left]), THIRD_MEMBER)


def _asked(
    team: Team, frame: Source, found: List[WeighedPlace], number: int, wanted: List[int], step: str
) -> List[WeighedPlace]:
    """The places, those in ``wanted`` with the answer of member ``number``, if the team has one and time allows it."""
    if number >= len(team.members) or not wanted or not frame.budget.allows(step):
        return found
    member = team.members[number]
    with _measured(frame.budget, step):
        answers = member.recognise([frame.crop(k, found[k].place.quad, member.colour) for k in wanted])
    result = list(found)
    for k, answer in zip(wanted, answers):
        result[k] = weigh(found[k].place.with_answer(member.name, (answer, member.characters)), team.arbiter)
    return result


def read_given(team: Team, lines: GivenLines, seen: Sequence[SeenPlace]) -> List[WeighedPlace]:
    """Lines that are given, not found: read by as many members as it takes."""
    return _third_asked(team, lines, read_places(team, lines, seen))
