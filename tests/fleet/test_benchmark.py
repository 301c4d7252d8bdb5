"""`./inv benchmark --limit` and `./inv app --limit` on two virtual Nanos with ONNX Runtime engines, one of them slowed.

The play, the application, the services and the report are real. The boards share this computer's processor, so they
measure one after the other; nano-2 gets a part of one core.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.campaigns import commands, findings, folders
from fleet.campaigns.records import mistake
from fleet.campaigns.request import CampaignRequest
from fleet.core.errors import BoardAppError, BoardBenchmarkError
from fleet.core.files import ROOT
from fleet.release import board_app, keys
from fleet.virtual import lifecycle
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet
from fleet.virtual.wheels import project_of
from tests.fleet.conftest import KEEP, VirtualNano, require_virtual_fleet
from tests.fleet.deployments import Board, Line
from tests.fleet.plays import Plays
from tests.fleet.releases import Maker

TAGS = "base_packages,power_mode,python36,app,container_runtime,release"
QUOTA = "0.3"  # cores of the slowed board
SAMPLE = ROOT / "data" / "nano-codes-100" / "images" / "000.jpg"
FOLDER = "/var/lib/nano-ocr/benchmark"
RUNNING = ["active", "active"]


@pytest.fixture(scope="module")
def boards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[VirtualNano]]:
    """Two nodes with the application, engines, and a release that serves (a small stand-in for the application)."""
    require_virtual_fleet()
    fleet = Fleet("benchmark")
    lifecycle.up(fleet, 2, recreate=not os.environ.get(KEEP))
    folder = tmp_path_factory.mktemp("benchmark")
    keys.generate(folder / "keys", "test", "")
    project = project_of(fleet)
    assert project is not None
    given = json.dumps(dict(project.variables, release_keys=str(folder / "keys")))
    plays = Plays(fleet, folder, (given, "fleet_batch=100%"))
    done = plays.run("provision", tags=TAGS)
    assert done.code == 0, done.text[-3000:]
    engines = {"engines_target": "onnxruntime", "engines_limit": 5, "engines_services": "none"}
    engines.update(engines_packs=str(folder / "packs"), engines_exports_from="", engines_plans_from="")
    built = plays.run("engines", "-e", json.dumps(engines), tags="all")
    assert built.code == 0, built.text[-3000:]
    os.environ["NANO_OCR_REPORTS"] = str(folder)
    maker, nanos = Maker(folder, fleet), [VirtualNano(fleet, number) for number in (1, 2)]
    line = Line([Board(nano) for nano in nanos], plays, maker, folder / "deployments")
    code, _, told = line.deploy(maker.make("serves", 1))
    assert code == 0, told
    yield nanos
    del os.environ["NANO_OCR_REPORTS"]
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the campaigns."""
    return tmp_path_factory.mktemp("campaigns")


def request(boards: list[VirtualNano], **more: Any) -> CampaignRequest:
    asked: dict[str, Any] = {"limit": "nanos", "engines": ("onnxruntime",), "images": 12, "warm_up": 2, "rounds": 2}
    return CampaignRequest(inventory=str(boards[0].fleet.inventory), at_once=1, **{**asked, **more})


def measured(boards: list[VirtualNano], out: Path, **more: Any) -> dict[str, Any]:
    """The report of a campaign."""
    told: list[str] = []
    asked = request(boards, **more)
    assert commands.main(asked, out=out, say=told.append) == 0, told
    return dict(json.loads(folders.begin(asked, out).report.read_text()))


def about(report: dict[str, Any], what: str) -> dict[str, set[str]]:
    """Host -> parts of the findings of one sort."""
    found: dict[str, set[str]] = {}
    for own in report["findings"]:
        if own["what"] == what:
            found.setdefault(own["host"], set()).add(own["part"])
    return found


def services(board: VirtualNano) -> list[str]:
    """What systemd says about the agent's timer and the reading service."""
    return board.root("systemctl is-active nano-ocr-agent.timer nano-ocr.service || true").split()


def test_two_boards_are_measured_and_their_services_run_again(boards: list[VirtualNano], out: Path) -> None:
    report = measured(boards, out, name="first")
    assert sorted(report["boards"]) == ["nano-1", "nano-2"] and report["complete"]
    kind = report["kinds"][0]
    assert (kind["model"], kind["virtual"], kind["slug"]) == (
        "NVIDIA Jetson Nano Developer Kit", "docker", "virtual-jetson-nano"
    )  # fmt: skip
    for board in boards:
        record = json.loads((out / "first" / "boards" / board.name / "board.json").read_text())
        assert mistake(record, "board-campaign.schema.json") == ""
        assert {"nano-ocr-agent.timer", "nano-ocr.service"} <= set(record["stopped"])
        assert services(board) == RUNNING
        assert record["before"]["tools"]["power_mode"] == record["after"]["tools"]["power_mode"] == "MAXN"
        assert all(part["during"]["tegrastats"]["samples"] for part in record["parts"])
        assert board.root("ls /run/nano-ocr/locks") == ""
    assert about(report, findings.OTHER_TEXT) == {}
    assert set(about(report, findings.CANNOT)) == {"nano-1", "nano-2"}  # the part cnn needs a Nano
    page = (out / "first" / "virtual-jetson-nano" / "report.md").read_text()
    assert "These are virtual boards, not Jetson Nanos" in page and "Tables 9 and 10" in page


def test_a_finished_part_is_not_measured_again(boards: list[VirtualNano], out: Path) -> None:
    records = sorted((out / "first" / "boards").glob("*/run__*.json"))
    before = [path.read_bytes() for path in records]
    boards[0].root(f"rm {FOLDER}/first-*/speed__fp32.json")
    measured(boards, out, name="first")
    assert [path.read_bytes() for path in records] == before
    kept = {}
    for board in boards:
        record = json.loads((out / "first" / "boards" / board.name / "board.json").read_text())
        kept[board.name] = {part["name"]: part["kept"] for part in record["parts"]}
    assert kept["nano-1"]["speed__fp32"] is False and kept["nano-2"]["speed__fp32"] is True
    assert all(own for name, own in kept["nano-1"].items() if name not in ("speed__fp32", "cnn"))


def test_a_slowed_board_is_named(boards: list[VirtualNano], out: Path) -> None:
    run_docker("update", "--cpus", QUOTA, boards[1].container)
    try:
        report = measured(boards, out, name="slowed")
    finally:
        run_docker("update", "--cpus", str(os.cpu_count()), boards[1].container)
    slower = about(report, findings.SLOWER)
    assert list(slower) == ["nano-2"], report["findings"]
    assert report["last"]["campaign"] == "first"
    assert "nano-2" in about(report, findings.CHANGED)
    page = (out / "slowed" / "virtual-jetson-nano" / "report.md").read_text()
    assert "| nano-2 | slower than its siblings |" in page


def test_what_ctrl_c_cuts_off_goes_on_upon_the_board_and_is_fetched_later(
    boards: list[VirtualNano], out: Path, tmp_path: Path
) -> None:
    """And a benchmark that is killed on the board leaves no service stopped."""
    board = boards[0]
    asked = request(boards, limit="nano-1", name="cut", kinds=("runs", "modules"))
    process = begin(asked, out)
    wait_until(lambda: "cut" in board.root(f"ls {FOLDER}") and board.root(running()).strip() == "activating")
    process.terminate()
    process.wait(60)
    wait_until(lambda: services(board) == ["inactive", "inactive"])
    board.root("systemctl kill --signal KILL nano-ocr-benchmark.service || true")
    wait_until(lambda: board.root(running()).strip() in ("failed", "inactive"))
    assert services(board) == RUNNING and board.root("ls /run/nano-ocr/locks") == ""
    assert commands.main(asked, out=out, say=lambda _: None) == 0


def running() -> str:
    return "systemctl show --property ActiveState --value nano-ocr-benchmark.service"


def begin(asked: CampaignRequest, out: Path) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    code = "import sys; from pathlib import Path; from fleet.campaigns import commands; "
    code += "from fleet.campaigns.request import CampaignRequest; "
    code += f"commands.main({asked!r}, out=Path(sys.argv[1]))"
    words = [sys.executable, "-c", code, str(out)]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_until(holds: Any, patience_s: float = 120.0) -> None:
    limit = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.3)


def test_a_board_whose_line_runs_is_left_alone(boards: list[VirtualNano], out: Path) -> None:
    boards[0].root("mkdir -p /run/nano-ocr/locks && echo 'batch 17 runs' >/run/nano-ocr/locks/line")
    try:
        with pytest.raises(BoardBenchmarkError, match="not everything was measured on nano-1"):
            commands.main(request(boards, limit="nano-1", name="locked", kinds=("runs",)), out=out, say=lambda _: None)
    finally:
        boards[0].root("rm /run/nano-ocr/locks/line")
    assert services(boards[0]) == RUNNING
    (found,) = json.loads((out / "locked" / "report.json").read_text())["findings"]
    assert found["what"] == findings.MISSING and "line: batch 17 runs" in found["words"]


def test_a_board_that_is_off_is_missing_and_the_other_is_measured(boards: list[VirtualNano], out: Path) -> None:
    run_docker("stop", boards[1].container)
    told: list[str] = []
    try:
        with pytest.raises(BoardBenchmarkError, match="not everything was measured on nano-2"):
            commands.main(request(boards, name="off", kinds=("runs",)), out=out, say=told.append)
    finally:
        run_docker("start", boards[1].container)
        lifecycle.up(boards[1].fleet, 2)
    report = json.loads((out / "off" / "report.json").read_text())
    assert about(report, findings.MISSING) == {"nano-2": {""}}
    assert report["boards"]["nano-1"]["parts"]["run__codes__onnxruntime__fp32"]["status"] == "done"


def test_the_application_reads_on_boards_and_its_pictures_come_back(boards: list[VirtualNano], tmp_path: Path) -> None:
    told: list[str] = []
    words = f"read --jsonl --engine onnxruntime --recipe {ROOT / 'recipes' / 'nano-codes.yaml'} {SAMPLE} --draw drawn"
    code = board_app.main("nanos", str(boards[0].fleet.inventory), words, "command", tmp_path, told.append)
    assert code == 0, told
    for board in boards:
        folder = next(tmp_path.glob(f"*/{board.name}"))
        result = json.loads((folder / "stdout.txt").read_text())
        assert (result["verdict"], result["text"]) == ("pass", "PRO: 13.06.22 EXP: 13.12.23")
        assert [path.suffix for path in (folder / "drawn").iterdir()] == [".png"]
        assert (folder / "through").read_text().startswith("command ")
    assert boards[0].root("ls /var/lib/nano-ocr/app-runs").strip() == ""


def test_an_application_that_fails_on_a_board_is_an_error_with_its_message(
    boards: list[VirtualNano], tmp_path: Path
) -> None:
    told: list[str] = []
    with pytest.raises(BoardAppError, match="it failed on nano-1"):
        board_app.main("nano-1", str(boards[0].fleet.inventory), "read no-such.jpg", "command", tmp_path, told.append)
    assert any("no-such.jpg" in line for line in told)


def test_where_a_release_runs_its_container_is_used(boards: list[VirtualNano], tmp_path: Path) -> None:
    """The stand-in knows no such verb, and says so in its own words; tests/fleet/test_line.py has the real image."""
    told: list[str] = []
    with pytest.raises(BoardAppError, match="it failed on nano-1"):
        board_app.main("nano-1", str(boards[0].fleet.inventory), "readers", out=tmp_path, say=told.append)
    assert any("through the release " in line for line in told) and "ocr-app: unknown verb readers" in told
