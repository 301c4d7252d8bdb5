"""The report of the preflight: rules, memory, cost."""

import json

import pytest
from onnx import helper

from ocr_app.core.errors import UsageError
from ocr_app.verification.preflight import assessment, rules


def test_the_report(small_net, saved):
    report = assessment.preflight(saved(small_net), (2, 1, 4, 8))
    assert not report.refused and report.memory.fits and report.band.slow > report.band.fast
    (entry,) = json.loads(json.dumps(assessment.to_json([report])))["models"]
    assert entry["macs"] == 768 and entry["memory"]["weights"] == 2 * 15 and entry["shape"] == [2, 1, 4, 8]
    assert "model.onnx: accepted, as far as is known" in assessment.format_reports([report])


def test_without_a_shape_the_rules_still_answer(small_net, saved):
    report = assessment.preflight(saved(small_net))
    assert report.counts is None and "give one" in report.uncounted
    assert "give one" in assessment.format_reports([report])
    with pytest.raises(UsageError, match="for the input"):
        assessment.preflight(saved(small_net), (1, 2, 3))


def test_what_does_not_fit_the_board_is_refused(small_net, saved, monkeypatch):
    known = rules.rules()
    known["memory"]["reserve_mib"] = known["memory"]["total_mib"]
    monkeypatch.setattr(rules, "rules", lambda board="nano": known)
    report = assessment.preflight(saved(small_net), (1, 1, 4, 8))
    assert report.refused and report.findings[-1].node == "memory"


@pytest.mark.parametrize("element,refused", [(2, True), (3, False), (6, False), (7, False), (10, False), (12, True)])
def test_an_input_of_another_type_is_judged_by_the_rules(tmp_path, element, refused):
    """2 UINT8, 3 INT8, 6 INT32, 7 INT64, 10 FP16, 12 UINT32 (TensorProto.DataType)."""
    node = helper.make_node("Cast", ["x"], ["y"], to=1)
    ends = [helper.make_tensor_value_info(n, t, [1, 3, 8, 8]) for n, t in (("x", element), ("y", 1))]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:])
    model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
    (tmp_path / "typed.onnx").write_bytes(model.SerializeToString())
    report = assessment.preflight(str(tmp_path / "typed.onnx"), precision="fp32")
    assert any(finding.op == "input" and finding.kind == "refused" for finding in report.findings) == refused
    assert report.counts is not None or report.uncounted


def test_a_refused_network_that_does_not_run_here_is_still_refused(tmp_path, monkeypatch):
    def fail(model, shape, name):
        raise UsageError("it does not run")

    monkeypatch.setattr(assessment.count, "observe", fail)
    test_an_input_of_another_type_is_judged_by_the_rules(tmp_path, 2, True)
    with pytest.raises(UsageError, match="does not run"):
        test_an_input_of_another_type_is_judged_by_the_rules(tmp_path, 6, False)
