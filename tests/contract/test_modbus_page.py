"""docs/reference/modbus.md is what the map of the registers generates."""

from pathlib import Path

from ocr_app.line.outputs import reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_the_generated_one():
    assert (ROOT / reference.PAGE).read_text(encoding="utf-8") == reference.page(), "run ./inv docs"
