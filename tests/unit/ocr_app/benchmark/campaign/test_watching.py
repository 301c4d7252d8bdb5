"""What a board does during a part."""

import sys

from ocr_app.benchmark.campaign.watching import BoardWatch
from ocr_app.board.nano import TegrastatsWatch

LINE = "RAM 1923/3964MB CPU [2%@1479] GR3D_FREQ 90%@460 CPU@61C POM_5V_IN 5000/4900"
MONITOR = "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/"


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_linux_is_asked_for_heat_clocks_and_supply(tmp_path):
    put(tmp_path, "sys/class/thermal/thermal_zone0/type", "CPU-therm\n")
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "61500\n")
    put(tmp_path, "sys/class/thermal/cooling_device0/type", "thermal-cpufreq-0\n")
    put(tmp_path, "sys/class/thermal/cooling_device0/cur_state", "2\n")
    put(tmp_path, "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "921600\n")
    put(tmp_path, MONITOR + "rail_name_0", "POM_5V_IN\n")
    put(tmp_path, MONITOR + "in_voltage0_input", "4800\n")
    with BoardWatch(str(tmp_path)) as watched:
        pass
    assert watched.summary() == {
        "samples": 1,
        "hottest_c": 61.5,
        "most_cooling": 2,
        "least_cpu_mhz": 921.6,
        "least_input_mv": 4800,
        "tegrastats": None,
    }


def test_a_machine_that_tells_nothing_gives_nothing(tmp_path):
    with BoardWatch(str(tmp_path)) as watched:
        pass
    found = watched.summary()
    assert found.pop("samples") == 1 and set(found.values()) == {None}


def test_tegrastats_is_read_where_there_is_one(tmp_path):
    script = "import time; print({!r}, flush=True); time.sleep(60)".format(LINE)
    stats = TegrastatsWatch([sys.executable, "-c", script])
    with BoardWatch(str(tmp_path), stats) as watched:
        while not stats.lines:
            pass
    found = watched.summary()["tegrastats"]
    assert (found["hottest_c"], found["least_busy_gpu_mhz"], found["most_power_mw"]) == (61.0, 460, 5000)


def test_a_missing_tegrastats_is_none(tmp_path):
    with BoardWatch(str(tmp_path), TegrastatsWatch([str(tmp_path / "tegrastats")])) as watched:
        pass
    assert watched.summary()["tegrastats"] is None
