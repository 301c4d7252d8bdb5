"""The report of a deployment."""

import json

from fleet.release import (
    report as deploy_report,
)
from fleet.release.hosts import note
from node_agent.release import manifest
from tests.unit.fleet.release.statuses import FAILURE


def test_the_report_says_who_what_which_probe_and_the_last_lines(tmp_path):
    note(tmp_path, "n1", "rolled back", failure=FAILURE, why="")
    note(tmp_path, "n2", "stopped", why="canary n1 tried it")
    (tmp_path / "settings.json").write_text('{"deploy_by": "me@here"}')
    found = manifest.ReleaseManifest("n" * 64, "ocr-app", "2", 2, 0, "", "", "", "", 0, [], [], [], None, [])
    told = deploy_report.write(tmp_path, found, 2)
    assert not told.done and told.why == (
        "n1 tried it and went back by itself (ready in gating: not ready after 13 s); 1 nodes not begun"
    )
    page = (tmp_path / "report.md").read_text()
    for words in (
        "by me@here",
        "- probe: ready",
        "- phase: gating",
        "one\ntwo",
        "| n2 | stopped | canary n1 tried it |",
    ):
        assert words in page, page
    assert json.loads((tmp_path / "report.json").read_text())["hosts"][0]["failure"]["by"] == "me"
    note(tmp_path, "n1", "committed")
    note(tmp_path, "n2", "committed")
    assert deploy_report.write(tmp_path, found, 0).done
    assert "interrupted" in deploy_report.write(tmp_path, found, 130).why
