"""Records of boards: schemas fit what the application writes, and the committed report is that of its records."""

import json
import shutil
from pathlib import Path

import pytest

from fleet.campaigns import folders, report
from fleet.campaigns.records import SCHEMAS, mistake, read_boards
from ocr_app.benchmark.campaign.plan import KINDS

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results"
VIRTUAL = RESULTS / "boards-virtual"


def test_every_kind_of_part_has_a_schema():
    assert set(SCHEMAS) == set(KINDS)


@pytest.mark.parametrize(
    ("path", "schema"),
    [("modules.json", "modules"), ("2026-11-24-intel-xeon-2-threads/networks/speed.json", "speed")],
)
def test_records_that_the_application_wrote_fit(path, schema):
    assert mistake(json.loads((RESULTS / path).read_text()), SCHEMAS[schema]) == ""


def test_the_committed_records_of_virtual_boards_fit():
    boards = read_boards(VIRTUAL / "boards")
    assert len(boards) == 2 and all(board.broken == {} and board.board["board"]["virtual"] for board in boards)


def test_the_committed_report_is_made_from_the_committed_records(tmp_path):
    shutil.copytree(VIRTUAL, tmp_path / "boards-virtual")
    report.write(folders.load(tmp_path / "boards-virtual"))
    for path in sorted(path for path in VIRTUAL.rglob("*") if path.is_file()):
        assert (tmp_path / path.relative_to(RESULTS)).read_bytes() == path.read_bytes(), path.name


def test_the_committed_report_says_that_the_boards_are_virtual():
    (page,) = VIRTUAL.glob("*/report.md")
    assert "**These are virtual boards, not Jetson Nanos**" in page.read_text()
