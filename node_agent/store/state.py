"""The state of a node follows from its journal alone: a fold over the records that does not look at the host.

Phases and what runs in them:

    idle, staging, staged, preflight, parked     the committed release
    switching, gating, soaking, rebooting        the candidate, until something fails
    proving, proven                              the candidate, after the reboot
    returning                                    nothing, then the committed release again
"""

from typing import Any, Dict, FrozenSet, Iterable, List, NamedTuple, Optional

from node_agent.errors import WrongPhase

Record = Dict[str, Any]

# event -> (phases in which it may be written, phase after it; None: unchanged)
EVENTS: Dict[str, Any] = {
    "staging": ({"idle", "staged"}, "staging"),
    "staged": ({"staging"}, "staged"),
    "abandoned": ({"staging", "staged", "preflight"}, "idle"),
    "preflight": ({"staged"}, "preflight"),
    "switching": ({"preflight", "parked"}, "switching"),
    "gating": ({"switching"}, "gating"),
    "soaking": ({"gating"}, "soaking"),
    "rebooting": ({"soaking"}, "rebooting"),
    "proving": ({"rebooting"}, "proving"),
    "proven": ({"proving", "gating"}, "proven"),
    "parked": ({"proven"}, "parked"),
    "committed": ({"proven"}, "idle"),
    "returning": (
        {"switching", "gating", "soaking", "rebooting", "proving", "proven", "parked", "returning"},
        "returning",
    ),
    "returned": ({"returning"}, "idle"),
    "rolled_back": ({"idle"}, "idle"),
    "recovered": ({"idle"}, "idle"),
    "refused": ({"idle", "staged", "preflight"}, None),
    "healed": (None, None),
}

CANDIDATE_RUNS = frozenset({"switching", "gating", "soaking", "rebooting", "proving", "proven"})


class DeploymentState(NamedTuple):
    """Which releases a node has, and how far a deployment has come."""

    phase: str
    current: Optional[Record]  # release: id, name, version, serial, image_id
    previous: Optional[Record]
    candidate: Optional[Record]
    deployment: Record  # who asked, group, token_sha256; {} without a deployment
    proved: bool  # the candidate has passed its gate after the reboot
    baseline: List[str]  # reasons of the old release before the switch
    boot_id: str  # of the record that began the phase
    floor: int  # releases with a lower serial are refused
    highest: int  # serial of the newest release ever committed
    keys_added: List[str]
    keys_retired: FrozenSet[str]
    failure: Record  # why the last deployment was not committed; {} when it was


EMPTY = DeploymentState("idle", None, None, None, {}, False, [], "", 0, 0, [], frozenset(), {})


def fold(records: Iterable[Record]) -> DeploymentState:
    """The state after ``records``. Raises WrongPhase for a record that cannot follow those before it."""
    state = EMPTY
    for record in records:
        state = after(state, record)
    return state


def after(state: DeploymentState, record: Record) -> DeploymentState:
    """The state after one more record. Raises WrongPhase for one that cannot follow."""
    event = record["event"]
    allowed, phase = EVENTS.get(event, (frozenset(), None))
    if allowed is not None and state.phase not in allowed:
        raise WrongPhase("{!r} in the phase {}".format(event, state.phase), "one of: " + ", ".join(sorted(allowed)))
    if event == "proven" and state.phase == "gating" and not state.proved:
        raise WrongPhase("'proven' without a reboot", "soaking, rebooting and proving first")
    changed = _CHANGES.get(event, _unchanged)(state, record)
    if phase is None:
        return changed
    return changed._replace(phase=phase, boot_id=record.get("boot_id", ""))


def _unchanged(state: DeploymentState, record: Record) -> DeploymentState:
    return state


def _staging(state: DeploymentState, record: Record) -> DeploymentState:
    deployment = {key: record.get(key) for key in ("deployment", "by", "group", "token_sha256", "reason")}
    return state._replace(candidate=record["release"], deployment=deployment, proved=False, baseline=[], failure={})


def _switching(state: DeploymentState, record: Record) -> DeploymentState:
    return state._replace(baseline=list(record["baseline"]))


def _proven(state: DeploymentState, record: Record) -> DeploymentState:
    return state._replace(proved=True)


def _failed(state: DeploymentState, record: Record) -> DeploymentState:
    return state._replace(failure=record["failure"])


def _ended(state: DeploymentState, record: Record) -> DeploymentState:
    failure = record.get("failure") or state.failure
    return state._replace(candidate=None, deployment={}, proved=False, baseline=[], failure=failure)


def _committed(state: DeploymentState, record: Record) -> DeploymentState:
    ended = _ended(state, {})._replace(current=state.candidate, previous=state.current, failure={})
    return ended._replace(
        floor=max(state.floor, record["floor"]),
        highest=max(state.highest, record["release"]["serial"]),
        keys_added=state.keys_added + [key for key in record["keys_add"] if key not in state.keys_added],
        keys_retired=state.keys_retired | frozenset(record["keys_retire"]),
    )


def _rolled_back(state: DeploymentState, record: Record) -> DeploymentState:
    return state._replace(current=state.previous, previous=state.current, failure=record["failure"])


def _recovered(state: DeploymentState, record: Record) -> DeploymentState:
    return restored(record["checkpoint"])


_CHANGES = {
    "staging": _staging,
    "abandoned": _ended,
    "switching": _switching,
    "proven": _proven,
    "returning": _failed,
    "returned": _ended,
    "committed": _committed,
    "rolled_back": _rolled_back,
    "recovered": _recovered,
}


def committed_part(state: DeploymentState) -> Record:
    """The part of the state that has to survive a damaged journal."""
    keys = ("current", "previous", "floor", "highest", "keys_added")
    kept = {key: getattr(state, key) for key in keys}
    return dict(kept, keys_retired=sorted(state.keys_retired))


def restored(record: Record) -> DeploymentState:
    """The state of a checkpoint; the inverse of ``committed_part``."""
    return EMPTY._replace(**dict(record, keys_retired=frozenset(record["keys_retired"])))


def must_run(state: DeploymentState) -> Optional[Record]:
    """The release that has to run in this state as long as nothing fails; None before the first release."""
    return state.candidate if state.phase in CANDIDATE_RUNS else state.current
