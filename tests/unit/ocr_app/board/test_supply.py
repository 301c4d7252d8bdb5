"""The supply of a Jetson Nano."""

import pytest

from ocr_app.board import supply

MONITOR = "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/"


def put(root, rails):
    folder = root / MONITOR
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, value) in enumerate(rails):
        (folder / "rail_name_{}".format(number)).write_text(name + "\n")
        (folder / "in_voltage{}_input".format(number)).write_text(value + "\n")


def test_rails_have_their_names(tmp_path):
    put(tmp_path, [("POM_5V_IN", "5010"), ("POM_5V_GPU", "4000"), ("POM_5V_CPU", "odd")])
    assert supply.rails_mv(str(tmp_path)) == {"POM_5V_IN": 5010, "POM_5V_GPU": 4000}


@pytest.mark.parametrize(("value", "low"), [("4749", True), ("4750", False), ("", False)])
def test_only_the_input_can_be_too_low(tmp_path, value, low):
    put(tmp_path, [("POM_5V_GPU", "1"), ("POM_5V_IN", value)])
    assert supply.is_under_voltage(str(tmp_path)) is low


def test_a_machine_without_the_monitor_has_no_rails(tmp_path):
    assert supply.rails_mv(str(tmp_path)) == {} and not supply.is_under_voltage(str(tmp_path))


@pytest.mark.parametrize(
    ("log", "count"),
    [(None, None), ("", 0), ("[1] soctherm: OC ALARM 0x00000001\n[2] usb\n[3] soctherm: OC ALARM 0x1\n", 2)],
)
def test_over_current_is_counted_in_the_kernels_log(log, count):
    assert supply.over_current_count(lambda: log) == count
