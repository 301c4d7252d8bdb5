"""``ocr-app network half``."""

import json

from grey_lines import Levels, write_grey_lines

from ocr_app.benchmark import half_precision


def test_the_texts_that_change_are_printed_and_written(monkeypatch, tmp_path, network):
    monkeypatch.setattr(half_precision, "open_reader", lambda request: Levels(int(request.precision != "fp32")))
    lines = write_grey_lines(tmp_path)
    code, printed, _ = network("half", lines, "--out", tmp_path / "half.json")
    assert code == 0 and " 1:2: '150' becomes '151'" in printed
    assert json.loads((tmp_path / "half.json").read_text())["changed"] == 1
