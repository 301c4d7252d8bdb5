"""Stand-in: the public names of 8.5, which are those of 10, too."""

import numpy as np

from . import _memory
from ._building import Builder, OnnxParser
from ._config import MemoryPoolType
from ._running import ICudaEngine, Runtime, TensorIOMode
from ._types import BuilderFlag, Logger, NetworkDefinitionCreationFlag, float16, float32

__all__ = [
    "Builder", "BuilderFlag", "ICudaEngine", "Logger", "MemoryPoolType", "NetworkDefinitionCreationFlag", "OnnxParser",
    "Runtime", "TensorIOMode", "float16", "float32", "nptype",
]  # fmt: skip


def nptype(kind):
    return {float32: np.float32, float16: np.float16}[kind]


_memory.install()
