"""The looks of a team at one frame: the first member reads all, then what is in doubt is read once more, by others too.

A look ends with all places of the frame, each with the answers of the members that were asked so far. Nothing is asked
twice: a place that is sure is left alone, a crop is shown to each member once, and where two detectors draw the same
line, each member reads what its own detector drew.
"""

from typing import Iterator, List, Optional, Sequence, Tuple

import numpy as np

from ocr_app.readers.team.asking import is_asked, second_asked, third_asked
from ocr_app.readers.team.frame import ANOTHER_DETECTOR, OTHER_SCALES, Frame, GivenLines, Source, Team, measured
from ocr_app.readers.team.members import Member, SeenPlace
from ocr_app.readers.team.place import WeighedPlace, total_worth, weigh
from ocr_app.readers.team.places import is_same_line, overlaps, reaches_beyond, rivalries
from ocr_app.readers.team.turning import read_first, turned_where_unsure


def looks(team: Team, frame: Frame) -> Iterator[List[WeighedPlace]]:
    """Look by look; the caller stops when it is satisfied. A step that the budget forbids is noted in the timer.

    Other members are asked when the detectors have looked: all of them that look at every frame, and with
    ``detectors_first`` of the later ones those that a frame in doubt needs.
    """
    rules = team.settings
    first, *others = team.detectors(rules.detectors)
    later = team.detectors(rules.later_detectors)
    found = read_by_first(team, frame, _seen(team, first, frame, rules.first_scale))
    for member in others:
        found = _looked_again(team, frame, found, member, rules.other_scale, ANOTHER_DETECTOR)
    while later and rules.detectors_first and in_doubt(team, found):
        found = _looked_again(team, frame, found, later.pop(0), 1.0, ANOTHER_DETECTOR)
    found = _others_asked(team, frame, found)
    yield found
    for member in later:
        found = _others_asked(team, frame, _looked_again(team, frame, found, member, 1.0, ANOTHER_DETECTOR))
        yield found
    (scaled,) = team.detectors([rules.scaled_detector])
    for scale in rules.scales:
        found = _others_asked(team, frame, _looked_again(team, frame, found, scaled, scale, OTHER_SCALES))
        yield found


def in_doubt(team: Team, found: Sequence[WeighedPlace], again: bool = False) -> bool:
    """Whether there is no good line, or, for a team that looks again for that, so many that are read badly.

    ``again``: whether the frame was looked at again.
    """
    rules = team.settings
    good = any(each.probability >= rules.good and each.digits >= rules.good_digits for each in found)
    bad = sum(rules.hopeless <= each.probability < rules.doubtful for each in found if is_asked(team, each))
    return not good or 0 < (rules.bad_left if again else rules.bad_lines) <= bad


def _seen(team: Team, member: Member, frame: Frame, scale: float) -> List[SeenPlace]:
    assert member.detect is not None
    with frame.timer.phase("detect"):
        return member.detect(frame.image if member.colour else frame.grey, scale, team.settings.most_places)


def _others_asked(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """The places after the others were asked; what the second member makes doubtful may stand on its head."""
    upright = second_asked(team, frame, found)
    with frame.timer.phase("recognise"):
        turned = turned_where_unsure(team, frame, upright, heard=2)
    turned = second_asked(team, frame, turned)
    better = [other if other.worth >= each.worth else each for each, other in zip(upright, turned)]
    return third_asked(team, frame, better)


def _looked_again(
    team: Team, frame: Frame, found: List[WeighedPlace], member: Member, scale: float, step: str
) -> List[WeighedPlace]:
    """The places after another detector, or another scale, has looked: rivals are read, and the better side stays."""
    if not frame.budget.allows(step):
        return found
    with measured(frame.budget, step):
        seen = _seen(team, member, frame, scale)
        if step == OTHER_SCALES:
            return merged(team, frame, found, seen, team.settings.doubtful)
        return merged(team, frame, found, seen, drawn_by=member.name)


def merged(
    team: Team,
    frame: Source,
    old: List[WeighedPlace],
    seen: List[SeenPlace],
    sure: Optional[float] = None,
    drawn_by: str = "",
) -> List[WeighedPlace]:
    """Old and new places without doubles: where both cover the same print, the side that is worth more.

    ``sure``: old places that are right with this probability are not read again; by default that of the team.
    ``drawn_by``: another member's name, if its detector drew the new places. Where it draws a line as it was drawn
    before, the place is not read again by the first member; that member will read its own quad.
    """
    sure = team.settings.sure if sure is None else sure
    table = overlaps([each.place.quad for each in old], [each.quad for each in seen])
    covering = [[old[i] for i in np.flatnonzero(column)] for column in table.T]
    wanted = [j for j, each in enumerate(seen) if _is_open(sure, covering[j], each)]
    seen, groups = [seen[j] for j in wanted], rivalries(table[:, wanted])
    kept: List[WeighedPlace] = []
    rivals: List[Tuple[List[WeighedPlace], List[SeenPlace]]] = []
    for group in groups:
        before, new = [old[i] for i in group.old], [seen[j] for j in group.new]
        if not new or _settled(sure, before, new):
            kept += before
        elif drawn_by and _is_one_line(before, new):
            kept.append(_drawn_by(before[0], drawn_by, new[0]))
        else:
            rivals.append((before, new))
    for before, read in _heard(team, frame, rivals):
        code = max([each.place.code for each in before] + [0.0])
        after = [_at_least(each, code) for each in read]
        kept += after if not before or total_worth(after) > total_worth(before) else before
    return kept


def _heard(
    team: Team, frame: Source, rivals: Sequence[Tuple[List[WeighedPlace], List[SeenPlace]]]
) -> Iterator[Tuple[List[WeighedPlace], List[WeighedPlace]]]:
    """Old and new places as they are read; where both are there, the second member has a say in which are better."""
    fresh = iter(read_by_first(team, frame, [each for _, new in rivals for each in new]))
    read = [(before, [next(fresh) for _ in new]) for before, new in rivals]
    contested = [each for before, after in read if before for each in before + after]
    answered = iter(second_asked(team, frame, contested))
    for before, after in read:
        yield ([next(answered) for _ in before], [next(answered) for _ in after]) if before else (before, after)


def _is_open(sure: float, covering: Sequence[WeighedPlace], new: SeenPlace) -> bool:
    """Whether a new place may tell more than the old ones that cover the same print.

    It does not if it lies within a sure one: then it is a piece of that line, or dots of its print. Nor does a doubtful
    new place, which counts only if it reads like a code: that print was read already.
    """
    if covering and not new.sure:
        return False
    settled = (each for each in covering if each.probability >= sure)
    return all(reaches_beyond([new.quad], [each.place.quad]) for each in settled)


def _is_one_line(old: Sequence[WeighedPlace], new: Sequence[SeenPlace]) -> bool:
    return len(old) == 1 and len(new) == 1 and is_same_line(old[0].place.quad, new[0].quad)


def _drawn_by(weighed: WeighedPlace, member: str, seen: SeenPlace) -> WeighedPlace:
    """The place, with the quad that another member's detector drew, in the direction in which it is read."""
    place = weighed.place
    quad = min((np.roll(seen.quad, k, axis=0) for k in (0, 2)), key=lambda each: float(np.abs(each - place.quad).sum()))
    return weighed._replace(place=place._replace(drawn=dict(place.drawn, **{member: quad})))


def _at_least(weighed: WeighedPlace, code: float) -> WeighedPlace:
    """The place, as likely code as the rivals that it replaces."""
    return weighed._replace(place=weighed.place._replace(code=max(code, weighed.place.code)))


def _settled(sure: float, old: List[WeighedPlace], new: Sequence[SeenPlace]) -> bool:
    """Whether the old places are sure and cover the new ones."""
    if not old or any(each.probability < sure for each in old):
        return False
    return not reaches_beyond([each.quad for each in new], [each.place.quad for each in old])


def read_by_first(team: Team, frame: Source, seen: Sequence[SeenPlace]) -> List[WeighedPlace]:
    """The places read by the first member, the right way up; in the order of ``seen``."""
    if not seen:
        return []
    with frame.timer.phase("recognise"):
        found = [weigh(place, team.arbiter) for place in read_first(team, frame, seen)]
        return turned_where_unsure(team, frame, found)


def read_given(team: Team, lines: GivenLines, seen: Sequence[SeenPlace]) -> List[WeighedPlace]:
    """Lines that are given, not found: read by as many members as it takes."""
    return _others_asked(team, lines, read_by_first(team, lines, seen))
