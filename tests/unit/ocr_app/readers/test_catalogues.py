"""The catalogues of models, and the check of ONNX Runtime that the readers on it share."""

import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable, ReaderUnavailable, UsageError
from ocr_app.networks import onnx_runtime
from ocr_app.networks.contract import Network
from ocr_app.readers import catalogues
from ocr_app.readers.contract import ReaderOptions


def absent():
    raise ImportError("No module named 'onnxruntime'")


@pytest.mark.parametrize("reader", ["codes", "ppocr"])
def test_none_is_the_default_model_and_a_record_has_its_name(reader):
    default = catalogues.catalogue(reader)["default"]
    assert catalogues.record(reader, None) == catalogues.record(reader, default)
    assert catalogues.record(reader, None)["name"] == default


def test_an_unknown_model_is_refused_with_those_there_are():
    with pytest.raises(UsageError) as caught:
        catalogues.record("ppocr", "v99")
    assert "v99" in caught.value.found and "v6-small" in caught.value.expected


def test_without_onnx_runtime_nothing_is_opened_and_the_probe_says_what_to_install(monkeypatch):
    monkeypatch.setattr(onnx_runtime, "version", absent)
    with pytest.raises(ReaderUnavailable) as caught:
        catalogues.check(ReaderOptions())
    assert caught.value.next_step == "pip install onnxruntime"
    probe = catalogues.probe(("a",), None, "hint")
    assert probe.problem.startswith("ONNX Runtime cannot be imported") and probe.next_step == "pip install onnxruntime"


def test_a_device_and_a_precision_that_are_missing_are_errors(monkeypatch):
    monkeypatch.setattr(onnx_runtime, "version", lambda: "1.0")
    monkeypatch.setattr(onnx_runtime, "available_devices", lambda: ("cpu",))
    with pytest.raises(DeviceUnavailable):
        catalogues.check(ReaderOptions(device="cuda"))
    with pytest.raises(PrecisionUnavailable):
        catalogues.check(ReaderOptions(precision="fp16"))


def test_a_hint_belongs_to_a_problem(monkeypatch):
    monkeypatch.setattr(onnx_runtime, "version", lambda: "1.0")
    monkeypatch.setattr(onnx_runtime, "available_devices", lambda: ("cpu",))
    good, bad = catalogues.probe(("a",), None, "hint"), catalogues.probe(("a",), "files are missing", "hint")
    assert (good.problem, good.next_step, good.versions) == (None, "", (("onnxruntime", "1.0"),))
    assert (bad.problem, bad.next_step, bad.models) == ("files are missing", "hint", ("a",))


def test_networks_with_a_checksum_are_in_the_package_and_the_others_are_fetched(monkeypatch):
    files = catalogues.packaged()
    assert {"code-detector.onnx", "code-recogniser.onnx", "ppocr-v6-tiny-codes-det.onnx"} <= set(files)
    assert all(len(part["sha256"]) == 64 and part["size"] > 0 for part in files.values())
    monkeypatch.setattr(model_files, "packaged", lambda part: "package/" + part["file"])
    monkeypatch.setattr(model_files, "locate", lambda name: "models/" + name)
    assert catalogues.path_of(files["code-detector.onnx"]) == "package/code-detector.onnx"
    assert catalogues.path_of({"file": "other.onnx"}) == "models/other.onnx"


class Lists(Network):
    """A network with this text as its list of characters."""

    def __init__(self, text):
        self.metadata = {"characters": text} if text is not None else {}


def test_a_network_lists_its_characters():
    assert catalogues.characters_of(Lists('["", "A", " "]')) == ("", "A", " ")


@pytest.mark.parametrize("text", [None, "{", '{"a": 1}', '[""]', '["", 1]', '["A", "B"]', '["", "AB"]'])
def test_a_list_that_is_not_one_is_refused(text):
    with pytest.raises(ModelError, match="characters"):
        catalogues.characters_of(Lists(text))
