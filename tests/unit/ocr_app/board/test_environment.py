"""The environment as read from files; what is not there is None."""

import pytest

from ocr_app.board import environment

NANO = {
    "proc/device-tree/model": "NVIDIA Jetson Nano Developer Kit\0",
    "proc/meminfo": "MemTotal:        4059464 kB\nMemFree: 1 kB\n",
    "proc/cpuinfo": "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd07\n",
    "etc/nv_tegra_release": "# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64\n",
    "etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 18.04.6 LTS"\n',
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_min_freq": "1479000\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "1479000\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq": "1479000\n",
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "schedutil\n",
    "sys/class/thermal/thermal_zone0/type": "CPU-therm\n",
    "sys/class/thermal/thermal_zone0/temp": "40500\n",
    "sys/class/thermal/thermal_zone4/type": "PMIC-Die\n",
    "sys/class/thermal/thermal_zone4/temp": "100000\n",
}
X86 = {
    "sys/class/dmi/id/sys_vendor": "Acme\n",
    "sys/class/dmi/id/product_name": "Box 1\n",
    "proc/cpuinfo": "model name\t: Chip 9\nphysical id\t: 0\ncore id\t: 0\n\n"
    "model name\t: Chip 9\nphysical id\t: 0\ncore id\t: 1\n",
    "sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count": "2\n",
}


@pytest.fixture
def root(tmp_path, request):
    for name, text in request.param.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(tmp_path)


@pytest.mark.parametrize("root", [NANO], indirect=True)
def test_a_nano(root):
    found = environment.describe(root)
    assert found["machine"] == "NVIDIA Jetson Nano Developer Kit"
    assert found["cpu"] == "ARM implementer 0x41 part 0xd07"
    assert (found["l4t"], found["system"], found["ram_mb"]) == ("32.7.6", "Ubuntu 18.04.6 LTS", 3964)
    assert found["clocks"] == {"min": 1479.0, "cur": 1479.0, "max": 1479.0, "governor": "schedutil", "locked": True}
    assert found["temperatures_c"] == {"CPU-therm": 40.5}


@pytest.mark.parametrize("root", [X86], indirect=True)
def test_a_computer(root):
    found = environment.describe(root)
    assert (found["machine"], found["cpu"], found["cores"], found["throttle_count"]) == ("Acme Box 1", "Chip 9", 2, 2)


@pytest.mark.parametrize("root", [{}], indirect=True)
def test_what_cannot_be_read_is_none(root):
    found = environment.describe(root)
    unknown = ("machine", "cpu", "cores", "ram_mb", "system", "l4t", "throttle_count")
    assert [found[key] for key in unknown] == [None] * len(unknown)
    assert found["clocks"] == dict.fromkeys(("min", "cur", "max", "governor", "locked"))
    assert found["temperatures_c"] == {}
