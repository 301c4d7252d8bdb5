"""docs/results/line.md is what its committed record says."""

import json
from pathlib import Path

from fleet.live import results

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results"


def test_the_page_is_made_from_its_record():
    record = json.loads((RESULTS / "line.json").read_text(encoding="utf-8"))
    assert (RESULTS / "line.md").read_text(encoding="utf-8") == results.page(record)
