"""Memory for one build: asked for before, watched during. The Nano's GPU and CPU share 4 GB, and the kernel kills."""

import os
import re
from typing import Any, Dict

from ocr_app.board.environment import read_text
from ocr_app.core.errors import BuildError

_ADVICE = "stop what else runs (--services), add swap, or lower --workspace-mb"


def available_mb(root: str = "/") -> Dict[str, int]:
    """MiB: ``ram`` that can be had without swapping, ``swap`` that is free. Raises BuildError where it is unknown."""
    text = read_text(root, "proc/meminfo") or ""
    found = {name: re.search(r"^{}:\s*(\d+) kB".format(key), text, re.MULTILINE) for name, key in _KEYS.items()}
    if not found["ram"]:
        raise BuildError("/proc/meminfo does not say what memory is available", "MemAvailable", code="memory")
    return {name: int(match.group(1)) // 1024 if match else 0 for name, match in found.items()}


_KEYS = {"ram": "MemAvailable", "swap": "SwapFree"}


def needed_mb(target: str, model: str, workspace_mb: int, settings: Dict[str, Any]) -> int:
    """MiB that building from the file ``model`` takes, as far as is known: the GPU's share cannot be swapped."""
    weights = settings["copies"] * (os.path.getsize(model) >> 20)
    return int(weights + (settings["overhead_mb"] + workspace_mb if target == "tensorrt" else 0))


def check(title: str, needed: int, floor: int, root: str = "/") -> None:
    """Raises BuildError (memory) when less than ``needed`` and a floor for everything else is available."""
    there = available_mb(root)
    if there["ram"] < needed + floor:
        found = "{} needs about {} MB; {} MB are available".format(title, needed, there["ram"])
        raise BuildError(found, "{} MB, {} of them for the system".format(needed + floor, floor), _ADVICE, "memory")


def check_floor(title: str, floor: int, root: str = "/") -> None:
    """Raises BuildError (memory) when RAM and swap together are down to the floor."""
    there = available_mb(root)
    if there["ram"] + there["swap"] < floor:
        found = "{} was stopped: only {} MB of memory and {} MB of swap are left".format(
            title, there["ram"], there["swap"]
        )
        raise BuildError(found, "{} MB".format(floor), _ADVICE, "memory")
