"""What a team is: its members, its looks and its thresholds, from data/team.json."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data


class TeamSettings(NamedTuple):
    """How a team reads a frame.

    ``members``: in the order in which they are asked. ``detectors``: the members whose detectors look at every frame,
    in that order; ``later_detectors``: those that look again at a frame in doubt. ``sure``: a line whose text is
    right with at least this probability is not shown to another member. ``hopeless``: below it, two members read
    nothing of worth, and no third one is asked. ``most_third``: how many lines of a look the third member is shown at
    most. ``doubtful``: a frame with a line below it, but not hopeless, is looked at again. ``upside_down``: below it,
    a line is read standing on its head as well. ``shown``: the lowest probability of a line that is given as text.
    ``first_scale``, ``scales``: of the first detector's input at the first and the later looks, times its usual size;
    the other detectors look at theirs. ``in_doubt``: whether a frame is looked at again for one doubtful line, and not
    only where no good line was found. ``all_text``: whether that, and asking further members, is for any text, and not
    only for what may be code.
    """

    name: str
    members: Tuple[str, ...]
    detectors: Tuple[str, ...]
    later_detectors: Tuple[str, ...]
    sure: float
    hopeless: float
    most_third: int
    doubtful: float
    upside_down: float
    shown: float
    first_scale: float
    scales: Tuple[float, ...]
    in_doubt: bool
    all_text: bool = False


class MemberRecord(NamedTuple):
    """A member: a model of another reader ("codes" or "ppocr"), and which of its networks the team needs."""

    name: str
    reader: str
    model: str


class TeamNetwork(NamedTuple):
    """A network of a team: its role there ("tiny-recogniser"), and of which reader's model it is which part."""

    role: str
    reader: str
    model: str
    part: str


def catalogue() -> Dict[str, Any]:
    """data/team.json."""
    return load_data("team.json")  # type: ignore[no-any-return]


def names() -> Tuple[str, ...]:
    """The names of all teams, the cheapest first."""
    return tuple(catalogue()["teams"])


def default() -> str:
    """The name of the default team."""
    return str(catalogue()["default"])


def team(name: Optional[str]) -> TeamSettings:
    """The settings of a team; None stands for the default team. Raises UsageError."""
    data = catalogue()
    chosen = name or data["default"]
    if chosen not in data["teams"]:
        raise UsageError("unknown team: {!r}".format(chosen), ", ".join(data["teams"]))
    record = dict(data["teams"][chosen])
    record.pop("summary")
    lists = {key: tuple(record[key]) for key in ("members", "detectors", "later_detectors", "scales")}
    return TeamSettings(name=chosen, **dict(record, **lists))


def is_team(model: Optional[str]) -> bool:
    """Whether the reader `codes` with that model is a team; None stands for the default team."""
    return model is None or model in names()


def member_record(name: str) -> MemberRecord:
    """The record of a member."""
    return MemberRecord(name=name, **catalogue()["members"][name])


def networks(chosen: TeamSettings) -> List[TeamNetwork]:
    """Of each member the recogniser, and the detector where the team looks through it."""
    found = []
    for name in chosen.members:
        record = member_record(name)
        looks = name in chosen.detectors + chosen.later_detectors
        parts = ("detector", "recogniser") if looks else ("recogniser",)
        found += [TeamNetwork("{}-{}".format(name, part), record.reader, record.model, part) for part in parts]
    return found
