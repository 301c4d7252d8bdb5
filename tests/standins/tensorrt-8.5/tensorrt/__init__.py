"""A STAND-IN for TensorRT 8.5's Python binding. Not TensorRT: it optimises nothing and runs ONNX Runtime underneath.

It has those names of the version that this project uses (tests/standins/tensorrt-8.5.json), and refuses every other
name. What is the same in all versions is the stand-in of 8.2, in the folder beside this one.
"""

from pathlib import Path

import numpy as np

__path__.append(str(Path(__file__).resolve().parents[2] / "tensorrt-8.2" / "tensorrt"))

from . import _memory  # noqa: E402
from ._building import Builder, OnnxParser  # noqa: E402
from ._config import MemoryPoolType  # noqa: E402
from ._running import ICudaEngine, Runtime, TensorIOMode  # noqa: E402
from ._types import BuilderFlag, Logger, NetworkDefinitionCreationFlag, float16, float32  # noqa: E402
from ._version import VERSION  # noqa: E402

__version__ = VERSION
__all__ = [
    "Builder", "BuilderFlag", "ICudaEngine", "Logger", "MemoryPoolType", "NetworkDefinitionCreationFlag", "OnnxParser",
    "Runtime", "TensorIOMode", "float16", "float32", "nptype",
]  # fmt: skip


def nptype(kind):
    return {float32: np.float32, float16: np.float16}[kind]


_memory.install()
