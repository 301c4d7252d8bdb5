"""Releases on four virtual Nanos with real Docker, systemd and reboots; the application is a stand-in.

One story in order: A comes; broken B goes back by itself; C comes without an uplink; lost nodes, Ctrl-C, groups.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.release import deployment
from fleet.virtual import lifecycle, nodes
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import KEEP, VirtualNano, require_virtual_fleet
from tests.fleet.deployments import Board, Line
from tests.fleet.plays import Plays
from tests.fleet.releases import Maker

CUT = "[Service]\\nType=oneshot\\nExecStart=-/usr/sbin/ip route del default\\n[Install]\\nWantedBy=basic.target\\n"
SWITCHES = """grep -c '"event":"switching"' /var/lib/nano-ocr/journal || true"""
NAMES = ["nano-1", "nano-2", "nano-3", "nano-4"]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Four nodes with the agent: nano-1 is the canary, line_a has two nodes, line_b one."""
    require_virtual_fleet()
    fleet = Fleet("deploy")
    lifecycle.up(fleet, 4, recreate=not os.environ.get(KEEP))
    folder = tmp_path_factory.mktemp("deploy")
    maker = Maker(folder / "releases", fleet)
    maker.make("A", 1)
    plays = Plays(fleet, folder, (f"release_keys={maker.keys}", "fleet_batch=100%", "release_watch_s=15"))
    installed = plays.run("provision", tags="release")
    assert installed.code == 0, installed.text[-3000:]
    os.environ["NANO_OCR_REPORTS"] = str(folder)
    yield Line([Board(VirtualNano(fleet, number)) for number in range(1, 5)], plays, maker, folder / "deployments")
    del os.environ["NANO_OCR_REPORTS"]
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


def made(line: Line, version: str) -> Path:
    return line.maker.folder / f"ocr-app-{version}.bundle"


def runs(line: Line) -> list[str]:
    """What each node truly runs."""
    return [board.container() for board in line.boards]


def test_the_role_changes_nothing_twice(line):
    again = line.plays.run("provision", tags="release")
    assert again.code == 0 and again.changed() == 0, again.text[-3000:]


def test_a_comes_to_all_four(line):
    code, told, report = line.deploy(made(line, "A"))
    assert (code, told) == (0, dict.fromkeys(NAMES, "committed")), report
    assert runs(line) == ["A"] * 4


def test_the_container_is_read_only_not_root_and_has_the_host_files(line):
    inside = line.boards[0].nano.root
    assert inside("docker exec nano-ocr /bin/busybox id -u") == "10001"
    assert "Read-only file system" in inside("docker exec nano-ocr /bin/busybox touch /etc/x 2>&1 || true")
    assert "version.txt" in inside("docker exec nano-ocr /bin/busybox ls /usr/local/cuda-10.2")


def test_broken_b_goes_back_by_itself_and_the_others_never_see_it(line):
    line.maker.make("B", 2, "unhealthy", ready_s=25)
    code, told, report = line.deploy(made(line, "B"))
    assert (code, told) == (76, {"nano-1": "rolled back", **dict.fromkeys(NAMES[1:], "stopped")}), report
    assert "probe: ready" in report and "not ready after" in report and "model cannot be loaded" in report
    assert runs(line) == ["A"] * 4
    assert [board.saw("B") for board in line.boards] == [True, False, False, False]


def test_a_release_that_reads_otherwise_goes_back(line):
    line.maker.make("B2", 3, "misreads")
    code, told, report = line.deploy(made(line, "B2"), limit="canary")
    assert (code, told["nano-1"]) == (76, "rolled back")
    assert "probe: challenge" in report and "EXP 2026-12-31?" in report


def test_c_comes_from_a_bundle_without_an_uplink(line):
    line.maker.make("C", 4)
    for board in line.boards:
        board.nano.root(f"printf '{CUT}' >/etc/systemd/system/cut.service && systemctl enable --now cut")
    run_docker("stop", "--time", "1", line.boards[0].nano.fleet.repository)
    code, told, report = line.deploy(made(line, "C"))
    assert (code, told) == (0, dict.fromkeys(NAMES, "committed")), report
    assert [board.versions() for board in line.boards] == [("C", "C", "A")] * 4
    assert runs(line) == ["C"] * 4
    assert [board.nano.root("ip route show default") for board in line.boards] == [""] * 4
    run_docker("start", line.boards[0].nano.fleet.repository)


def test_the_same_again_changes_nothing(line):
    boots = [node.boots for node in nodes.existing(line.boards[0].nano.fleet)]
    code, told, _ = line.deploy(made(line, "C"))
    assert (code, set(told.values())) == (0, {"committed"})
    assert [node.boots for node in nodes.existing(line.boards[0].nano.fleet)] == boots


def test_a_running_line_is_left_alone(line):
    line.maker.make("D", 5)
    line.boards[0].nano.root("mkdir -p /run/nano-ocr/locks && echo 'line 1 runs' >/run/nano-ocr/locks/line")
    code, told, report = line.deploy(made(line, "D"))
    assert (code, told["nano-1"]) == (76, "locked") and "line 1 runs" in report
    assert runs(line) == ["C"] * 4
    line.boards[0].nano.root("rm /run/nano-ocr/locks/line")


def test_ctrl_c_and_a_lost_node_and_the_same_command_goes_on(line):
    """Ctrl-C while the canary tries D; then nano-3 loses power in the middle; then D is everywhere."""
    process = line.begin(made(line, "D"))
    _until(lambda: line.boards[0].status()["phase"] in ("gating", "soaking"))
    assert line.press_ctrl_c(process) != 0
    assert line.boards[0].settled()["current"]["version"] == "D"
    assert runs(line) == ["D", "C", "C", "C"]
    process = line.begin(made(line, "D"))
    _until(lambda: line.boards[2].status()["phase"] in ("gating", "soaking"))
    line.boards[2].cut_power()
    _until(lambda: line.boards[1].status()["phase"] == "idle" and line.boards[1].container() == "D")
    line.boards[2].power_up()
    text = process.communicate(timeout=400)[0].decode()
    assert process.returncode == 76 and "interrupted in the phase" in text, text[-3000:]
    assert runs(line) == ["D", "D", "C", "D"]
    code, told, report = line.deploy(made(line, "D"))
    assert (code, set(told.values())) == (0, {"committed"}), report


def test_a_group_commits_together_or_goes_back_together(line):
    """nano-2 and nano-4 are line_a; nano-4 cannot take E. Nobody of the group may run it."""
    line.maker.make("E", 6)
    line.boards[3].nano.root("cp /etc/nv_tegra_release /etc/kept; sed -i s/R32/R35/ /etc/nv_tegra_release")
    code, told, report = line.deploy(made(line, "E"), limit="canary,line_a", together="line_a")
    assert code == 76 and told["nano-2"] == "given back" and told["nano-4"] == "refused", report
    assert runs(line) == ["E", "D", "D", "D"]
    line.boards[3].nano.root("mv /etc/kept /etc/nv_tegra_release")
    code, told, report = line.deploy(made(line, "E"), limit="canary,line_a", together="line_a")
    assert (code, set(told.values())) == (0, {"committed"}), report
    assert runs(line) == ["E", "E", "D", "E"]


def test_an_operator_goes_back(line):
    assert deployment.roll_back("a test", line.wish(limit="line_a"), line.out) == 0
    assert [board.versions() for board in (line.boards[1], line.boards[3])] == [("D", "D", "E")] * 2
    assert line.boards[1].status()["failure"]["found"] == "a test"


def test_records_of_earlier_runs_are_not_believed(line):
    """nano-2 and nano-4 went back, and nano-3 loses its agent; the canary alone is asked for, and runs E."""
    line.boards[2].nano.root("mv /usr/local/sbin/nano-ocr-agent /etc/kept-agent")
    code, told, report = line.deploy(made(line, "E"), limit="canary")
    assert code == 76 and told == {"nano-1": "committed", "nano-2": "rolled back", "nano-4": "rolled back"}, report
    code, told, report = line.deploy(made(line, "E"), limit="canary,line_b")
    assert (code, told["nano-3"]) == (76, "no agent"), report
    line.boards[2].nano.root("mv /etc/kept-agent /usr/local/sbin/nano-ocr-agent")


def test_a_control_machine_that_dies_while_two_boards_try_a_release(line):
    """SIGKILL for the command and all that it started: the boards decide alone, and nothing is done twice."""
    line.maker.make("F", 7)
    pair = [line.boards[1], line.boards[3]]
    switches = [int(board.nano.root(SWITCHES)) for board in pair]
    process = line.begin(made(line, "F"), "--limit", "line_a", "--canary", "nobody")
    _until(lambda: all(board.status()["phase"] in ("gating", "soaking") for board in pair))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    code, told, report = line.deploy(made(line, "F"), limit="line_a", canary="nobody")
    assert (code, told["nano-2"], told["nano-4"]) == (0, "committed", "committed"), report
    assert runs(line) == ["E", "F", "D", "F"]
    assert [int(board.nano.root(SWITCHES)) for board in pair] == [count + 1 for count in switches]


THERE = "cat /etc/nano-ocr/line/mqtt; ls -d /etc/nano-ocr/line*"
LINE = """
journal: {folder: /data/journal}
mqtt: {host: broker.plant, user: line-3, password_file: mqtt}
"""


def test_a_password_that_the_broker_refuses_goes_back_and_a_right_one_stays(line, tmp_path):
    """`rotate.yml --tags line` on nano-3; the stand-in speaks for the broker."""
    (tmp_path / "line.yaml").write_text(LINE)
    (tmp_path / "mqtt").write_text("old\n")
    own = {"release_line": str(tmp_path / "line.yaml"), "release_line_files": {"mqtt": str(tmp_path / "mqtt")}}
    given = ("-e", json.dumps(own), "--limit", "nano-3")
    root = line.boards[2].nano.root
    assert line.plays.run("provision", *given, tags="release").code == 0
    root("systemctl restart nano-ocr")
    (tmp_path / "mqtt").write_text("refused\n")
    refused = line.plays.run("rotate", *given, "-e", "release_rotate_patience_s=5", tags="line")
    assert refused.code == 2 and "release.rotation: found mqtt: the stand-in of a broker" in refused.failures()
    assert root(THERE) == "old\n/etc/nano-ocr/line"
    (tmp_path / "mqtt").write_text("new\n")
    done = line.plays.run("rotate", *given, tags="line")
    assert done.code == 0 and root(THERE) == "new\n/etc/nano-ocr/line", done.why()
    assert line.boards[2].settled()["health"]["ready"]
    again = line.plays.run("rotate", *given, tags="line")
    assert (again.code, again.changed()) == (0, 0), again.why()


def _until(question, patience_s=240.0):
    limit = time.monotonic() + patience_s
    while time.monotonic() < limit:
        try:
            if question():
                return
        except (VirtualFleetError, ValueError):  # a node that reboots gives no answer
            pass
        time.sleep(0.2)
    raise AssertionError("it does not happen")
