"""A board at one moment."""

import json
from pathlib import Path

import pytest

import ocr_app
from ocr_app.board import state
from ocr_app.core.errors import DeviceUnavailable

MODE = "NV Power Mode: MAXN\n0\n"
CLOCKS = """cpu0: Online=1 Governor=schedutil MinFreq=1479000 MaxFreq=1479000 CurrentFreq=1479000
GPU MinFreq=76800000 MaxFreq=921600000 CurrentFreq=76800000
"""


def put(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def tools(command):
    return MODE if command[0] == "nvpmodel" else CLOCKS


def missing(command):
    raise DeviceUnavailable("{} cannot be run".format(command[0]))


def test_nvidias_tools_tell_power_mode_and_clocks(tmp_path):
    found = state.board_state(str(tmp_path), tools)["tools"]
    assert (found["power_mode"], found["unlocked"]) == ("MAXN", ["GPU"])


def test_without_them_the_reason_is_kept(tmp_path):
    found = state.board_state(str(tmp_path), missing)
    assert (found["tools"], found["why_no_tools"]) == (None, "nvpmodel cannot be run")
    assert found["temperatures_c"] == {} and found["supply"]["rails_mv"] == {}


@pytest.mark.parametrize("run", [tools, missing])
def test_a_state_fits_the_schema(tmp_path, run):
    jsonschema = pytest.importorskip("jsonschema")
    path = Path(ocr_app.__file__).parent / "data" / "board-campaign.schema.json"
    schema = json.loads(path.read_text())
    wanted = dict(schema["definitions"]["state"], definitions=schema["definitions"])
    found = json.loads(json.dumps(state.board_state(str(tmp_path), run)))
    jsonschema.Draft7Validator(wanted).validate(found)


def test_only_devices_that_lower_clocks_count_as_cooling(tmp_path):
    for number, (kind, value) in enumerate([("thermal-cpufreq-0", "3"), ("pwm-fan", "5"), ("gpu-balanced", "0")]):
        put(tmp_path, "sys/class/thermal/cooling_device{}/type".format(number), kind + "\n")
        put(tmp_path, "sys/class/thermal/cooling_device{}/cur_state".format(number), value + "\n")
    assert state.cooling(str(tmp_path)) == {"thermal-cpufreq-0": 3, "gpu-balanced": 0}


def test_a_board_is_what_its_device_tree_says_and_hardware_unless_systemd_says_container(tmp_path):
    put(tmp_path, "sys/firmware/devicetree/base/model", "NVIDIA Jetson Nano Developer Kit\0")
    found = state.identity(str(tmp_path))
    assert (found["model"], found["virtual"]) == ("NVIDIA Jetson Nano Developer Kit", None)
    put(tmp_path, "run/systemd/container", "docker\n")
    assert state.identity(str(tmp_path))["virtual"] == "docker"


def test_the_time_is_utc():
    assert state.now().endswith("Z") and len(state.now()) == 20
