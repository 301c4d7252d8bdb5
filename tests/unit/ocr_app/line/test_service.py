"""`ocr-app serve` as a program: started, asked, ended."""

import json
import threading

import pytest

from ocr_app.line import service
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.settings.reading import ReaderSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.settings.serving import HttpSettings


def test_the_bundled_samples_are_read_over_http_as_by_the_command(serve, tools, code_models):
    served = serve("--recipe", str(tools.RECIPE)).ready()
    for name, text in (("000.jpg", "PRO: 13.06.22 EXP: 13.12.23"), ("076.jpg", "08/2024"), ("018.jpg", "17-12-23")):
        status, result = served.read((tools.SAMPLES / name).read_bytes(), name)
        assert (status, result["image"], result["verdict"], result["text"]) == (200, name, "pass", text)
        assert result["schema"] == "nano-ocr/result/3" and result["timing_ms"]["total"] > 0
    assert metric(served, 'readings_total{verdict="pass"}') == [3.0]
    assert served.end() == 0
    assert served.health()["state"] == "stopping"


def test_a_line_fits_the_schema_of_results(fake, tools, recipe, picture):
    jsonschema = pytest.importorskip("jsonschema", reason="not in the environments of the device side")
    schema = json.loads((tools.ROOT / "ocr_app" / "data" / "result.schema.json").read_text())
    del schema["$id"]  # older releases of jsonschema try to follow it
    served = fake("--recipe", recipe, "--deadline-ms", "400").ready()
    for body, verdict in ((picture(1), "pass"), (b"no image", "error"), (picture(90), "fail")):
        _, result = served.read(body)
        jsonschema.validate(result, schema)
        assert result["verdict"] == verdict


def metric(served, name):
    _, text = served.ask("GET", "/metrics")
    return [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("nano_ocr_" + name)]


def test_the_log_says_what_happens_and_not_every_request(fake, picture, tmp_path):
    served = fake("--watch", str(tmp_path / "in"), "--results", str(tmp_path / "out")).ready()
    for _ in range(3):
        assert served.read(picture(1))[0] == 200
        assert served.ask("GET", "/nothing")[0] == 404
    assert served.read(picture(0))[1]["error"]["code"] == "crashed"
    served.again()
    assert served.end() == 0
    lines = [line for line in served.said().splitlines() if " event=" in line]
    events = [line.partition(" event=")[2] for line in lines]
    assert events[0].startswith('"service started" version=') and events[-1].startswith('"service stopped"')
    assert [event.count("reader=fake") for event in events if event.startswith('"reader opened"')] == [1, 1]
    assert len([event for event in events if event.startswith('"request refused" code=unknown-path')]) == 1
    assert len([event for event in events if event.startswith('"reader failed, restarting" code=crashed')]) == 1
    assert "degraded reason=reader_restarting" in events and not [event for event in events if "image read" in event]
    assert all(line.startswith("time=") and " level=" in line for line in lines)


def test_verbose_logs_each_image_and_quiet_only_what_is_wrong(fake, picture):
    served = fake("--verbose").ready()
    served.read(picture(1), "a.png")
    assert served.end() == 0 and 'level=debug event="image read" image=a.png verdict=read' in served.said()


def test_a_settings_file_is_all_that_a_service_needs(fake, recipe, picture, tmp_path):
    (tmp_path / "line.yaml").write_text("recipe: {file: recipe.yaml, expected: {number: '8'}}\nlog: {level: error}\n")
    served = fake(str(tmp_path / "line.yaml"), "--verbose").ready()
    assert served.read(picture(1))[1]["verdict"] == "fail"
    assert served.end() == 0


def test_the_image_for_the_first_readings_is_the_first_sample(tmp_path):
    assert service.warm_image(str(tmp_path)) == ""
    (tmp_path / "images").mkdir()
    assert service.warm_image(str(tmp_path)) == ""
    for name in ("b.jpg", "a.jpg"):
        (tmp_path / "images" / name).write_bytes(b"")
    assert service.warm_image(str(tmp_path)) == str(tmp_path / "images" / "a.jpg")


def test_the_inputs_are_described():
    assert service.describe(ServiceSettings(), 8088) == {"listen": "http://127.0.0.1:8088/read"}
    nothing = ServiceSettings(http=HttpSettings(listen="none"))
    assert service.describe(nothing, 0) == {"inputs": "none"}
    unused = ServiceSettings(http=HttpSettings(listen="unix:/a"), reader=ReaderSettings(engine="none", packs="/p"))
    assert service.describe(unused, 0) == {"listen": "unix:/a", "packs_not_used": "/p"}


def test_a_part_that_fails_ends_the_service_instead_of_leaving_it_deaf():
    made = service.LineService.__new__(service.LineService)
    made._status, made._crew = ServiceStatus(), type("Stoppable", (), {"stop": threading.Event()})()
    made._thread(lambda: 1 // 0).join(10)
    assert made._crew.stop.is_set() and not made._status.snapshot().live
