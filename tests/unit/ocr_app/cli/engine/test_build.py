"""``ocr-app engine build``: arguments, progress, outcomes."""

import json

import pytest

from ocr_app.cli.engine import build as command
from ocr_app.cli.main import main
from ocr_app.core.errors import BuildError
from ocr_app.engines.building.build import BUILT, FAILED, BuildOutcome
from ocr_app.engines.building.jobs import settings


@pytest.fixture
def requests(monkeypatch, tmp_path, code_models):
    """What was requested; the detector is built, the recogniser fails."""
    pytest.importorskip("onnxruntime")
    seen = []

    def build(request, report):
        seen.append(request)
        report("building")
        error = BuildError("no memory", code="memory")
        return [BuildOutcome("codes-detector fp32", "name", BUILT, 1.5, None),
                BuildOutcome("codes-recogniser fp32", None, FAILED, 0.5, error)]  # fmt: skip

    monkeypatch.setattr(command.build, "build", build)
    monkeypatch.setenv("OCR_EXPORTS", str(tmp_path / "exports"))
    return seen


def test_outcomes_are_a_table_and_the_first_error_is_the_exit_code(requests, capsys, tmp_path):
    assert main(["engine", "build", "--target", "onnxruntime", "--engines", str(tmp_path)]) == 13
    printed = capsys.readouterr().out
    assert printed.startswith("building\n")
    rows = [line.split() for line in printed.splitlines()]
    assert ["codes-detector", "fp32", "built", "1.5", "name"] in rows
    assert ["codes-recogniser", "fp32", "failed", "0.5", "-"] in rows
    assert "codes-recogniser fp32: no memory" in printed
    (request,) = requests
    team = [job.title for job in request.jobs]
    assert sorted(team) == [
        "codes-detector fp32",
        "codes-recogniser fp32",
        "ppocr-v6-small-codes-detector fp32",
        "ppocr-v6-small-codes-recogniser fp32",
        "ppocr-v6-tiny-codes-detector fp32",
        "ppocr-v6-tiny-codes-recogniser fp32",
    ]
    assert request.services == () and request.folder == str(tmp_path) and not request.rebuild


def test_json_has_the_outcomes_and_no_progress(requests, capsys):
    main(["engine", "build", "--target", "onnxruntime", "--json"])
    rows = json.loads(capsys.readouterr().out)["engines"]
    assert [row["status"] for row in rows] == ["built", "failed"] and rows[1]["error"]["code"] == "memory"


def test_services_are_those_of_the_settings_only_for_tensorrt():
    assert command._services(None, "tensorrt") == tuple(settings()["services"])
    assert command._services(None, "onnxruntime") == () == command._services("none", "tensorrt")
    assert command._services("a.service,b.service", "onnxruntime") == ("a.service", "b.service")


def test_a_precision_that_the_target_does_not_have_is_refused(capsys):
    assert main(["engine", "build", "--target", "onnxruntime", "--precision", "int8"]) == 5
    assert "compute capability 5.3 has no INT8" in capsys.readouterr().err
