"""The page of preflight and gate."""

from __future__ import annotations

import json

from fleet.core.files import ROOT
from fleet.reports.engines import page

RESULTS = ROOT / "docs" / "results"


def test_the_committed_page_is_that_of_the_committed_figures() -> None:
    assert page(json.loads((RESULTS / "engines.json").read_text())) == (RESULTS / "engines.md").read_text()
