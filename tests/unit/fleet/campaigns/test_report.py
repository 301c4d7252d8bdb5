"""The report: numbers, a page for each kind of board, and the lines of the terminal."""

import json

from fleet.campaigns import report
from tests.unit.fleet.campaigns import made
from tests.unit.fleet.campaigns.campaigns import campaign

SLOW = {"records": made.whole(**{made.RUN: made.run(ms=200.0)})}


def test_each_kind_of_board_gets_a_page_with_plots(tmp_path):
    found = campaign(tmp_path, nano_1={}, nano_2=SLOW, virtual={"virtual": "docker"}, nano_9=None)
    summary = report.write(found)
    assert json.loads(found.report.read_text()) == summary
    assert sorted(path.parent.name for path in found.folder.glob("*/report.md")) == [
        "jetson-nano",
        "virtual-jetson-nano",
    ]
    text = (found.folder / "jetson-nano" / "report.md").read_text()
    assert "| nano-2 | slower than its siblings | codes onnxruntime fp32 | 2.00 times" in text
    assert "| nano-9 | missing | the board |" in text and "virtual boards" not in text
    for link in ("plots/thesis-overview.svg", "plots/latency.svg"):
        assert f"]({link})" in text and (found.folder / "jetson-nano" / link).read_text().startswith("<svg")
    virtual = (found.folder / "virtual-jetson-nano" / "report.md").read_text()
    assert "**These are virtual boards, not Jetson Nanos**" in virtual and "no siblings" in virtual
    assert "These are virtual boards" in (found.folder / "virtual-jetson-nano" / "report.html").read_text()


def test_the_same_records_make_the_same_report(tmp_path):
    found = campaign(tmp_path, nano_1={}, nano_2=SLOW)
    report.write(found)
    first = {path: path.read_bytes() for path in found.folder.rglob("*") if path.is_file()}
    report.write(found)
    assert {path: path.read_bytes() for path in found.folder.rglob("*") if path.is_file()} == first


def test_the_terminal_shows_what_was_found(tmp_path):
    lines = report.lines(report.write(campaign(tmp_path, nano_1={}, nano_2=SLOW)))
    assert lines[0].split() == ["board", "what", "part", "found"]
    assert any(line.startswith("nano-2") and "2.00 times the median" in line for line in lines)
    assert lines[-1] == "nothing is to be said about 1 of 2 boards"


def test_what_is_published_is_complete_without_what_is_of_this_machine(tmp_path):
    found = campaign(tmp_path / "here", nano_1={})
    report.write(found)
    (found.folder / "settings.json").write_text(str(tmp_path))
    report.publish(found, tmp_path / "docs")
    names = {
        path.relative_to(tmp_path / "docs").as_posix() for path in (tmp_path / "docs").rglob("*") if path.is_file()
    }
    assert {"campaign.json", "report.json", "boards/nano-1/board.json", "jetson-nano/report.md"} <= names
    assert not names & {"settings.json", "jetson-nano/report.html"}
