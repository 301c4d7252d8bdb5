"""The watch over the clocks after a boot: locked again whenever something frees them, and failed where it goes on.

The tools are those of the virtual Nano (fakes, checked in tests/unit/fleet/virtual/test_image_tools.py) or given texts.
"""

from __future__ import annotations

import ast
import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[6] / "ansible" / "roles" / "power_mode" / "files" / "hold_clocks.py"
SHOWN = """SOC family:tegra210  Machine:NVIDIA Jetson Nano Developer Kit
Online CPUs: 0-1
cpu0: Online=1 Governor=schedutil MinFreq={0} MaxFreq=918000 CurrentFreq=918000 IdleStates: WFI=0 c7=0
cpu2: Online=0 Governor=schedutil MinFreq=102000 MaxFreq=918000 CurrentFreq=102000 IdleStates: WFI=1 c7=1
GPU MinFreq={1} MaxFreq=614400000 CurrentFreq=614400000
EMC MinFreq=204000000 MaxFreq=1600000000 CurrentFreq=1600000000 FreqOverride=1
"""
LOCKED, FREE, GPU_FREE = (SHOWN.format(*pair) for pair in ((918000, 614400000), (102000, 76800000), (918000, 76800000)))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hold_clocks", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Board:
    """A board whose clocks are free at first, and are freed again at ``resets`` (seconds after its boot)."""

    def __init__(self, *resets: float, booted_s: float = 0.0, obeys: bool = True) -> None:
        self.time, self.resets, self.obeys = booted_s, sorted(resets), obeys
        self.locked, self.asked = False, 0

    def run(self, command: list[str]) -> str:
        if command == ["jetson_clocks"]:
            self.asked += 1
            self.locked = self.obeys
            return ""
        assert command == ["jetson_clocks", "--show"]
        return LOCKED if self.locked else FREE

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        while self.resets and self.resets[0] <= self.time:
            self.resets.pop(0)
            self.locked = False

    def hold(self, script: ModuleType, watch_s: float = 90.0, limit_s: float = 60.0) -> int:
        def clock() -> float:
            return self.time

        code: int = script.hold(watch_s, limit_s, self.run, clock, clock, self.sleep)
        return code


def test_it_is_python_3_6() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_clocks_that_are_freed_during_the_watch_are_locked_again(script: ModuleType) -> None:
    board = Board(20.0, 60.0, 85.0)
    assert board.hold(script) == 0
    assert board.locked and board.asked == 4 and board.time >= 90


def test_on_a_board_that_started_long_ago_two_looks_are_enough(script: ModuleType) -> None:
    board = Board(booted_s=5000.0)
    assert board.hold(script) == 0
    assert (board.asked, board.time) == (1, 5002.0)


def test_clocks_that_are_never_locked_end_in_a_failure_that_names_them(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    board = Board(booted_s=5000.0, obeys=False)
    assert board.hold(script, limit_s=10.0) == 1
    assert board.time == 5010.0
    told = capsys.readouterr().err
    assert "NOT locked after 10 tries: GPU 76800000 to 614400000, cpu0 102000 to 918000" in told
    assert "journalctl -b -u nvpmodel" in told


def test_the_limit_begins_after_the_watch(script: ModuleType) -> None:
    board = Board(obeys=False)
    assert board.hold(script) == 1 and board.time == 150.0


@pytest.mark.parametrize(
    "shown, named",
    [(LOCKED, []), (FREE, ["GPU", "cpu0"]), (GPU_FREE, ["GPU"]), ("", ["jetson_clocks --show"])],
    ids=["locked", "free", "the GPU alone", "no answer"],
)
def test_which_clocks_are_free(script: ModuleType, shown: str, named: list[str]) -> None:
    assert list(script.free(shown)) == named


def test_an_absent_tool_is_no_locked_clock(script: ModuleType) -> None:
    assert "no-such-tool" in script.output(["no-such-tool"])
    assert script.free(script.output(["no-such-tool"]))


def test_the_time_since_the_first_process_began_is_read_from_proc(script: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "proc" / "1").mkdir(parents=True)
    (tmp_path / "proc" / "uptime").write_text("5000.25 9000.00\n")
    ticks = 4990 * os.sysconf("SC_CLK_TCK")
    fields = " ".join(["0"] * 18 + [str(ticks)] + ["0"] * 20)
    (tmp_path / "proc" / "1" / "stat").write_text(f"1 (system d) S {fields}\n")
    assert script.seconds_since_boot(str(tmp_path)) == 10.25
    assert script.seconds_since_boot() > 0


def test_waiting_ends_when_the_unit_has_started(script: ModuleType) -> None:
    board, answers = Board(), ["activating\n", "activating\n", "active\n"]
    assert script.wait("a.service", 60.0, lambda _: answers.pop(0), lambda: board.time, board.sleep) == 0
    assert script.wait("a.service", 3.0, lambda _: "activating\n", lambda: board.time, board.sleep) == 1


def test_the_file_that_asks_for_locked_clocks_is_made_first(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = tmp_path / "run" / "clocks-wanted"
    monkeypatch.setattr(script, "hold", lambda watch_s, limit_s: int(not wanted.exists()) or int(watch_s != 3.0))
    assert script.main(["--watch", "3", "--wanted", str(wanted)]) == 0
