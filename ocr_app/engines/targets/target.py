"""What engines can be built for: TensorRT on a board, ONNX Runtime anywhere. One protocol for both."""

import importlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ocr_app.core.errors import UsageError
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import Platform, ShapeProfile

TARGETS = ("tensorrt", "onnxruntime")


class CompileRequest(NamedTuple):
    """One thing to compile. ``timing``: the timing cache of earlier builds, None for none."""

    job: BuildJob
    profile: ShapeProfile
    workspace_mb: int
    timing: Optional[bytes] = None


class Compiled(NamedTuple):
    """The engine, the timing cache as it is now, and what was worth saying."""

    data: bytes
    timing: Optional[bytes]
    notes: List[str]


def module_of(name: str) -> Any:
    """The module of a target: PRECISIONS, ``place()``, ``make(Wanted) -> Compiled``, ``load(data, manifest, threads)``.

    Raises UsageError for an unknown one.
    """
    if name not in TARGETS:
        raise UsageError("unknown target: {}".format(name), ", ".join(TARGETS))
    return importlib.import_module("ocr_app.engines.targets." + name)


def here() -> Callable[[str], Platform]:
    """This place for a target, asked once each. Calls raise DeviceUnavailable, BuildError."""
    known: Dict[str, Platform] = {}

    def place_of(name: str) -> Platform:
        if name not in known:
            known[name] = module_of(name).place()
        return known[name]

    return place_of
