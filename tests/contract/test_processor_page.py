"""The figures on docs/results/processor.md are those of the record beside it."""

import json
from pathlib import Path

from ocr_app.cli.speed import format_stages

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results"


def test_the_page_shows_the_record():
    record = json.loads((RESULTS / "processor.json").read_text(encoding="utf-8"))
    page = (RESULTS / "processor.md").read_text(encoding="utf-8")
    assert record["schema"] == "nano-ocr/processor/1"
    for line in format_stages(record).splitlines():
        assert not line or "    " + line.rstrip() in page.splitlines(), line
