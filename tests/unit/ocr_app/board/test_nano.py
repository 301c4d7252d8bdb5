"""What the tools of L4T R32 print on a Nano, word for word from public logs, and how it is read."""

import sys

import pytest

from ocr_app.board import nano
from ocr_app.core.errors import DeviceUnavailable

FREE = """SOC family:tegra210  Machine:NVIDIA Jetson Nano Developer Kit
Online CPUs: 0-3
CPU Cluster Switching: Disabled
cpu0: Online=1 Governor=schedutil MinFreq=102000 MaxFreq=1428000 CurrentFreq=1036800 IdleStates: WFI=1 c7=1 
cpu1: Online=1 Governor=schedutil MinFreq=102000 MaxFreq=1428000 CurrentFreq=921600 IdleStates: WFI=1 c7=1 
cpu2: Online=1 Governor=schedutil MinFreq=102000 MaxFreq=1428000 CurrentFreq=1132800 IdleStates: WFI=1 c7=1 
cpu3: Online=1 Governor=schedutil MinFreq=102000 MaxFreq=1428000 CurrentFreq=1428000 IdleStates: WFI=1 c7=1 
GPU MinFreq=76800000 MaxFreq=921600000 CurrentFreq=230400000
EMC MinFreq=204000000 MaxFreq=1600000000 CurrentFreq=1600000000 FreqOverride=0
Fan: speed=0
NV Power Mode: MAXN
"""  # noqa: W291 the tool's own blanks
LOCKED = """SOC family:tegra210  Machine:NVIDIA Jetson Nano Developer Kit
Online CPUs: 0-1
cpu0: Online=1 Governor=schedutil MinFreq=921600 MaxFreq=921600 CurrentFreq=921600 IdleStates: WFI=0 c7=0
cpu1: Online=1 Governor=schedutil MinFreq=921600 MaxFreq=921600 CurrentFreq=921600 IdleStates: WFI=0 c7=0
cpu2: Online=0 Governor=schedutil MinFreq=102000 MaxFreq=921600 CurrentFreq=921600 IdleStates: WFI=1 c7=1
GPU MinFreq=614400000 MaxFreq=614400000 CurrentFreq=614400000
EMC MinFreq=204000000 MaxFreq=1600000000 CurrentFreq=1600000000 FreqOverride=1
Fan: PWM=255
NV Power Mode: 5W
"""
AS_USER = (
    "RAM 613/3964MB (lfb 634x4MB) SWAP 0/1982MB (cached 0MB) CPU [2%@102,1%@102,0%@102,0%@102] EMC_FREQ 0% "
    "GR3D_FREQ 0% PLL@39C CPU@40.5C PMIC@100C GPU@41C AO@46C thermal@41C "
    "POM_5V_IN 900/943 POM_5V_GPU 0/0 POM_5V_CPU 123/123"
)
AS_ROOT = (
    "RAM 1923/3964MB (lfb 2x2MB) SWAP 191/1982MB (cached 6MB) IRAM 0/252kB(lfb 252kB) CPU [5%@1224,2%@1224,off,off] "
    "EMC_FREQ 0%@1600 GR3D_FREQ 99%@921 APE 25 PLL@37C CPU@40C PMIC@50C GPU@40C AO@45C thermal@40C "
    "POM_5V_IN 1750/1628 POM_5V_GPU 0/0 POM_5V_CPU 366/406"
)
WITHOUT_RAILS = "RAM 2000/3956MB (lfb 1x1MB) SWAP 23/6074MB (cached 1MB) CPU [22%@518,67%@518,off,off] GR3D_FREQ 99%"


def test_the_power_mode_and_its_number():
    assert nano.power_mode("NV Power Mode: MAXN\n0\n") == ("MAXN", 0)
    assert nano.power_mode("NVPM WARN: fan mode is not set!\nNV Power Mode: 5W\n1\n") == ("5W", 1)


@pytest.mark.parametrize("text", ["", "nvpmodel: no such file", "NVPM ERROR: Error opening nvpmodel"])
def test_another_answer_of_nvpmodel_is_an_error(text):
    with pytest.raises(DeviceUnavailable):
        nano.power_mode(text)


def test_clocks_in_mhz():
    found = nano.clocks(FREE)
    assert found["cpu0"][:3] == (102.0, 1428.0, 1036.8)
    assert found["GPU"][:3] == (76.8, 921.6, 230.4) and not found["GPU"].locked
    assert not found["EMC"].locked


def test_locked_clocks_and_cores_that_are_off():
    found = nano.clocks(LOCKED)
    assert [name for name, clock in sorted(found.items()) if clock.locked] == ["EMC", "GPU", "cpu0", "cpu1"]
    assert not found["cpu2"].online


@pytest.mark.parametrize("text", ["", "Error: run this script as a root user", FREE.replace("GPU", "gpu-gpc-0")])
def test_another_answer_of_jetson_clocks_is_an_error(text):
    with pytest.raises(DeviceUnavailable) as caught:
        nano.clocks(text)
    assert "root" in str(caught.value)


def test_a_line_of_tegrastats_without_and_with_root():
    user, root = nano.tegrastats(AS_USER), nano.tegrastats(AS_ROOT)
    assert (user["gpu_percent"], user["gpu_mhz"]) == (0, None)
    assert (root["gpu_percent"], root["gpu_mhz"]) == (99, 921)
    assert user["temperatures_c"] == {"PLL": 39, "CPU": 40.5, "GPU": 41, "AO": 46, "thermal": 41}
    assert root["power_mw"] == {"POM_5V_IN": 1750, "POM_5V_GPU": 0, "POM_5V_CPU": 366}
    assert (root["ram_mb"], root["ram_total_mb"]) == (1923, 3964)


def test_fields_that_are_missing_are_none():
    found = nano.tegrastats(WITHOUT_RAILS)
    assert found["power_mw"] == {} and found["temperatures_c"] == {} and found["gpu_mhz"] is None


def test_a_summary_looks_at_the_gpu_clock_while_it_is_busy_only():
    idle = AS_ROOT.replace("GR3D_FREQ 99%@921", "GR3D_FREQ 3%@76")
    slow = AS_ROOT.replace("@921 ", "@614 ").replace("GPU@40C", "GPU@96.5C").replace("IN 1750", "IN 2250")
    found = nano.summary([AS_ROOT, idle, slow, "\n"])
    assert found == {
        "samples": 3,
        "hottest_c": 96.5,
        "least_busy_gpu_mhz": 614,
        "mean_power_mw": round((1750 + 1750 + 2250) / 3),
        "most_power_mw": 2250,
    }


def test_no_samples_say_nothing():
    assert nano.summary([])["hottest_c"] is None


def test_the_state_of_a_board():
    answers = {"nvpmodel": "NV Power Mode: MAXN\n0\n", "jetson_clocks": FREE}
    found = nano.state(lambda command: answers[command[0]])
    assert found["power_mode"] == "MAXN" and found["clocks_mhz"]["GPU"] == [76.8, 230.4, 921.6]
    assert found["unlocked"] == ["EMC", "GPU", "cpu0", "cpu1", "cpu2", "cpu3"]


@pytest.mark.parametrize(
    "model", [None, "Raspberry Pi 4 Model B Rev 1.1", "NVIDIA Jetson Orin Nano Developer Kit", "NVIDIA Jetson TX2"]
)
def test_other_machines_are_refused(tmp_path, model):
    if model:
        (tmp_path / "proc" / "device-tree").mkdir(parents=True)
        (tmp_path / "proc" / "device-tree" / "model").write_bytes(model.encode() + b"\0")
    with pytest.raises(DeviceUnavailable) as caught:
        nano.require_nano(str(tmp_path))
    assert "not a Jetson Nano" in str(caught.value) and "--device cpu" in str(caught.value)


def test_a_nano_is_known_by_its_device_tree(tmp_path):
    (tmp_path / "proc" / "device-tree").mkdir(parents=True)
    (tmp_path / "proc" / "device-tree" / "model").write_bytes(b"NVIDIA Jetson Nano Developer Kit\0")
    assert nano.require_nano(str(tmp_path)) == "NVIDIA Jetson Nano Developer Kit"


def test_a_tool_that_is_missing_or_fails_is_an_error():
    with pytest.raises(DeviceUnavailable):
        nano.call(["no-such-tool-of-l4t"])
    with pytest.raises(DeviceUnavailable) as caught:
        nano.call([sys.executable, "-c", "import sys; sys.exit('Error: run as a root user')"])
    assert "root user" in str(caught.value)
    assert nano.call([sys.executable, "-c", "print('well')"]) == "well\n"


def test_a_watch_keeps_the_lines_of_its_block():
    code = "import sys, time\nwhile True: print('GR3D_FREQ 60%@921', flush=True); time.sleep(0.01)"
    with nano.TegrastatsWatch([sys.executable, "-c", code]) as watch:
        while not watch.lines:
            pass
    assert nano.summary(watch.lines)["least_busy_gpu_mhz"] == 921


def test_a_watch_without_tegrastats_is_an_error():
    with pytest.raises(DeviceUnavailable), nano.TegrastatsWatch(["no-such-tegrastats"]):
        pass
