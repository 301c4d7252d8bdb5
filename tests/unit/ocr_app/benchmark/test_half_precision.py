"""The texts that half precision changes."""

import pytest
from grey_lines import Levels

from ocr_app.benchmark import half_precision
from ocr_app.readers.registry import parse_name


@pytest.fixture
def opened(monkeypatch):
    def open_it(request):
        return Levels(1, request.precision) if request.precision == "fp16-simulated" else Levels()

    monkeypatch.setattr(half_precision, "open_reader", open_it)


def test_each_text_that_half_precision_changes_is_reported(opened, greys):
    report = half_precision.compare(parse_name("codes"), [greys], 1)
    assert (report["crops"], report["changed"], report["precision"]) == (3, 1, "fp16-simulated")
    (entry,) = report["datasets"]
    assert entry["exact"] == [3, 2]
    assert entry["changes"] == [{"id": "1:2", "fp32": "150", "fp16": "151", "right": [True, False]}]


def test_texts_that_may_not_be_republished_stay_out(opened, greys):
    report = half_precision.compare(parse_name("codes"), [greys], 1, with_texts=False)
    assert report["datasets"][0]["changes"] == [{"id": "1:2", "fp32": None, "fp16": None, "right": [True, False]}]
