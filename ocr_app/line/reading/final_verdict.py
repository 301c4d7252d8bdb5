"""The final verdict of a result line: it can only get worse here, never better."""

from typing import Any, Dict, List, Optional

from ocr_app.core.errors import OcrError
from ocr_app.core.names import shown
from ocr_app.core.types import PHASES, RESULT_SCHEMA

Result = Dict[str, Any]
PASS, FAIL, HOLD = "pass", "fail", "hold"
_UNKNOWN = {"reader": "", "engine": "", "device": "cpu", "precision": "fp32"}


def rejected_result(name: str, reason: str, info: Dict[str, str], elapsed_ms: float) -> Result:
    """The line of an image that was not read because its time was over: fail, with the reason."""
    return _line(name, FAIL, reason, info, elapsed_ms)


def failed_result(name: str, error: OcrError, info: Dict[str, str], elapsed_ms: float) -> Result:
    """The line of an image whose reader failed."""
    return dict(_line(name, "error", error.code, info, elapsed_ms), error=error.to_json())


def _line(name: str, verdict: str, reason: str, info: Dict[str, str], elapsed_ms: float) -> Result:
    timing = dict(dict.fromkeys(PHASES, 0.0), total=round(elapsed_ms, 3))
    own = {key: info.get(key, unknown) for key, unknown in _UNKNOWN.items()}
    return dict(
        own, schema=RESULT_SCHEMA, image=name, text="", lines=[], verdict=verdict, reasons=[reason], timing_ms=timing
    )


def with_name(result: Result, path: str, name: str) -> Result:
    """The line with the caller's name of the image instead of the path that was read."""
    record = dict(result, image=name)
    if "error" in record:
        record["error"] = {key: value.replace(shown(path), name) for key, value in record["error"].items()}
    return record


def within_deadline(result: Result, elapsed_ms: float, deadline_ms: Optional[float]) -> Result:
    """The line, rejected if it comes after its deadline, which counts from the image's arrival."""
    if deadline_ms is None or elapsed_ms <= deadline_ms or result["verdict"] == "error":
        return result
    reasons = [reason for reason in result["reasons"] if reason != "deadline-missed"]
    return dict(result, verdict=FAIL, reasons=["deadline-missed"] + reasons)


def hold(result: Result, reason: str) -> Result:
    """The line; "pass" becomes "hold", with the reason."""
    if result["verdict"] != PASS:
        return result
    return dict(result, verdict=HOLD, reasons=[reason] + result["reasons"])


def with_degraded(result: Result, reasons: List[str]) -> Result:
    """The line with a reason ``degraded:REASON`` for each reason that degrades the service."""
    return dict(result, reasons=result["reasons"] + ["degraded:" + reason for reason in reasons])
