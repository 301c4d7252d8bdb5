"""The table of readers."""

import json

import pytest

from fleet.reports import reader_table


def run_of(ms, **reader):
    return {
        "reader": {"asked": "codes", "precision": "fp32", **reader}, "dataset": {"name": "nano-codes-100"},
        "settings": {"preprocess": "raw", "crop": "box"}, "scores": {"nospace": {"exact": 0.5}},
        "latency_ms": {"total": {"median": ms}}, "environment": {"cpu": "Chip", "cores": 2},
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    runs = {
        "a": run_of(5, engines="onnxruntime"),
        "b": run_of(10, engines="none"),
        "c": run_of(20, asked="tesseract"),
        "d": run_of(40, asked="easyocr@py36-easyocr"),
    }
    (tmp_path / "runs").mkdir()
    for name, run in runs.items():
        (tmp_path / "runs" / f"{name}.json").write_text(json.dumps(run))
    return tmp_path


def rows(text):
    return [line.split(" | ") for line in text.splitlines()[2:] if line.startswith("| ")]


def test_every_reader_has_a_row_in_the_order_of_the_matrix(folder):
    found = rows(reader_table.everyone(folder, folder / "readers.md"))
    assert [(row[0], row[4], row[5], row[6]) for row in found] == [
        ("| codes (our own networks)", "50.0 %", "4.0", "10"),
        ("| EasyOCR 1.6.2, Python 3.6", "50.0 %", "1.0", "40"),
        ("| Tesseract 5", "50.0 %", "2.0", "20"),
        ("| codes, ONNX Runtime engines, fp32", "50.0 %", "8.0", "5"),
    ]
