"""The reading process, with a fake reader: started, ended on its own, closed."""

import os
import signal
import sys
import time

import pytest

from ocr_app.core.errors import DeviceUnavailable, RecipeError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading import process
from ocr_app.line.settings.reading import ImageSettings, ReaderSettings, RecipeSettings
from ocr_app.line.settings.service import ServiceSettings


@pytest.fixture
def made(tmp_path, tools, monkeypatch):
    """A reading process with the fake reader, and its status; "ways" below tmp_path names an error of opening."""
    (tmp_path / "fake_reader.py").write_text(tools.MISBEHAVING)
    monkeypatch.setattr(process, "COMMAND", [sys.executable, str(tmp_path / "fake_reader.py"), str(tmp_path / "ways")])
    status = ServiceStatus()
    found = process.ReadingProcess(ServiceSettings(), status, "")
    yield found, status
    found.close()


def test_a_process_that_is_started_can_be_asked(made, tmp_path, picture):
    found, status = made
    assert found.serving() is None and not found.exited()
    assert found.start()["reader"] == "fake"
    assert (status.snapshot().state, status.snapshot().info["device"]) == ("warming_up", "cpu")
    (tmp_path / "a.png").write_bytes(picture(1))
    request = {"path": str(tmp_path / "a.png"), "expected": {}, "trust_clock": False, "deadline_ms": None}
    assert found.serving().ask("read", 30.0, dict, **request)["text"] == "AB7"
    assert not found.exited()


def test_one_that_ends_on_its_own_is_noticed_once(made):
    found, _ = made
    found.start()
    os.kill(found.serving().pid, signal.SIGKILL)
    end = time.monotonic() + 30
    while not found.exited():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert found.serving() is None and not found.exited()


def test_a_closed_process_is_gone(made):
    found, _ = made
    found.start()
    pid = found.serving().pid
    found.close()
    found.close()
    assert found.serving() is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("way,error", [("gpu", DeviceUnavailable), ("recipe", RecipeError)])
def test_errors_of_opening_are_raised_as_they_are(made, tmp_path, way, error):
    (tmp_path / "ways").write_text(way)
    with pytest.raises(error):
        made[0].start()


def test_the_request_to_open_has_the_settings_of_reader_recipe_and_image():
    settings = ServiceSettings(
        reader=ReaderSettings(
            name="codes", team="fast", budget_ms=70, precision="fp16", threads=3, engine="tensorrt", packs="/p"
        ),
        recipe=RecipeSettings(file="/r.yaml"),
        image=ImageSettings(preprocess="clahe", regions=((1, 2, 3, 4),), max_pixels=9, max_bytes=8, min_side=7),
    )
    assert process.open_request(settings) == {
        "reader": "codes",
        "team": "fast",
        "budget_ms": 70,
        "device": "cpu",
        "precision": "fp16",
        "threads": 3,
        "engine": "tensorrt",
        "packs": "/p",
        "recipe": "/r.yaml",
        "preprocess": "clahe",
        "limits": [9, 8, 7],
        "regions": ((1, 2, 3, 4),),
    }
    assert process.open_request(ServiceSettings())["recipe"] is None
