"""The state is a fold over the journal; a record that cannot follow the others is refused."""

import pytest

from node_agent.errors import WrongPhase
from node_agent.store import state as states
from node_agent.store.state import EMPTY, EVENTS, after, fold, must_run

A, B = ({"id": name, "name": "ocr-app", "version": name, "serial": serial} for name, serial in (("a", 1), ("b", 2)))
COMMIT = {"event": "committed", "floor": 0, "keys_add": [], "keys_retire": []}


def staged(release):
    return [{"event": "staging", "release": release, "by": "eve", "group": None}, {"event": "staged"}]


def tried(release):
    names = ["gating", "soaking", "rebooting", "proving", "proven"]
    switched = [{"event": "preflight"}, {"event": "switching", "baseline": ["clock_unsynced"]}]
    return staged(release) + switched + [{"event": name} for name in names]


def committed(release, **changes):
    return tried(release) + [dict(COMMIT, release=release, **changes)]


def test_the_committed_release_runs_and_the_one_before_is_kept():
    state = fold(committed(A) + committed(B))
    assert (state.current, state.previous, state.candidate, state.phase) == (B, A, None, "idle")
    assert must_run(state) == B and state.highest == 2


@pytest.mark.parametrize("count", range(len(tried(B)) + 1))
def test_the_candidate_runs_from_the_switch_on_and_the_old_release_before(count):
    state = fold(committed(A) + tried(B)[:count])
    assert must_run(state) == (B if state.phase in states.CANDIDATE_RUNS else A)
    assert state.current == A


def test_going_back_forgets_the_candidate_and_keeps_the_reason():
    failure = {"probe": "live", "found": "no heartbeat"}
    state = fold(committed(A) + tried(B)[:5] + [{"event": "returning", "failure": failure}, {"event": "returned"}])
    assert (state.current, state.candidate, state.phase, state.failure) == (A, None, "idle", failure)


def test_proven_without_a_reboot_is_impossible():
    with pytest.raises(WrongPhase, match="without a reboot"):
        fold(tried(B)[:5] + [{"event": "proven"}])


def test_a_parked_release_may_be_proven_again_without_another_reboot():
    again = [{"event": "parked"}, {"event": "switching", "baseline": []}, {"event": "gating"}, {"event": "proven"}]
    state = fold(committed(A) + tried(B) + again + [dict(COMMIT, release=B)])
    assert state.current == B


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_no_record_is_taken_outside_of_its_phases(event):
    allowed = EVENTS[event][0]
    for phase in ("idle", "staging", "staged", "preflight", "gating", "soaking", "proven", "parked", "returning"):
        if allowed is not None and phase not in allowed:
            with pytest.raises(WrongPhase):
                after(EMPTY._replace(phase=phase), {"event": event})


def test_an_unknown_event_is_an_error():
    with pytest.raises(WrongPhase):
        after(EMPTY, {"event": "upgraded"})


def test_keys_roll_over_and_a_retired_key_never_comes_back():
    first = committed(A, keys_add=["K2"], keys_retire=["K1"])
    state = fold(first + committed(B, keys_add=["K2", "K3"], keys_retire=[]))
    assert state.keys_added == ["K2", "K3"] and state.keys_retired == {"K1"}


def test_the_floor_only_rises():
    assert fold(committed(A, floor=5) + committed(B, floor=2)).floor == 5


def test_the_committed_part_survives_in_a_checkpoint():
    state = fold(committed(A, floor=1, keys_retire=["K1"]) + committed(B))
    back = fold([{"event": "recovered", "checkpoint": states.committed_part(state)}])
    assert back == state._replace(boot_id="")
