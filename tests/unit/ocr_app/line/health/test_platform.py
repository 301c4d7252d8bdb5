"""Reasons that the platform shows: by files of a made-up root, and by what Linux really reports."""

import collections
import ctypes
import os

import pytest

from ocr_app.line.health import platform

Disk = collections.namedtuple("Disk", "f_bavail f_frsize f_flag")


def put(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def found(tmp_path, **changes):
    bounds = platform.Bounds(root=str(tmp_path), **changes)
    return platform.reasons(bounds, lambda: True, lambda path: Disk(1000, 1 << 20, 0))


def test_a_healthy_place_has_none(tmp_path):
    put(tmp_path, "proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 2000000 kB\n")
    assert found(tmp_path, folders=("/data",)) == []


def test_a_clock_that_nobody_keeps(tmp_path):
    assert platform.reasons(platform.Bounds(root=str(tmp_path)), lambda: False) == ["clock_unsynced"]


def test_the_kernel_says_whether_the_clock_is_kept():
    """The same call with the state that it returns: 5 is TIME_ERROR, as the status bit says."""
    buffer = ctypes.create_string_buffer(512)
    state = ctypes.CDLL(None).adjtimex(buffer)
    if state < 0:
        pytest.skip("adjtimex is not allowed here")
    assert platform.clock_synced() == (state != 5)


def test_little_room(tmp_path):
    bounds = platform.Bounds(("/data",), disk_mb=500, root=str(tmp_path))
    assert platform.reasons(bounds, lambda: True, lambda path: Disk(499, 1 << 20, 0)) == ["disk_low"]
    assert platform.reasons(bounds, lambda: True, lambda path: Disk(500, 1 << 20, 0)) == []


def test_a_disk_that_cannot_be_written(tmp_path):
    bounds = platform.Bounds(("/data",), root=str(tmp_path))
    answer = Disk(5000, 1 << 20, os.ST_RDONLY)
    assert platform.reasons(bounds, lambda: True, lambda path: answer) == ["disk_read_only"]


def test_the_real_disk_is_looked_at(tmp_path):
    assert "disk_low" in platform.reasons(
        platform.Bounds((str(tmp_path),), disk_mb=1 << 40, root=str(tmp_path)), lambda: True
    )


def test_little_memory_of_the_machine(tmp_path):
    put(tmp_path, "proc/meminfo", "MemAvailable:  102400 kB\n")
    assert found(tmp_path, memory_mb=101) == ["memory_low"]
    assert found(tmp_path, memory_mb=100) == []


@pytest.mark.parametrize(
    "folder,limit,usage",
    [
        ("sys/fs/cgroup", "memory.max", "memory.current"),
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ],
)
def test_little_memory_of_the_container(tmp_path, folder, limit, usage):
    put(tmp_path, "proc/meminfo", "MemAvailable:  2000000 kB\n")
    put(tmp_path, folder + "/" + limit, str(1000 << 20))
    put(tmp_path, folder + "/" + usage, str(990 << 20))
    assert found(tmp_path) == ["memory_low"]
    put(tmp_path, folder + "/memory.stat", "anon 5\ninactive_file {}\n".format(500 << 20))
    assert found(tmp_path) == []
    put(tmp_path, folder + "/" + limit, "max")
    assert found(tmp_path) == []


CPU = "sys/devices/system/cpu/cpu0/cpufreq/scaling_"


def test_a_locked_clock_that_was_lowered(tmp_path):
    for name, value in (("min_freq", "1479000"), ("max_freq", "1479000"), ("cur_freq", "1036800"), ("governor", "x")):
        put(tmp_path, CPU + name, value + "\n")
    assert found(tmp_path) == ["throttled"]
    put(tmp_path, CPU + "cur_freq", "1479000\n")
    assert found(tmp_path) == []


def test_an_idle_clock_is_low_by_design(tmp_path):
    governor = "schedutil"
    for name, value in (
        ("min_freq", "102000"),
        ("max_freq", "1479000"),
        ("cur_freq", "102000"),
        ("governor", governor),
    ):
        put(tmp_path, CPU + name, value + "\n")
    assert found(tmp_path) == []


def test_clocks_that_are_free_where_the_board_wants_them_locked(tmp_path):
    put(tmp_path, CPU + "min_freq", "102000\n")
    put(tmp_path, CPU + "max_freq", "1479000\n")
    assert found(tmp_path) == []
    put(tmp_path, "run/nano-ocr/clocks-wanted", "")
    assert found(tmp_path) == ["clocks_free"]
    put(tmp_path, CPU + "min_freq", "1479000\n")
    assert found(tmp_path) == []
    os.remove(str(tmp_path / (CPU + "max_freq")))
    assert found(tmp_path) == []


MONITOR = "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/"


def test_a_supply_that_sags(tmp_path):
    put(tmp_path, MONITOR + "rail_name_0", "POM_5V_IN\n")
    put(tmp_path, MONITOR + "rail_name_1", "POM_5V_GPU\n")
    put(tmp_path, MONITOR + "in_voltage0_input", "5010\n")
    put(tmp_path, MONITOR + "in_voltage1_input", "4000\n")
    assert found(tmp_path) == []
    put(tmp_path, MONITOR + "in_voltage0_input", "4640\n")
    assert found(tmp_path) == ["under_voltage"]
