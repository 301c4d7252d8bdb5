"""What engines can be built for: TensorRT on a board, ONNX Runtime anywhere. One protocol for both."""

import importlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ocr_app.engines.build_jobs import Job
from ocr_app.engines.key import Place, Profile
from ocr_app.errors import UsageError

TARGETS = ("tensorrt", "onnxruntime")


class Wanted(NamedTuple):
    """One thing to compile. ``timing``: the timing cache of earlier builds, None for none."""

    job: Job
    profile: Profile
    workspace_mb: int
    timing: Optional[bytes] = None


class Compiled(NamedTuple):
    """The engine, the timing cache as it is now, and what was worth saying."""

    data: bytes
    timing: Optional[bytes]
    notes: List[str]


def module_of(name: str) -> Any:
    """The module of a target: PRECISIONS, ``place()``, ``make(Wanted) -> Compiled``, ``load(data, manifest)``.

    Raises UsageError for an unknown one.
    """
    if name not in TARGETS:
        raise UsageError("unknown target: {}".format(name), ", ".join(TARGETS))
    return importlib.import_module("ocr_app.engines.target_" + name)


def here() -> Callable[[str], Place]:
    """This place for a target, asked once each. Calls raise DeviceUnavailable, BuildError."""
    known: Dict[str, Place] = {}

    def place_of(name: str) -> Place:
        if name not in known:
            known[name] = module_of(name).place()
        return known[name]

    return place_of
