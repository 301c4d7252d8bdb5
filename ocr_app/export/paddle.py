"""Converts PaddleOCR's inference models to ONNX with paddle2onnx, which does not need PaddlePaddle."""

import importlib
from typing import Any, Dict, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, ReaderUnavailable
from ocr_app.export.network_specs import NetworkSpec

NEXT_STEP = "./inv envs --name py37-paddle, and export there"


def export(network: NetworkSpec) -> Tuple[bytes, Dict[str, str]]:
    """ONNX bytes of the network, not yet normalised, and the versions of the tools that made them.

    Raises ReaderUnavailable where paddle2onnx is missing, ModelError for the model's files or a failed conversion.
    """
    converter = _converter()
    graph, weights = (model_files.locate(name) for name in network.files)
    try:
        data = converter.export(
            graph, weights, network.opset,
            False,  # no higher opset than requested
            False,  # not verbose
            True,  # ONNX's own checker
            True,  # only operators of ONNX's own domain
            True,  # its optimiser
            {}, "onnxruntime", "", "", False,
        )  # fmt: skip
    except Exception as error:  # the converter's exceptions have no common public base
        raise ModelError("paddle2onnx cannot convert {}: {}".format(network.name, error), "an ONNX model") from error
    if not data:
        raise ModelError("paddle2onnx returned nothing for {}".format(network.name), "an ONNX model")
    return bytes(data), {"paddle2onnx": version()}


def version() -> str:
    """paddle2onnx's version as its wheel states it, "?" where it does not."""
    return str(getattr(importlib.import_module("paddle2onnx"), "__version__", "?"))


def _converter() -> Any:
    try:
        return importlib.import_module("paddle2onnx.paddle2onnx_cpp2py_export")
    except ImportError as error:
        raise ReaderUnavailable("paddle2onnx cannot be imported: {}".format(error), next_step=NEXT_STEP) from error
