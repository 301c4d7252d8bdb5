"""`ocr-app serve` as a program: started, asked, ended."""

import json

import pytest


def test_the_bundled_samples_are_read_over_http_as_by_the_command(serve, tools, code_models):
    served = serve("--recipe", str(tools.RECIPE)).ready()
    for name, text in (("000.jpg", "PRO: 13.06.22 EXP: 13.12.23"), ("010.jpg", "11/2024"), ("018.jpg", "17-12-23")):
        status, result = served.read((tools.SAMPLES / name).read_bytes(), name)
        assert (status, result["image"], result["verdict"], result["text"]) == (200, name, "pass", text)
        assert result["schema"] == "nano-ocr/result/1" and result["timing_ms"]["total"] > 0
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
