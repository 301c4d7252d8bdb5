"""Memory for one build: checked before it and watched during it.

A Nano's GPU and CPU share 4 GB, and the kernel kills processes when they run out.
"""

import os
import re
from typing import Any, Dict

from ocr_app.board.environment import read_text
from ocr_app.core.errors import BuildError

_ADVICE = "stop other programs (--services), add swap, or lower --workspace-mb"


def available_mb(root: str = "/") -> Dict[str, int]:
    """MiB: ``ram`` that is available without swapping, ``swap`` that is free. Raises BuildError where it is unknown."""
    text = read_text(root, "proc/meminfo") or ""
    found = {name: re.search(r"^{}:\s*(\d+) kB".format(key), text, re.MULTILINE) for name, key in _KEYS.items()}
    if not found["ram"]:
        raise BuildError("/proc/meminfo does not say how much memory is available", "MemAvailable", code="memory")
    return {name: int(match.group(1)) // 1024 if match else 0 for name, match in found.items()}


_KEYS = {"ram": "MemAvailable", "swap": "SwapFree"}


def needed_mb(target: str, model: str, workspace_mb: int, settings: Dict[str, Any]) -> int:
    """An estimate of the MiB that a build from the file ``model`` needs in RAM: the GPU's share cannot be swapped."""
    weights = settings["copies"] * (os.path.getsize(model) >> 20)
    return int(weights + (settings["overhead_mb"] + workspace_mb if target == "tensorrt" else 0))


def check(title: str, needed: int, floor: int, root: str = "/") -> None:
    """Raises BuildError (memory) when less than ``needed`` plus a floor for everything else is available."""
    available = available_mb(root)
    if available["ram"] < needed + floor:
        found = "{} needs about {} MB; {} MB are available".format(title, needed, available["ram"])
        raise BuildError(
            found, "{} MB, {} MB of which are for the system".format(needed + floor, floor), _ADVICE, "memory"
        )


def check_floor(title: str, floor: int, root: str = "/") -> None:
    """Raises BuildError (memory) when RAM and swap together are below the floor."""
    available = available_mb(root)
    if available["ram"] + available["swap"] < floor:
        found = "{} was stopped: only {} MB of memory and {} MB of swap are left".format(
            title, available["ram"], available["swap"]
        )
        raise BuildError(found, "{} MB".format(floor), _ADVICE, "memory")
