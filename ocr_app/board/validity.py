"""Reasons why a run is not valid: for its times only, or also for its texts."""

from typing import Any, Dict, List, Optional

MIN_INFERENCES = 10  # a median of fewer moves by several percent from run to run
MAX_OTHER_CORES = 0.25  # a quarter of a core taken by others lengthens a two-thread median by about a tenth
HOT_C = 90.0  # Tegra210 slows itself at 97 degrees, x86 between 95 and 100; closer than this is not steady
MIN_CLOCK_SHARE = 0.9  # a clock below this share of its upper bound while locked or on "performance" is throttled
MAXIMAL_POWER_MODES = ("MAXN",)  # nvpmodel's name for the uncapped mode of the Nano
STEADY_GOVERNORS = ("performance",)


def reasons(
    environment: Dict[str, Any], after: Dict[str, Any], load: Dict[str, Any], counts: Dict[str, int]
) -> List[Dict[str, Any]]:
    """The reasons against a run, each ``{"code", "scope", "found", "limit"}``; the scope is "times" or "all".

    ``environment`` and ``after`` are the machine before and after (``after``: clocks, temperatures_c,
    throttle_count); ``load`` is of usage.spent; ``counts`` has ``images``, ``errors``, ``inferences``.
    """
    checks = [
        _errors(counts),
        _too_few(counts),
        _busy(load),
        _hot(after),
        _slowed(after["clocks"]),
        _throttled(environment, after),
        _power_mode(environment),
    ]
    return [reason for reason in checks if reason is not None]


def _reason(code: str, scope: str, found: Any, limit: Any) -> Dict[str, Any]:
    return {"code": code, "scope": scope, "found": found, "limit": limit}


def _errors(counts: Dict[str, int]) -> Optional[Dict[str, Any]]:
    """Errors count as wrong answers, but a measurement of a reader that fails is not fair."""
    return _reason("errors", "all", counts["errors"], 0) if counts["errors"] else None


def _too_few(counts: Dict[str, int]) -> Optional[Dict[str, Any]]:
    few = counts["inferences"] < MIN_INFERENCES
    return _reason("too-few-samples", "times", counts["inferences"], MIN_INFERENCES) if few else None


def _busy(load: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    other = load.get("other_cores")
    busy = other is not None and other > MAX_OTHER_CORES
    return _reason("machine-busy", "times", other, MAX_OTHER_CORES) if busy else None


def _hot(after: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    hottest = max(after["temperatures_c"].values(), default=0.0)
    return _reason("hot", "times", hottest, HOT_C) if hottest >= HOT_C else None


def _slowed(clocks: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """Checked only if the clock is supposed to be constant; other governors lower it by design when idle."""
    steady = clocks.get("locked") or clocks.get("governor") in STEADY_GOVERNORS
    if not steady or not clocks.get("cur") or not clocks.get("max"):
        return None
    share = clocks["cur"] / clocks["max"]
    return _reason("clock-lowered", "times", round(share, 3), MIN_CLOCK_SHARE) if share < MIN_CLOCK_SHARE else None


def _throttled(before: Dict[str, Any], after: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    if before.get("throttle_count") is None or after.get("throttle_count") is None:
        return None
    times = after["throttle_count"] - before["throttle_count"]
    return _reason("throttled", "times", times, 0) if times > 0 else None


def _power_mode(environment: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    mode = environment.get("power_mode")
    lower = mode is not None and mode not in MAXIMAL_POWER_MODES
    return _reason("power-mode", "times", mode, ", ".join(MAXIMAL_POWER_MODES)) if lower else None
