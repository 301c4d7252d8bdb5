"""Four virtual boards of four releases in one fleet: JetPack 4.6.6, 5.1.6, 6.2 and 7.2.

One story in order: provisioned twice, audited, engines built and shared, a release deployed and taken back. Slow, and
not part of CI; docs/results/mixed-fleet.log is its output.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.boards.table import load
from fleet.core.files import ROOT
from fleet.release import keys, rehearsal
from fleet.virtual import lifecycle, releases
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import KEEP, VirtualNano, require_virtual_fleet
from tests.fleet.deployments import Board, Line
from tests.fleet.plays import Outcome, Plays
from tests.fleet.releases import Maker

KINDS = ("r32.7:nano", "r35:xavier-nx", "r36.4:orin-nano", "r39:agx-thor")
NAMES = [f"nano-{number}" for number in range(1, 5)]
EVERYTHING = "all"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    require_virtual_fleet()
    fleet = Fleet("mixed", releases=KINDS)
    lifecycle.up(fleet, len(KINDS), recreate=not os.environ.get(KEEP), say=print)
    folder = tmp_path_factory.mktemp("mixed")
    maker = Maker(folder / "releases", fleet)
    keys.generate(maker.keys, "test", "")
    plays = Plays(fleet, folder, (f"release_keys={maker.keys}", "fleet_batch=100%", "release_watch_s=15"))
    os.environ["NANO_OCR_REPORTS"] = str(folder)
    yield Line([Board(VirtualNano(fleet, number)) for number in range(1, 5)], plays, maker, folder / "deployments")
    del os.environ["NANO_OCR_REPORTS"]
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


def off(outcome: Outcome, host: str) -> dict[str, str]:
    """role -> why it is off on a host, by the report of a run."""
    return {row["role"]: row["off"] for row in outcome.report["roles"] if row["host"] == host and row["off"]}


def test_provisioning_converges_on_all_four(line: Line) -> None:
    first = line.plays.run("provision", tags=EVERYTHING)
    assert first.code == 0, first.failures() or first.text[-4000:]
    assert first.broken() == {}


def test_a_second_run_changes_nothing(line: Line) -> None:
    again = line.plays.run("provision", tags=EVERYTHING)
    assert again.code == 0, again.failures() or again.text[-4000:]
    assert again.changed() == 0, [row for row in again.report["roles"] if row["changed"]]


def test_the_audit_is_green_and_says_what_is_off_and_why(line: Line) -> None:
    audit = line.plays.run("verify", tags=EVERYTHING)
    assert audit.code == 0 and audit.broken() == {}, audit.text[-4000:]
    for host, kind in zip(NAMES[1:], KINDS[1:]):
        for role, why in load().of(kind.partition(":")[0]).off.items():
            if role != "os_update":
                assert why in off(audit, host)[role]


@pytest.mark.parametrize("number, kind", list(enumerate(KINDS, 1)))
def test_each_board_has_the_python_and_the_power_mode_of_its_release(line: Line, number: int, kind: str) -> None:
    found, board = releases.parse(kind), line.boards[number - 1].nano
    version = board.root("/opt/nano-ocr/venvs/app/bin/python --version").split()[1]
    assert version.startswith(found.series.python + ".")
    modes = found.series.modes[found.board.id]
    assert board.root("nvpmodel -q").splitlines()[-1] == str(modes.fastest)
    board.root("ocr-app recipe check /opt/nano-ocr/app/recipes/dates.yaml")


ENGINES = {"engines_target": "onnxruntime", "engines_reader": "codes:v2", "engines_limit": 4}


def test_engines_are_built_once_for_each_kind_of_board(line: Line) -> None:
    built = line.plays.run("engines", "-e", json.dumps(ENGINES), tags=EVERYTHING)
    assert built.code == 0, built.failures() or built.text[-4000:]
    for board in line.boards:
        assert int(board.nano.root("ls /var/lib/nano-ocr/data/engines/codes-*.engine | wc -l")) == 2, board.name


def release_of(line: Line, kind: str, version: str) -> Path:
    """A bundle for one kind of board. Its serial is the time, so that it is newer than those of an earlier run."""
    l4t = releases.parse(kind).series.expected
    key, folder = line.maker.keys / "test.key", line.maker.folder / l4t
    return rehearsal.make(version, key, int(time.time()), "", folder, line.maker.fleet, say=lambda _: None, l4t=l4t)


def test_a_release_goes_to_the_boards_that_it_was_made_for(line: Line) -> None:
    for number, (host, kind) in enumerate(zip(NAMES, KINDS), 1):
        for version in ("A", "B"):
            code, told, report = line.deploy(release_of(line, kind, f"{version}{number}"), limit=host, canary=host)
            assert (code, told) == (0, {host: "committed"}), report
    assert [board.container() for board in line.boards] == ["B1", "B2", "B3", "B4"]


def test_a_release_for_another_series_is_refused(line: Line) -> None:
    code, told, report = line.deploy(release_of(line, KINDS[2], "C"), limit=NAMES[3], canary=NAMES[3])
    assert code != 0 and told[NAMES[3]] != "committed", report
    assert line.boards[3].container() == "B4"


def test_every_board_goes_back(line: Line) -> None:
    back = line.plays.run(
        "rollback", "-e", json.dumps({"rollback_reason": "a test", "rollback_by": "a test"}), tags=EVERYTHING
    )
    assert back.code == 0, back.failures() or back.text[-4000:]
    assert [board.container() for board in line.boards] == ["A1", "A2", "A3", "A4"]


def test_a_board_of_an_unknown_release_is_refused_with_the_known_ones(line: Line) -> None:
    board = line.boards[1].nano
    board.root("sed -i 's/R35 (release), REVISION: 6.4/R34 (release), REVISION: 1.1/' /etc/nv_tegra_release")
    try:
        refused = line.plays.run("provision", "--limit", board.name, tags="preflight")
    finally:
        board.root("sed -i 's/R34 (release), REVISION: 1.1/R35 (release), REVISION: 6.4/' /etc/nv_tegra_release")
    assert refused.code == 2
    told = refused.failures()
    assert "found L4T 34.1.1" in told and "L4T 32.7.1 to 32.7.6" in told and "JetPack 7.2" in told


def test_the_page_names_this_suite() -> None:
    assert "mixed-fleet.log" in (ROOT / "docs" / "how-to" / "later-jetsons.md").read_text()
