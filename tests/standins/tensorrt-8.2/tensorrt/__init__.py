"""A STAND-IN for TensorRT's Python binding. Not TensorRT: it optimises nothing and runs ONNX Runtime underneath.

It has exactly those names of TensorRT 8.2.1 that this project uses (tests/standins/tensorrt-8.2.json), and refuses
every other name, as pybind11's classes do. An "engine" is a header and the ONNX file; with FP16 it is the file with
every tensor rounded to half precision but for the layers that were set to FP32 under OBEY_PRECISION_CONSTRAINTS.
"Device memory" is the computer's own (_memory.py).
"""

import numpy as np

from . import _memory
from ._building import Builder, OnnxParser
from ._running import ICudaEngine, Runtime
from ._types import BuilderFlag, Logger, NetworkDefinitionCreationFlag, float16, float32
from ._version import VERSION

__version__ = VERSION
__all__ = [
    "Builder", "BuilderFlag", "ICudaEngine", "Logger", "NetworkDefinitionCreationFlag", "OnnxParser", "Runtime",
    "float16", "float32", "nptype",
]  # fmt: skip


def nptype(kind):
    return {float32: np.float32, float16: np.float16}[kind]


_memory.install()
