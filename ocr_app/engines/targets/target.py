"""The targets by name, and the interface that both of them have."""

import importlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ocr_app.core.errors import UsageError
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import Platform, ShapeProfile

TARGETS = ("tensorrt", "onnxruntime")


class CompileRequest(NamedTuple):
    """One engine to compile. ``timing``: the timing cache of earlier builds, None without one."""

    job: BuildJob
    profile: ShapeProfile
    workspace_mb: int
    timing: Optional[bytes] = None


class Compiled(NamedTuple):
    """The engine, the updated timing cache, and notes for the user."""

    data: bytes
    timing: Optional[bytes]
    notes: List[str]


def module_of(name: str) -> Any:
    """The module of a target.

    It has PRECISIONS, ``current_platform()``, ``how()``, ``make(CompileRequest) -> Compiled`` and
    ``load(data, manifest, threads)``.
    Raises UsageError for an unknown target.
    """
    if name not in TARGETS:
        raise UsageError("unknown target: {}".format(name), ", ".join(TARGETS))
    return importlib.import_module("ocr_app.engines.targets." + name)


def here() -> Callable[[str], Platform]:
    """A function from a target to its platform on this computer; it raises DeviceUnavailable, BuildError."""
    known: Dict[str, Platform] = {}

    def platform_of(name: str) -> Platform:
        if name not in known:
            known[name] = module_of(name).current_platform()
        return known[name]

    return platform_of
