"""Memory and files of a process over time."""

import os
import subprocess
import sys

import pytest

from fleet.live import usage


def test_a_process_is_seen_with_its_children_and_none_when_it_is_gone():
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']).wait()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        while not (children := usage.children_of(process.pid)):
            pass
        found = usage.sample(process.pid, 7.0)
        assert found.at == 7.0 and found.memory_mb > 1 and found.files >= 3
        assert children and all(child != os.getpid() for child in children)
        process.stdin.close()
    assert usage.sample(process.pid, 8.0) is None and usage.children_of(process.pid) == []


def test_the_slope_is_that_of_the_line_through_all_samples():
    assert usage.slope_per_hour([(0.0, 10.0), (1800.0, 11.0), (3600.0, 12.0)]) == pytest.approx(2.0)
    assert usage.slope_per_hour([(0.0, 10.0)]) == 0.0 == usage.slope_per_hour([])


def test_a_change_is_between_the_medians_of_both_ends():
    assert usage.change([1.0, 1.0, 9.0, 5.0, 5.0], 0.4) == (1.0, 5.0)
    assert usage.change([3.0]) == (3.0, 3.0)
