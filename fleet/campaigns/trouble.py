"""What a board's own record says against its times: heat, clocks, supply, power mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fleet.campaigns.records import BoardRecords, Record
from ocr_app.board.supply import LEAST_INPUT_MV
from ocr_app.board.validity import HOT_C, MAXIMAL_POWER_MODES, MIN_CLOCK_SHARE

THROTTLED, SUPPLY, SETTINGS = "throttled", "supply", "settings"
_CODES = {
    "throttled": "heat throttled the processor",
    "hot": "the hottest zone was too hot",
    "clock-lowered": "a constant clock was lowered",
}


class Trouble(NamedTuple):
    """``what``: throttled, supply or settings. ``part``: empty where it concerns the whole board."""

    what: str
    part: str
    words: str


def troubles(board: BoardRecords) -> list[Trouble]:
    """All that speaks against the board's times, the parts in order."""
    if board.board is None:
        return []
    found = list(_settings(board.board["before"]))
    for entry in board.board["parts"]:
        found += [Trouble(THROTTLED, entry["name"], words) for words in _throttling(entry)]
        found += [Trouble(THROTTLED, entry["name"], words) for words in _by_record(board.records.get(entry["name"]))]
        found += [Trouble(SUPPLY, entry["name"], words) for words in _supply(entry)]
    return list(dict.fromkeys(found))


def _settings(state: Record) -> Iterator[Trouble]:
    tools = state["tools"]
    if tools is None:
        return
    if tools["power_mode"] not in MAXIMAL_POWER_MODES:
        yield Trouble(SETTINGS, "", f"power mode {tools['power_mode']}, not {', '.join(MAXIMAL_POWER_MODES)}")
    if tools["unlocked"]:
        yield Trouble(SETTINGS, "", f"clocks not locked: {', '.join(tools['unlocked'])}")


def _throttling(entry: Record) -> Iterator[str]:
    during, stats = entry["during"], entry["during"]["tegrastats"] or {}
    hottest = max((value for value in (during["hottest_c"], stats.get("hottest_c")) if value is not None), default=None)
    if hottest is not None and hottest >= HOT_C:
        yield f"hottest zone at {hottest:.1f} degrees; throttling starts near 97"
    if during["most_cooling"]:
        yield f"the kernel lowered clocks to cool the board (cooling state {during['most_cooling']})"
    yield from _slow_clock("busy GPU", stats.get("least_busy_gpu_mhz"), _most_mhz(entry["before"], "GPU"))
    if entry["before"]["cpu"]["locked"]:
        yield from _slow_clock("processor", during["least_cpu_mhz"], entry["before"]["cpu"]["max"])
    counts = [entry[when]["throttle_count"] for when in ("before", "after")]
    if None not in counts and counts[1] > counts[0]:
        yield f"heat throttled the processor {counts[1] - counts[0]} times"


def _slow_clock(name: str, found: float | None, most: float | None) -> Iterator[str]:
    if found and most and found < MIN_CLOCK_SHARE * most:
        yield f"the {name} fell to {found:.0f} of {most:.0f} MHz"


def _most_mhz(state: Record, clock: str) -> float | None:
    clocks: dict[str, Any] = (state["tools"] or {}).get("clocks_mhz", {})
    return float(clocks[clock][2]) if clock in clocks else None


def _by_record(record: Record | None) -> Iterator[str]:
    for reason in (record or {}).get("invalid_reasons", []):
        if reason["code"] in _CODES:
            yield f"{_CODES[reason['code']]} ({reason['found']}, limit {reason['limit']})"
    for words in (record or {}).get("against", []):
        if "throttl" in words:
            yield str(words)


def _supply(entry: Record) -> Iterator[str]:
    least = entry["during"]["least_input_mv"]
    if least is not None and least < LEAST_INPUT_MV:
        yield f"the 5 V input fell to {least} mV; at least {LEAST_INPUT_MV} mV are needed"
    alarms = [entry[when]["supply"]["over_current"] for when in ("before", "after")]
    if None not in alarms and alarms[1] > alarms[0]:
        yield f"{alarms[1] - alarms[0]} over-current alarms in the kernel's log"
