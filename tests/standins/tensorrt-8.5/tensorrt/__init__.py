"""A STAND-IN for TensorRT 8.5's Python binding. Not TensorRT: it optimises nothing and runs ONNX Runtime underneath.

It has those names of the version that this project uses (tests/standins/tensorrt-8.5.json), and refuses every other
name. What is the same in all versions is the stand-in of 8.2, in the folder beside this one.
"""

from pathlib import Path

__path__.append(str(Path(__file__).resolve().parents[2] / "tensorrt-8.2" / "tensorrt"))

from ._public import *  # noqa: E402, F403
from ._public import __all__ as __all__  # noqa: E402
from ._version import VERSION as __version__  # noqa: E402, F401
