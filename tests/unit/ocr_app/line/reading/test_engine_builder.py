"""Engines that are missing are built by the service."""

import json
import shutil
import sys
import threading
import time

import pytest

from ocr_app.line.reading import engine_builder
from ocr_app.line.reading.engine_builder import EngineBuilder
from ocr_app.line.settings.reading import ReaderSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.settings.serving import LimitSettings


def test_missing_engines_are_built_where_that_was_asked_for(serve, tools, tmp_path, code_models):
    """For real, by the target ONNX Runtime, which every computer has."""
    manifest = json.loads((tools.SAMPLES.parent / "manifest.json").read_text())
    manifest["images"] = [entry for entry in manifest["images"] if entry["id"] in ("000", "018")]
    (tmp_path / "few" / "images").mkdir(parents=True)
    (tmp_path / "few" / "manifest.json").write_text(json.dumps(manifest))
    for name in ("000.jpg", "018.jpg"):
        shutil.copy(str(tools.SAMPLES / name), str(tmp_path / "few" / "images"))
    wanted = ("--engine", "onnxruntime", "--build-engines", "--recipe", str(tools.RECIPE))
    served = serve(*wanted, OCR_ENGINES=str(tmp_path / "engines"), OCR_SAMPLES=str(tmp_path / "few"))
    served.until(lambda: served.health().get("state") == "building_engine", "building", 120)
    assert served.health()["live"] and "engine_missing" in served.health()["degraded"]
    served.until(lambda: served.health().get("ready"), "ready", 400)
    assert "engine_missing" not in served.health()["degraded"]
    _, result = served.read((tools.SAMPLES / "018.jpg").read_bytes())
    assert (
        result["text"] == "17-12-23"
        and result["engine"].startswith("onnxruntime")
        and "codes-detector" in result["engine"]
    )


@pytest.fixture
def builder(monkeypatch):
    """(program text, settings of reader and limits) -> a builder that runs that program instead."""
    monkeypatch.setattr(sys.stderr, "fileno", lambda: 2, raising=False)

    def make(program, reader=None, limits=None):
        settings = ServiceSettings(reader=reader or ReaderSettings(), limits=limits or LimitSettings(retry_s=0.1))
        made = EngineBuilder(settings, "/samples", threading.Event())
        made.own_command, made.command = made.command, [sys.executable, "-c", program]
        return made

    return make


def test_the_command_names_everything_that_the_reader_needs(builder):
    reader = ReaderSettings(name="codes", engine="tensorrt", precision="fp16", threads=3)
    command = " ".join(builder("", reader).own_command[1:])
    assert command.startswith("-m ocr_app engine build --target tensorrt --reader codes --precision fp16 --engines ")
    assert command.endswith("--services none --calibration /samples --threads 3 --rebuild")


def test_engines_are_built_for_the_networks_of_the_chosen_team(builder):
    command = builder("", ReaderSettings(team="thorough", engine="tensorrt")).own_command
    assert command[command.index("--reader") + 1] == "codes:thorough"


def test_a_build_that_fails_is_logged_with_its_exit_code(builder, caplog):
    builder("raise SystemExit(13)")()
    assert [record.fields for record in caplog.records] == [{"exit_code": 13, "retry_s": 0.1}]


def test_a_build_that_succeeds_is_not_an_error(builder, caplog):
    builder("")()
    assert not caplog.records


def test_a_build_ends_with_the_service(builder):
    made = builder("import time; time.sleep(60)")
    made._stop.set()
    made()


def test_a_build_that_takes_too_long_is_ended(builder, monkeypatch):
    monkeypatch.setattr(engine_builder, "_POLL_S", 0.05)
    made = builder("import time; time.sleep(60)", limits=LimitSettings(building_s=1.0, retry_s=0.1))
    started = time.monotonic()
    made()
    assert time.monotonic() - started < 30
