"""What a team is: its members, its looks and its thresholds, from data/team.json."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data


class TeamSettings(NamedTuple):
    """How a team reads a frame.

    ``members``: in the order in which they are asked. ``detectors``: the members whose detectors look at every frame,
    in that order; ``later_detectors``: those that look again at a frame in doubt, with ``detectors_first`` before any
    other member is asked about it; ``scaled_detector``: the one that looks at it at other scales. ``most_places``: of
    one detector of PP-OCR, how many are read in one look. ``sure``: a line whose text is right with at least this
    probability is not shown to another member. ``hopeless``: below it, two members read nothing of worth, and no
    third one is asked. ``most_third``: how many lines of a look the third member is shown at most. ``upside_down``:
    below it, a line is read standing on its head as well. ``shown``: the lowest probability of a line that is given
    as text. ``first_scale``, ``other_scale``: of the input of the first detector, and of the others that look at every
    frame, times its usual size. ``scales``: those at which the scaled detector looks later; the ``later_detectors``
    look at their usual size.

    A frame is in doubt without a line of ``good_digits`` digits or more that is right with a probability of ``good``,
    and with ``bad_lines`` lines or more below ``doubtful`` that are not hopeless; a ``bad_lines`` of 0 leaves this out.
    A frame that was looked at again is so with ``bad_left`` of them.
    ``all_text``: whether that, and asking further members, is for any text, and not only for what may be code.
    """

    name: str
    members: Tuple[str, ...]
    detectors: Tuple[str, ...]
    later_detectors: Tuple[str, ...]
    detectors_first: bool
    scaled_detector: str
    most_places: int
    sure: float
    hopeless: float
    most_third: int
    doubtful: float
    upside_down: float
    shown: float
    first_scale: float
    other_scale: float
    scales: Tuple[float, ...]
    good: float
    good_digits: int
    bad_lines: int
    bad_left: int
    all_text: bool = False

    def looking(self) -> Tuple[str, ...]:
        """The members whose detectors look at a frame, at each or at some."""
        return tuple(dict.fromkeys(self.detectors + self.later_detectors + (self.scaled_detector,)))


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
    """The settings of a team under a recipe; None stands for the default team. Raises UsageError."""
    return _settings(name, {})


def team_without_recipe(name: Optional[str]) -> TeamSettings:
    """Those where no recipe says what is printed. Raises UsageError."""
    return _settings(name, _record(name)["without_recipe"])


def _record(name: Optional[str]) -> Dict[str, Any]:
    data = catalogue()
    chosen = name or data["default"]
    if chosen not in data["teams"]:
        raise UsageError("unknown team: {!r}".format(chosen), ", ".join(data["teams"]))
    return dict(data["teams"][chosen], name=chosen)


def _settings(name: Optional[str], changed: Dict[str, Any]) -> TeamSettings:
    record = dict(_record(name), **changed)
    del record["summary"], record["without_recipe"]
    lists = {key: tuple(record[key]) for key in ("members", "detectors", "later_detectors", "scales")}
    return TeamSettings(**dict(record, **lists))


def is_team(model: Optional[str]) -> bool:
    """Whether the reader `codes` with that model is a team; None stands for the default team."""
    return model is None or model in names()


def member_record(name: str) -> MemberRecord:
    """The record of a member."""
    return MemberRecord(name=name, **catalogue()["members"][name])


def looking(name: Optional[str]) -> Tuple[str, ...]:
    """The members of a team whose detectors look at a frame, with a recipe or without. Raises UsageError."""
    return tuple(dict.fromkeys(team(name).looking() + team_without_recipe(name).looking()))


def networks(name: Optional[str]) -> List[TeamNetwork]:
    """Of each member the recogniser, and the detector where the team looks through it. Raises UsageError."""
    found, looks = [], looking(name)
    for member in team(name).members:
        record = member_record(member)
        parts = ("detector", "recogniser") if member in looks else ("recogniser",)
        found += [TeamNetwork("{}-{}".format(member, part), record.reader, record.model, part) for part in parts]
    return found
