"""What of EasyOCR's export can be tested without torch. tests/envs exports the real networks and compares them."""

import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from ocr_app.export import easyocr, network_specs


@pytest.fixture
def exported(monkeypatch):
    """Which module was exported as what; STAND-INS for torch, EasyOCR and its reader."""
    seen = []

    @contextmanager
    def open_reader(options):
        seen.append(options.model)
        modules = {"detector": "CRAFT", "recogniser": "english_g2"}
        yield SimpleNamespace(networks=lambda: {part: SimpleNamespace(module=name) for part, name in modules.items()})

    monkeypatch.setattr(easyocr.easyocr_reader, "open_reader", open_reader)
    monkeypatch.setattr(easyocr, "_detector", lambda module: ("heat maps", module))
    monkeypatch.setattr(easyocr, "_recogniser", lambda module: ("logits", module))
    monkeypatch.setattr(easyocr, "_to_onnx", lambda deployed, network: seen.append(deployed) or b"model")
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(__version__="1.10.1"))
    monkeypatch.setitem(sys.modules, "easyocr", SimpleNamespace(__version__="1.6.2"))
    return seen


@pytest.mark.parametrize(
    ("part", "deployed"), [("detector", ("heat maps", "CRAFT")), ("recogniser", ("logits", "english_g2"))]
)
def test_each_network_is_exported_as_it_is_deployed(exported, part, deployed):
    data, versions = easyocr.export(network_specs.networks()["easyocr-" + part])
    assert data == b"model" and versions == {"easyocr": "1.6.2", "torch": "1.10.1"}
    assert exported == ["english_g2", deployed]
