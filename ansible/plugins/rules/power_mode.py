"""Rules of the role power_mode: the mode, the clocks and the fan, now and after a reboot."""

from __future__ import annotations

import re
from typing import Any

from .model import Observed, Rule, Settings

NAMES = ("MAXN", "5W")
UNIT = "nano-ocr-clocks.service"


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    mode = settings.number("power_mode_id")
    status, remembered = observed.file("status"), _remembered(observed)
    return [
        Rule("power_mode.mode", _mode(observed), f"{NAMES[mode]} ({mode})"),
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
    mode, remembered = settings.number("power_mode_id"), _remembered(observed)
    return {"set_mode": _number(observed) != str(mode) or not remembered or int(remembered) != mode}


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


def _mode(observed: Observed) -> str:
    number = _number(observed)
    if not re.fullmatch("[0-9]+", number):
        return observed.command("query").err or "no answer of nvpmodel -q"
    return f"{NAMES[int(number)] if int(number) < len(NAMES) else 'unknown'} ({number})"


def _unit(observed: Observed, settings: Settings) -> Rule:
    unit = observed.unit(UNIT)
    same = observed.file("unit").text.strip() == settings.given["unit"].strip()
    found = f"{unit.enabled or 'not installed'}, {unit.active}{'' if same else ', with other contents'}"
    return Rule("power_mode.unit", found, "enabled, active")


def _clocks(observed: Observed, settings: Settings) -> Rule:
    answer, wanted = observed.command("clocks"), settings.switch("power_mode_clocks")
    # lowest and highest clock of the first core and of the GPU, as `jetson_clocks --show` prints them
    ranges = re.findall("(?m)^(?:cpu0:.*|GPU )MinFreq=([0-9]+) MaxFreq=([0-9]+)", answer.out)
    locked = len(ranges) == 2 and all(lowest == highest for lowest, highest in ranges)
    free = "free" if ranges else answer.err or "no answer of jetson_clocks"
    return Rule(
        "power_mode.clocks",
        "locked" if locked else free,
        "locked" if wanted else "locked or free",
        holds=locked or not wanted,
    )


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
