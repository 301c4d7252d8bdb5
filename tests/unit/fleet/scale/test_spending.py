"""The account of a command holds what it started, also what outlived it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from fleet.scale import spending

BUSY = "import time\nwhile time.process_time() < {}: pass"


def measured(code: str) -> dict[str, str]:
    """`measure` in a process of its own, which becomes a reaper; what it printed, NAME=VALUE."""
    script = f"""
import subprocess, sys
from fleet.scale.spending import measure
spent = measure(lambda: subprocess.run([sys.executable, "-c", {code!r}]).returncode, [])
print(f"code={{spent.code}} control={{spent.control_s}} wall={{spent.wall_s}} peak={{spent.peak_mib}}")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return dict(pair.split("=") for pair in done.stdout.split())


def test_time_and_exit_code_of_a_command() -> None:
    told = measured(f"{BUSY.format(0.3)}\nraise SystemExit(3)")
    assert told["code"] == "3" and 0.3 <= float(told["control"]) < 3


def test_what_goes_on_in_the_background_is_ended_and_counted() -> None:
    """As a master of ssh: a child in a session of its own, whose parent is gone."""
    child = f"{BUSY.format(0.3)}\nimport time; time.sleep(600)"
    starts = (
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}], start_new_session=True)"
    )
    begin = time.monotonic()
    told = measured(f"{starts}; time.sleep(1)")
    assert float(told["control"]) >= 0.3 and time.monotonic() - begin < 60


def test_memory_of_this_process_and_of_one_that_is_gone() -> None:
    assert spending.memory_mib(os.getpid()) > 1
    assert spending.memory_mib(2**22 + 1) == 0


def test_children_of_children_are_found() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 60 & wait"]) as process:
        try:
            until = time.monotonic() + 10
            while len(spending.offspring(process.pid)) < 1 and time.monotonic() < until:
                time.sleep(0.05)
            assert process.pid in spending.offspring(os.getpid())
            assert len(spending.offspring(process.pid)) == 1
        finally:
            for pid in spending.offspring(process.pid):
                os.kill(pid, 9)


def test_a_board_that_restarts_counts_from_zero_again(tmp_path: Path) -> None:
    account = spending.BoardAccount(tmp_path / "cpuacct.usage", last_s=5.0)
    for seconds in (7, None, 1, 4):
        account.file.unlink(missing_ok=True)
        if seconds is not None:
            account.file.write_text(f"{seconds * 10**9}\n")
        account.look()
    assert account.used_s == 2 + 1 + 3


def test_both_kinds_of_control_groups_are_read(tmp_path: Path) -> None:
    account = spending.BoardAccount(tmp_path / "cpu.stat")
    account.file.write_text("usage_usec 2500000\nuser_usec 1\n")
    account.look()
    assert account.used_s == 2.5
