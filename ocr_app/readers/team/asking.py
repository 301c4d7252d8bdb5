"""Who else is asked about a place: the second member where the first is unsure, the third where two differ."""

from typing import List

from ocr_app.readers.team.frame import SECOND_MEMBER, THIRD_MEMBER, Source, Team, measured
from ocr_app.readers.team.place import WeighedPlace, may_be_code, weigh_once_more


def second_asked(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """The places after the second member was asked about those that are not sure."""
    unsure = [k for k, each in enumerate(found) if each.probability < team.settings.sure and is_asked(team, each)]
    with frame.timer.phase("recognise"):
        return _asked(team, frame, found, 1, unsure, SECOND_MEMBER)


def third_asked(team: Team, frame: Source, found: List[WeighedPlace]) -> List[WeighedPlace]:
    """The places after the third member was asked where two differ; those with the most to win come first."""
    rules = team.settings
    disputed = [
        k
        for k, each in enumerate(found)
        if each.disagree
        and len(each.rated) == 2
        and rules.hopeless <= each.probability < rules.sure
        and is_asked(team, each)
    ]
    left = max(0, rules.most_third - sum(len(each.rated) > 2 for each in found))
    by_gain = sorted(disputed, key=lambda k: -found[k].gain)
    with frame.timer.phase("recognise"):
        return _asked(team, frame, found, 2, sorted(by_gain[:left]), THIRD_MEMBER)


def is_asked(team: Team, weighed: WeighedPlace) -> bool:
    """Whether further members are asked about a place."""
    return team.settings.all_text or may_be_code(weighed)


def _asked(
    team: Team, frame: Source, found: List[WeighedPlace], number: int, wanted: List[int], step: str
) -> List[WeighedPlace]:
    """The places, those in ``wanted`` with the answer of member ``number``, if the team has one and time allows it.

    Nobody is asked twice. A member whose detector has drawn the place itself reads what that detector drew.
    """
    if number >= len(team.members):
        return found
    member = team.members[number]
    wanted = [k for k in wanted if member.name not in found[k].place.answers]
    if not wanted or not frame.budget.allows(step):
        return found
    with measured(frame.budget, step):
        answers = member.recognise([frame.crop(k, found[k].place.drawn_by(member.name), member.colour) for k in wanted])
    result = list(found)
    for k, answer in zip(wanted, answers):
        result[k] = weigh_once_more(found[k], member.name, (answer, member.characters), team.arbiter)
    return result
