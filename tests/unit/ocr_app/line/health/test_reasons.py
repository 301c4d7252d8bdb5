"""Reasons for being degraded: the same as the agent knows; events pass."""

import json
from pathlib import Path

import pytest

from ocr_app.core.errors import DeviceUnavailable, EngineError, ModelError, UsageError
from ocr_app.line.health import reasons

AGENT = Path(__file__).resolve().parents[5] / "node_agent" / "data" / "health-reasons.json"


def test_the_reasons_are_those_that_the_agent_knows():
    assert set(reasons.REASONS) == set(json.loads(AGENT.read_text()))


@pytest.mark.parametrize(
    "error,reason",
    [
        (DeviceUnavailable("x"), "gpu_missing"),
        (ModelError("x"), "model_mismatch"),
        (EngineError("x", code="missing"), "engine_missing"),
        (EngineError("x", code="foreign"), "engine_stale"),
        (EngineError("x", code="tampered"), "model_mismatch"),
        (UsageError("x"), ""),
    ],
)
def test_reasons_of_errors(error, reason):
    assert reasons.of_error(error) == reason


def test_events_pass_and_what_is_held_stays():
    now = [0.0]
    degraded = reasons.DegradedReasons(lambda: now[0])
    degraded.set("a", ["disk_low"])
    degraded.set("b", ["disk_low", "throttled"])
    degraded.record_event("deadline_missed")
    assert degraded.current() == ["deadline_missed", "disk_low", "throttled"]
    now[0] = reasons.RECENT_S
    degraded.set("a", [])
    degraded.set("b", [])
    assert degraded.current() == []
    with pytest.raises(AssertionError):
        degraded.set("a", ["strange"])
