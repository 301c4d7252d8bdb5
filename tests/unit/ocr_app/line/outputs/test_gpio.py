"""Jetson.GPIO, by its stand-in in tests/standins/jetson_gpio."""

import sys
from pathlib import Path

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.outputs.gpio import JetsonPins

STANDIN = Path(__file__).resolve().parents[4] / "standins" / "jetson_gpio"


@pytest.fixture(autouse=True)
def not_imported():
    """The stand-in is imported in no other test."""
    yield
    for name in ("Jetson", "Jetson.GPIO"):
        sys.modules.pop(name, None)


def test_pins_by_the_library(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(STANDIN))
    monkeypatch.setenv("FAKE_GPIO", str(tmp_path / "pins"))
    pins = JetsonPins()
    pins.make_output(11)
    pins.write(11, True)
    pins.write(11, False)
    fired = []
    (tmp_path / "pins.in").write_text("edge\nedge\n")
    pins.watch(13, "falling", lambda: fired.append(1))
    for _ in range(500):
        if len(fired) == 2:
            break
        __import__("time").sleep(0.01)
    pins.close()
    words = [line.split(None, 1)[1] for line in (tmp_path / "pins").read_text().splitlines()]
    assert words == ["out 11 0", "out 11 1", "out 11 0", "cleanup"] and fired == [1, 1]


def test_without_the_library_or_the_board_it_is_said_plainly(monkeypatch):
    monkeypatch.setitem(sys.modules, "Jetson", None)
    with pytest.raises(ServiceError, match=r"Jetson\.GPIO"):
        JetsonPins()
