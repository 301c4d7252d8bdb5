"""The page of exported networks."""

from __future__ import annotations

import json

from fleet.measurement import exports
from fleet.reports.exports import page


def test_the_committed_page_is_that_of_the_committed_figures() -> None:
    found = json.loads((exports.RESULTS / "export.json").read_text())
    assert page(found) == (exports.RESULTS / "export.md").read_text()
