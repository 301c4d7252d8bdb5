"""The installed TensorRT: its binding, whether its version is one that we know, and the way to use it."""

from typing import Any, Dict, List

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.core.paths import load_data
from ocr_app.networks.tensorrt.bindings import Bindings
from ocr_app.networks.tensorrt.tensors import Tensors
from ocr_app.networks.tensorrt.way import Way

_FIRST_OF_TENSORS = "num_io_tensors"


def module() -> Any:
    """TensorRT's Python binding. Raises DeviceUnavailable if it does not import."""
    try:
        import tensorrt
    except ImportError as error:
        found = "TensorRT's Python binding does not import: {}".format(error)
        expected = "python3-libnvinfer of JetPack, and the Python that JetPack made it for"
        raise DeviceUnavailable(found, expected, "apt list --installed python3-libnvinfer") from error
    return tensorrt


def way(trt: Any) -> Way:
    """By named tensors where the installed TensorRT has them, otherwise by bindings."""
    return Tensors() if _FIRST_OF_TENSORS in dir(trt.ICudaEngine) else Bindings()


def releases() -> Dict[str, Any]:
    """The known series of L4T: data/boards.json."""
    return load_data("boards.json")["releases"]  # type: ignore[no-any-return]


def known_versions() -> List[str]:
    """Versions of TensorRT in the known releases, each with its JetPack: "8.2.1 (JetPack 4.6.6)"."""
    rows = [(entry["tensorrt"], list(entry["l4t"].values())[-1]) for entry in releases().values()]
    return ["{} (JetPack {})".format(*row) for row in rows]


def is_known(version: str) -> bool:
    """Whether a version, such as 8.2.1.8, is that of a known release."""
    return any((version + ".").startswith(entry["tensorrt"] + ".") for entry in releases().values())
