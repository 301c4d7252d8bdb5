"""What a team is: its members, its looks and its thresholds, from data/team.json."""

from typing import Any, Dict, NamedTuple, Optional, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data


class TeamSettings(NamedTuple):
    """How a team reads a frame.

    ``members``: in the order in which they are asked. ``second_detector``: the member whose detector looks again, ""
    for none; ``always_second``: at every frame, not only at those that are in doubt. ``sure``: a line whose text is
    right with at least this probability is not shown to another member. ``doubtful``: below it, the frame is looked at
    again. ``upside_down``: below it, a line is read standing on its head as well. ``shown``: the lowest probability of
    a line that is given as text. ``scales``: of the later looks, times the usual size of the first detector's input.
    """

    name: str
    members: Tuple[str, ...]
    second_detector: str
    always_second: bool
    sure: float
    doubtful: float
    upside_down: float
    shown: float
    scales: Tuple[float, ...]


class MemberRecord(NamedTuple):
    """A member: a model of another reader ("codes" or "ppocr"), and which of its networks the team needs."""

    name: str
    reader: str
    model: str


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
    lists = {key: tuple(record[key]) for key in ("members", "scales")}
    return TeamSettings(name=chosen, **dict(record, **lists))


def member_record(name: str) -> MemberRecord:
    """The record of a member."""
    return MemberRecord(name=name, **catalogue()["members"][name])
