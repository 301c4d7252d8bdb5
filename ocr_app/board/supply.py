"""The supply of a Jetson Nano: the rails of its power monitor (INA3221), and over-current in the kernel's log."""

import glob
import os
import re
import subprocess
from typing import Callable, Dict, Optional

from ocr_app.board.environment import read_text

LEAST_INPUT_MV = 4750  # the least that the Jetson Nano Developer Kit User Guide allows at the 5 V input
INPUT_RAIL = "POM_5V_IN"  # name of the 5 V input at the board's INA3221 (L4T 32 power monitor)
_MONITOR = "sys/bus/i2c/drivers/ina3221x/*/iio:device*/rail_name_*"
_ALARM = re.compile(r"soctherm: OC ALARM")  # printed by L4T's kernel each time that over-current slows the board


def rails_mv(root: str = "/") -> Dict[str, int]:
    """Millivolts of every rail by its name; empty on machines without that monitor."""
    found = {}
    for path in sorted(glob.glob(os.path.join(root, _MONITOR))):
        name, number = read_text("", path), path.rsplit("_", 1)[1]
        value = read_text(os.path.dirname(path), "in_voltage{}_input".format(number)) or ""
        if name and value.isdigit():
            found[name] = int(value)
    return found


def is_under_voltage(root: str = "/") -> bool:
    """Whether the 5 V input of a Jetson Nano is below what it allows; False on boards without that monitor."""
    return rails_mv(root).get(INPUT_RAIL, LEAST_INPUT_MV) < LEAST_INPUT_MV


def kernel_log() -> Optional[str]:
    """The output of dmesg; None if this user may not read it."""
    try:
        return subprocess.check_output(["dmesg"], stderr=subprocess.DEVNULL, timeout=10).decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return None


def over_current_count(log: Callable[[], Optional[str]] = kernel_log) -> Optional[int]:
    """How many over-current alarms the kernel's log holds; None if it cannot be read."""
    text = log()
    return None if text is None else len(_ALARM.findall(text))
