"""The report of preflight and gate: who runs where, what is published, and what is refused to be."""

import json
from pathlib import Path

import pytest

from fleet.core.errors import GateReportError
from fleet.core.pages import write_record
from fleet.measurement import gates
from fleet.measurement.gates import arguments, main, report
from fleet.reports.engines import page
from ocr_app.core.model_files import sha256_of
from ocr_app.export.network_specs import networks
from ocr_app.verification import precision_plan
from ocr_app.verification.precision_plan import ACCEPTED, KeptLayer, PrecisionPlan

LAYER = {"output": "sum", "name": "Mean_1", "op": "ReduceMean", "peak": 121.0, "error": 0.0, "growth": 0.0}
EVIDENCE = {
    "items": 4,
    "sets": [{"name": "crops", "sha256": None, "items": 4}],
    "search": {"trials": 9, "complete": False, "seconds": 1.0},
    "fp32": {"cer": 6.67, "exact": 3},
    "fp16": {"sums": {"cer": 100.0, "exact": 0, "changed": 4, "cer_to_fp32": 100.0}},
    "plan": {"sums": {"cer": 6.67, "exact": 3, "changed": 0, "cer_to_fp32": 0.0}},
    "layers": {"sums": {"overflowing": 1, "origins": [dict(LAYER, overflow=1, origin=True)], "growing": []}},
}


@pytest.fixture
def judged(tmp_path, small_net):
    """(exports, plans, network) with one export and its plan."""
    network = networks()["codes-recogniser"]._replace(shape=(1, 1, 4, 8))
    exports, plans = tmp_path / "exports", tmp_path / "plans"
    exports.mkdir()
    (exports / "codes-recogniser.onnx").write_bytes(small_net)
    sha256 = sha256_of(str(exports / "codes-recogniser.onnx"))
    keys = ("reader", "part", "opset", "input", "output", "sources", "parity")
    record = {key: {} for key in keys} | {"schema": "nano-ocr/export/1", "network": network.name, "sha256": sha256}
    record |= {"file": "codes-recogniser.onnx", "bytes": len(small_net)}
    (exports / "codes-recogniser.json").write_text(json.dumps(record), encoding="utf-8")
    kept = KeptLayer("Mean_1", "ReduceMean", ("sum",), "its sum overflows")
    own = PrecisionPlan("codes-recogniser.onnx", sha256, 5, ACCEPTED, "no text changes with it", (kept,), EVIDENCE)
    precision_plan.write(own, str(plans / "codes-recogniser.json"))
    return exports, plans, network


def test_the_page_tells_what_stands_in_the_record(judged, tmp_path):
    exports, plans, network = judged
    found = report([network], exports, plans)
    text = page(json.loads(json.dumps(found)))
    assert (
        "| `codes-recogniser` | 4 | sums | 6.67 | 100.00 | 4 | 0 | 6.67 | 1 of 5 | 9, then stopped: fewer may suffice |"
        in text
    )
    assert "- 4 of `crops`: `codes-recogniser`" in text
    assert "`codes-recogniser`: 4 of 4 texts change (sums), CER 100.00 %; 6.67 % in FP32, 6.67 % with the plan" in text
    assert "its sum overflows" in text and "| `Mean_1` | 121 |" in text
    assert "1x1x4x8" in text
    write_record(tmp_path / "results", "engines", found, text)
    assert (tmp_path / "results" / "engines.md").read_text(encoding="utf-8") == text
    assert not list((tmp_path / "results").glob("*.part"))


def test_many_nodes_are_counted_and_a_network_that_is_not_ruined_is_not_called_so(judged):
    exports, plans, network = judged
    path = plans / "codes-recogniser.json"
    own = precision_plan.read(str(path))
    fp16 = {"sums": dict(EVIDENCE["fp16"]["sums"], changed=1)}
    many = tuple(KeptLayer(f"Conv_{k}", "Conv", (str(k),), "adds an error") for k in range(20))
    precision_plan.write(own._replace(fp32=many, evidence=dict(EVIDENCE, fp16=fp16)), str(path))
    text = page(report([network], exports, plans))
    assert "| 20 Conv | 20 layers, named in engines.json |" in text and "Conv_3" not in text
    assert "Ruined" not in text


def test_a_plan_of_another_export_is_not_published(judged):
    exports, plans, network = judged
    path = plans / "codes-recogniser.json"
    own = precision_plan.read(str(path))
    precision_plan.write(own._replace(sha256="ab" * 32), str(path))
    found = report([network], exports, plans)
    assert found["plans"] == [] and found["open"][0]["why"] == "the plan is of another export"
    assert "Not judged: `codes-recogniser`: the plan is of another export." in page(found)
    path.unlink()
    assert report([network], exports, plans)["open"][0]["why"] == "no precision plan was made yet"


def test_each_gate_runs_in_the_environment_of_its_reader(monkeypatch):
    monkeypatch.setattr(gates, "fresh", lambda network: None)
    monkeypatch.setattr(gates, "exists", lambda name: name != "py37-paddle")
    monkeypatch.setattr(gates, "python_of", lambda name, root: Path(f"/{name}/python"))
    calls = []

    def run(command, environ):
        calls.append(command)
        return 5  # refused: a result, too

    assert main(["codes-recogniser", "easyocr-recogniser"], publish=False, run=run) == 0
    assert calls[1][0] == "/py36-easyocr/python" and calls[0][0] != calls[1][0]
    assert calls[0][3:6] == ["engine", "gate", "codes-recogniser"]
    with pytest.raises(GateReportError, match="py37-paddle is not built"):
        main(["paddleocr-v4-detector"], publish=False, run=run)
    with pytest.raises(GateReportError, match="exit code 1"):
        main(["codes-detector"], publish=False, run=lambda command, environ: 1)
    with pytest.raises(GateReportError, match="nothing-such"):
        main(["nothing-such"], publish=False, run=run)


def test_a_second_run_judges_what_the_first_left_open(judged, monkeypatch):
    exports, plans, _ = judged
    monkeypatch.setattr(gates, "EXPORTS", exports)
    monkeypatch.setattr(gates, "PLANS", plans)
    monkeypatch.setattr(gates, "fresh", lambda network: None)
    calls = []

    def run(command, environ):
        calls.append(command[5])
        return 0

    names = ["codes-recogniser", "codes-detector"]
    assert main(names, publish=False, resume=True, run=run) == 0 and calls == ["codes-detector"]
    assert main(names, publish=False, run=run) == 0 and calls[1:] == names


def test_slow_networks_are_judged_on_fewer_images():
    slow, usual = (arguments(networks()[name]) for name in ("easyocr-detector", "codes-detector"))
    assert int(slow[slow.index("--limit") + 1]) < int(usual[usual.index("--limit") + 1])
    assert "--no-texts" in usual


def test_a_network_that_is_not_exported_here_keeps_what_was_published_of_the_same_file(judged, tmp_path):
    exports, plans, network = judged
    earlier = gates.published()
    assert "easyocr-detector" in earlier
    other = networks()["easyocr-detector"]
    found = report([network, other], exports, plans, earlier)
    assert [plan["network"] for plan in found["plans"]] == ["codes-recogniser", "easyocr-detector"]
    assert [model["name"] for model in found["preflight"]["models"]][1] == "easyocr-detector.onnx"
    assert found["kept"] == ["easyocr-detector"] and found["open"] == []
    assert "their files have not changed: `easyocr-detector`." in page(found)


def test_a_judgement_of_another_file_than_the_published_export_is_not_kept(tmp_path):
    for name in ("export.json", "engines.json"):
        (tmp_path / name).write_text((gates.RESULTS / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert "easyocr-detector" in gates.published(tmp_path)
    found = json.loads((tmp_path / "engines.json").read_text(encoding="utf-8"))
    for plan in found["plans"]:
        plan["model"]["sha256"] = "ab" * 32
    (tmp_path / "engines.json").write_text(json.dumps(found), encoding="utf-8")
    assert gates.published(tmp_path) == {}
    assert gates.published(tmp_path / "nothing") == {}
