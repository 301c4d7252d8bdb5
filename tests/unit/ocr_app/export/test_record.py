"""The record of an exported file."""

import pytest

from ocr_app.core.errors import ModelError
from ocr_app.export import network_specs, program
from ocr_app.export.record import load_record, record_path, write_record


def test_a_file_that_was_changed_is_refused(tmp_path, code_models):
    program.export(network_specs.select(["codes-detector"])[0], str(tmp_path))
    path = tmp_path / "codes-detector.onnx"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ModelError) as caught:
        load_record(str(tmp_path), "codes-detector")
    assert "./inv export" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "nano-ocr/export/1"}', "null"])
def test_a_damaged_record_is_refused(tmp_path, text, code_models):
    program.export(network_specs.select(["codes-detector"])[0], str(tmp_path))
    (tmp_path / "codes-detector.json").write_text(text)
    with pytest.raises(ModelError):
        load_record(str(tmp_path), "codes-detector")


def test_a_record_is_next_to_its_file(tmp_path, code_models):
    record = program.export(network_specs.select(["codes-detector"])[0], str(tmp_path))
    path = record_path(str(tmp_path / "codes-detector.onnx"))
    assert path == str(tmp_path / "codes-detector.json")
    write_record(dict(record, parity={"passed": True}), path)
    assert load_record(str(tmp_path), "codes-detector")["parity"] == {"passed": True}
