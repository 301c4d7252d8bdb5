"""A STAND-IN for TensorRT 10's Python binding. Not TensorRT: it optimises nothing and runs ONNX Runtime underneath.

It has those names of the version that this project uses (tests/standins/tensorrt-10.json), and refuses every other
name. Named tensors are as in the stand-in of 8.5, and what is the same in all versions is that of 8.2, in the folders
beside this one.
"""

from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[2]
__path__ += [str(_BESIDE / f"tensorrt-{version}" / "tensorrt") for version in ("8.5", "8.2")]

from ._public import *  # noqa: E402, F403
from ._public import __all__ as __all__  # noqa: E402
from ._version import VERSION as __version__  # noqa: E402, F401
