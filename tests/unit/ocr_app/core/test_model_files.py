"""Model files are used only when they are the files they should be."""

import hashlib
import json

import pytest

from ocr_app.core import model_files, paths
from ocr_app.core.errors import ModelError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    index = {"a.onnx": {"sha256": hashlib.sha256(b"right").hexdigest(), "size": 5, "artefact": "wheel 1"}}
    (tmp_path / "models.json").write_text(json.dumps({"files": index}))
    monkeypatch.setattr(paths, "DATA", str(tmp_path))
    monkeypatch.setattr(model_files, "_checked", {})
    monkeypatch.setenv("OCR_MODELS", str(tmp_path))
    return tmp_path


def test_right_file(folder):
    (folder / "a.onnx").write_bytes(b"right")
    assert model_files.locate("a.onnx") == str(folder / "a.onnx")
    assert model_files.missing(["a.onnx", "b.onnx"]) == ["b.onnx"]


@pytest.mark.parametrize(
    "name, content, message",
    [("a.onnx", None, "does not exist"), ("a.onnx", b"wrong", "has sha256"), ("b.onnx", None, "unknown model file")],
)
def test_anything_else_is_refused(folder, name, content, message):
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        model_files.locate(name)
    assert caught.value.exit_code == 7
