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


def test_processor_time_is_told_apart_from_that_of_others():
    code = "import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        first = usage.sample(process.pid, 0.0)
        while (last := usage.sample(process.pid, 1.0)).cpu_s[process.pid] < 0.3:  # ticks may lag a little
            pass
        own, others = usage.busy([first, last])
        process.stdin.close()
    assert 0.1 < own < 0.9 and others >= 0.0


def test_a_child_that_was_replaced_counts_from_its_start():
    before = usage.UsageSample(0.0, 1.0, 3, 1.0, {1: 5.0, 2: 7.0}, 100.0)
    after = usage.UsageSample(5.0, 1.0, 3, 1.0, {1: 6.0, 3: 2.0}, 110.0)
    assert usage.busy([before, after]) == (3.0, 7.0)
