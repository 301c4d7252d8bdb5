"""The conversion of PaddleOCR's models, with a converter that stands in for paddle2onnx."""

import sys
from types import SimpleNamespace

import pytest

from ocr_app.core.errors import ModelError, ReaderUnavailable
from ocr_app.export import network_specs, paddle

NETWORK = network_specs.networks()["paddleocr-v4-detector"]
CONVERTER = "paddle2onnx.paddle2onnx_cpp2py_export"


@pytest.fixture
def converter(monkeypatch):
    """STAND-IN for paddle2onnx, which only the environment py37-paddle has. ``made``: what it returns."""
    module = SimpleNamespace(made=b"model", calls=[])

    def export(*arguments):
        module.calls.append(arguments)
        if isinstance(module.made, Exception):
            raise module.made
        return module.made

    module.export = export
    monkeypatch.setitem(sys.modules, "paddle2onnx", SimpleNamespace(__version__="1.0"))
    monkeypatch.setitem(sys.modules, CONVERTER, module)
    monkeypatch.setattr(paddle.model_files, "locate", lambda name: "/models/" + name)
    return module


def test_the_model_is_converted_at_the_opset_of_the_table(converter):
    assert paddle.export(NETWORK) == (b"model", {"paddle2onnx": "1.0"})
    (arguments,) = converter.calls
    assert arguments[:3] == (*["/models/" + name for name in NETWORK.files], NETWORK.opset)


def test_a_failed_conversion_names_the_network(converter):
    converter.made = RuntimeError("no such operator")
    with pytest.raises(ModelError, match="cannot convert paddleocr-v4-detector: no such operator"):
        paddle.export(NETWORK)
    converter.made = b""
    with pytest.raises(ModelError, match="returned nothing for paddleocr-v4-detector"):
        paddle.export(NETWORK)


def test_without_paddle2onnx_the_environment_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, CONVERTER, None)
    with pytest.raises(ReaderUnavailable) as caught:
        paddle.export(NETWORK)
    assert caught.value.next_step == paddle.NEXT_STEP and "py37-paddle" in paddle.NEXT_STEP
