"""A board at one moment: power mode, clocks, temperatures, throttling, supply. What cannot be read is None."""

import datetime
import glob
import os
import platform
from typing import Any, Dict, Optional

from ocr_app.board import environment, nano, supply
from ocr_app.board.environment import read_text
from ocr_app.core.errors import DeviceUnavailable
from ocr_app.core.version import VERSION

_MODEL = "sys/firmware/devicetree/base/model"  # on boards, /proc/device-tree is a link to this folder
_CONTAINER = "run/systemd/container"  # systemd writes there what it runs in: "docker", "lxc"; absent on hardware
_THROTTLING = ("cpu", "gpu", "throttle", "processor")  # in the types of cooling devices that lower clocks


def identity(root: str = "/") -> Dict[str, Any]:
    """What the board is. ``virtual``: the kind of container that it is, None for hardware."""
    return {
        "model": read_text(root, _MODEL) or environment.machine(root),
        "virtual": read_text(root, _CONTAINER),
        "l4t": environment.l4t_release(root),
        "cpu": environment.cpu_name(root),
        "arch": platform.machine(),
        "cores": environment.physical_cores(root),
        "threads": environment.usable_threads(),
        "ram_mb": environment.ram_mb(root),
        "kernel": platform.release(),
        "system": environment.os_name(root),
        "python": platform.python_version(),
        "app": {"version": VERSION, "sha256": environment.source_fingerprint()},
    }


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def board_state(root: str = "/", run: nano.Command = nano.call) -> Dict[str, Any]:
    """The state now. ``tools``: power mode and clocks as L4T's tools print them; None with ``why_no_tools`` elsewhere.

    ``cooling``: states of the cooling devices that lower clocks, above 0 while they do. ``supply``: millivolts of the
    rails, and the number of over-current alarms since boot.
    """
    tools: Optional[Dict[str, Any]] = None
    why_not = None
    try:
        tools = nano.state(run)
    except DeviceUnavailable as error:
        why_not = error.found
    return {
        "at": now(),
        "tools": tools,
        "why_no_tools": why_not,
        "cpu": environment.clocks(root),
        "temperatures_c": environment.temperatures(root),
        "throttle_count": environment.throttle_count(root),
        "cooling": cooling(root),
        "supply": {"rails_mv": supply.rails_mv(root), "over_current": supply.over_current_count()},
    }


def cooling(root: str = "/") -> Dict[str, int]:
    """Type -> current state of each cooling device that lowers clocks; a fan is none."""
    found: Dict[str, int] = {}
    for folder in sorted(glob.glob(os.path.join(root, "sys/class/thermal/cooling_device*"))):
        kind, value = read_text(folder, "type"), read_text(folder, "cur_state")
        if kind and value and value.isdigit() and any(word in kind.lower() for word in _THROTTLING):
            found[kind] = max(int(value), found.get(kind, 0))
    return found
