"""Which way a line is read: steep ones downwards or upwards, unsure ones standing on their heads as well."""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from ocr_app.core.types import LinePosterior, Quad
from ocr_app.imaging.geometry import sides, ways_to_read
from ocr_app.imaging.reading_order import direction_groups
from ocr_app.readers.codes.reader import total_probability, turn_the_surer_way
from ocr_app.readers.team.arbiter import comparable
from ocr_app.readers.team.frame import UPSIDE_DOWN, Source, Team, measured
from ocr_app.readers.team.members import Member, SeenPlace
from ocr_app.readers.team.place import CODE_LIKE, Place, WeighedPlace, total_worth, weigh

_LONG = 3  # heights and characters; a shorter line says little about its way
_UPRIGHT = 7  # letters and digits; shorter texts are often read surely on their heads: 8061 is 1908
_TURNED = 0.5  # a line counts as standing on its head only if it is more likely right than wrong in that way
_PROBES = 2  # unsure lines of one direction that are turned to find out about all of them


def read_first(team: Team, frame: Source, seen: Sequence[SeenPlace]) -> List[Place]:
    """One place per quad, read by the first member. Steep quads are read both ways, those of one direction in one."""
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


def turned_where_unsure(team: Team, frame: Source, found: List[WeighedPlace], heard: int = 1) -> List[WeighedPlace]:
    """Places that ``heard`` members or more read badly are read standing on their heads too; the likelier way counts.

    Of each direction a few lines are tried; where one line of it is sure as it is, only those that are likely code.
    Where one of them stands on its head, the others of its direction are read in that way as well: a short line alone
    may be mistaken about it, and a network may be sure of digits upside down. A line that is likely code is tried again
    when another member makes it doubtful.
    """
    unsure = {k for k, each in enumerate(found) if len(each.rated) >= heard and _may_be_upside_down(team, each)}
    if not unsure or not frame.budget.allows(UPSIDE_DOWN):
        return found
    result = list(found)
    with measured(frame.budget, UPSIDE_DOWN):
        for group in direction_groups([each.place.quad for each in found]):
            tried = unsure.intersection(group)
            if any(_is_surely_upright(team, found[k]) for k in group):
                tried = {k for k in tried if found[k].place.code >= CODE_LIKE}
            probes = sorted(tried, key=lambda k: -_length(found[k]))[:_PROBES]
            turned = _on_their_heads(team, frame, found, probes)
            likely = heard > 1 or any(each.probability >= _TURNED for each in turned.values())
            if likely and total_worth(list(turned.values())) > total_worth([found[k] for k in turned]):
                turned.update(_on_their_heads(team, frame, found, [k for k in group if k not in probes]))
                for k, each in turned.items():
                    result[k] = each if each.worth > found[k].worth else found[k]
            for k in turned:
                result[k] = result[k]._replace(place=result[k].place._replace(tried=len(found[k].rated)))
    return result


def _is_surely_upright(team: Team, weighed: WeighedPlace) -> bool:
    """Whether a line is surely right as it was read, and too long to read so on its head by accident."""
    return weighed.probability >= team.settings.sure and len(comparable(weighed.best.text)) >= _UPRIGHT


def _length(weighed: WeighedPlace) -> float:
    """The length of a place in heights, less where the detector is not sure of it."""
    width, height = sides(weighed.place.quad)
    return weighed.place.score * width / max(height, 1.0)


def _on_their_heads(team: Team, frame: Source, found: List[WeighedPlace], wanted: List[int]) -> Dict[int, WeighedPlace]:
    """The places in ``wanted`` as the first member reads them standing on their heads."""
    if not wanted:
        return {}
    first = team.first
    quads = [np.roll(found[k].place.quad, 2, axis=0) for k in wanted]
    answers = first.recognise([frame.crop(k, quad, first.colour) for k, quad in zip(wanted, quads)])
    return dict(_turned(team, found[k], quad, answer, k) for k, quad, answer in zip(wanted, quads, answers))


def _turned(team: Team, weighed: WeighedPlace, quad: Quad, answer: np.ndarray, number: int) -> Tuple[int, WeighedPlace]:
    place = weighed.place._replace(
        quad=quad,
        answers={team.first.name: (answer, team.first.characters)},
        drawn={name: np.roll(other, 2, axis=0) for name, other in weighed.place.drawn.items()},
    )
    return number, weigh(place, team.arbiter)


def _may_be_upside_down(team: Team, weighed: WeighedPlace) -> bool:
    """Whether a line is long enough to tell its way, and is read badly as it is."""
    width, height = sides(weighed.place.quad)
    heard = len(weighed.rated)
    if weighed.place.tried >= heard or (heard > 1 and weighed.place.code < CODE_LIKE):
        return False
    long_enough = weighed.place.sure and width > _LONG * height and len(weighed.best.text) >= _LONG
    return long_enough and weighed.probability < team.settings.upside_down
