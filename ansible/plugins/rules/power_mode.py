"""Rules of the role power_mode: the mode, the clocks and the fan, now and after a reboot."""

from __future__ import annotations

import re
from typing import Any

from fleet.plays.rules import BadRule

from .model import Observed, Rule, Settings, listed

FASTEST = "fastest"
UNIT = "nano-ocr-clocks.service"
CLOCK = re.compile(r"^(cpu\d+|GPU)\b.*\bMinFreq=([0-9]+) MaxFreq=([0-9]+)", re.MULTILINE)
OFF = re.compile(r"^cpu\d+:.*\bOnline=0\b.*$", re.MULTILINE)


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    mode = wanted(settings)
    if mode is None:
        return []
    status, remembered = observed.file("status"), _remembered(observed)
    names = _names(settings)
    return [
        Rule("power_mode.mode", _mode(observed, names), f"{names[mode]} ({mode})"),
        Rule(
            "power_mode.remembered",
            f"mode {int(remembered)}" if remembered else f"nothing in {status.path}",
            f"mode {mode}",
        ),
        _unit(observed, settings),
        _clocks(observed, settings),
        _fan(observed, settings),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """Whether the mode has to be set."""
    mode, remembered = wanted(settings), _remembered(observed)
    differs = _number(observed) != str(mode) or not remembered or int(remembered) != mode
    return {"mode": mode, "set_mode": mode is not None and differs}


def unknown(settings: Settings) -> str:
    """Why the role does nothing where the table knows no power modes; empty elsewhere."""
    if _names(settings):
        return ""
    return f"the power modes of {settings.board.name} with L4T {settings.series.name} are not known"


def wanted(settings: Settings) -> int | None:
    """The number of the wanted mode; None where the modes of the board are not known. Raises BadRule."""
    names, text = _names(settings), settings.text("power_mode_id")
    if not names:
        return None
    if text == FASTEST:
        return settings.series.modes[settings.board.id].fastest
    if not text.isdigit() or int(text) >= len(names):
        known = ", ".join(f"{number} ({name})" for number, name in enumerate(names))
        raise BadRule(f"power_mode_id: found {text}; expected {FASTEST} or one of {known}; next: correct it")
    return int(text)


def _names(settings: Settings) -> tuple[str, ...]:
    modes = settings.series.modes.get(settings.board.id)
    return modes.names if modes else ()


def tool(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the board has nvpmodel."""
    return [
        Rule(
            "power_mode.tool",
            "no nvpmodel" if observed.command("query").rc == 127 else "nvpmodel",
            "nvpmodel",
            next="write the SD card image of JetPack again, or apt install nvidia-l4t-tools on the board",
        )
    ]


def _number(observed: Observed) -> str:
    """The last line that `nvpmodel -q` prints: the number of the mode."""
    return (observed.command("query").out.splitlines() or [""])[-1].strip()


def _remembered(observed: Observed) -> str:
    found = re.search("pmode:([0-9]+)", observed.file("status").text)
    return found.group(1) if found else ""


def _mode(observed: Observed, names: tuple[str, ...]) -> str:
    number = _number(observed)
    if not re.fullmatch("[0-9]+", number):
        return observed.command("query").err or "no answer of nvpmodel -q"
    return f"{names[int(number)] if int(number) < len(names) else 'unknown'} ({number})"


def _unit(observed: Observed, settings: Settings) -> Rule:
    unit, found = observed.unit(UNIT), []
    wanted = ("unit", "script") if settings.switch("power_mode_clocks") else ("unit",)
    if any(observed.file(name).text.strip() != settings.given[name].strip() for name in wanted):
        found.append("with other contents")
    if unit.active == "failed":
        found.append(f"journalctl -b -u {UNIT} says which clock is free")
    return Rule("power_mode.unit", ", ".join([unit.enabled or "not installed", unit.active, *found]), "enabled, active")


def _clocks(observed: Observed, settings: Settings) -> Rule:
    answer, wanted = observed.command("clocks"), settings.switch("power_mode_clocks")
    # lowest and highest clock of each core and of the GPU, as `jetson_clocks --show` prints them; cores may be off
    ranges = {name: bounds for name, *bounds in CLOCK.findall(OFF.sub("", answer.out))}
    free = [name for name, (lowest, highest) in sorted(ranges.items()) if lowest != highest]
    locked = {"cpu0", "GPU"} <= set(ranges) and not free
    if not ranges:
        found = answer.err or "no answer of jetson_clocks"
    elif len(free) == len(ranges):
        found = "free"
    else:
        found = "locked" if locked else listed(free, "free: ", "not all are shown")
    return Rule("power_mode.clocks", found, "locked" if wanted else "locked or free", holds=locked or not wanted)


def _fan(observed: Observed, settings: Settings) -> Rule:
    fan, control, wanted = observed.file("fan"), observed.file("fan_control"), settings.number("power_mode_fan")
    governed = control.exists and control.text.strip() not in ("", "0")
    speed = fan.text.strip() + (", and the governor changes it (temp_control)" if governed else "")
    return Rule(
        "power_mode.fan",
        speed if fan.exists else "no fan",
        f"{wanted} of 255",
        holds=not fan.exists or speed == str(wanted),
    )
