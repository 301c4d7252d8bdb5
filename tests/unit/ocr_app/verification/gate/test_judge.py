"""The precision gate: a network made to overflow is caught by its texts, the node found, the plan proved or refused."""

import json

import numpy as np
import pytest
from gate_networks import OVERFLOWS, TAME

from ocr_app.core import model_files
from ocr_app.core.errors import PrecisionUnavailable, UsageError
from ocr_app.verification import precision_plan
from ocr_app.verification.calibration import Calibration, CalibrationItem
from ocr_app.verification.gate import judge
from ocr_app.verification.gate.rounding import TENSORS
from ocr_app.verification.precision_plan import ACCEPTED, REFUSED


def test_overflow_is_found_and_its_nodes_stay_in_fp32(subject, crops):
    plan = judge.judge(subject(OVERFLOWS), crops)
    assert (plan.verdict, {layer.layer for layer in plan.fp32}) == (ACCEPTED, {"node_of_big", "node_of_scaled"})
    assert "overflows" in plan.fp32[0].why
    evidence = plan.evidence
    assert evidence["fp32"] == {"cer": 0.0, "exact": 3}
    assert evidence["fp16"][TENSORS]["changed"] == 3 and evidence["fp16"][TENSORS]["cer"] > 50
    assert evidence["plan"][TENSORS] == {"cer": 0.0, "exact": 3, "changed": 0, "cer_to_fp32": 0.0}
    assert [layer["output"] for layer in evidence["layers"][TENSORS]["origins"]] == ["big"]
    assert evidence["changes"][0]["fp32"] == "8"
    assert precision_plan.from_json(json.loads(json.dumps(precision_plan.to_json(plan))), "made") == plan


def test_a_tame_network_needs_no_plan(subject, crops):
    plan = judge.judge(subject(TAME), crops)
    assert (plan.verdict, plan.fp32, plan.evidence["search"]["trials"]) == (ACCEPTED, (), 0)
    assert plan.sha256 == model_files.sha256_of(subject(TAME).path)


def test_without_a_set_that_holds_the_plan_is_refused(subject, crops):
    plan = judge.judge(subject(OVERFLOWS), crops, trials=0)
    assert (plan.verdict, plan.fp32) == (REFUSED, ())
    with pytest.raises(PrecisionUnavailable, match="texts change"):
        precision_plan.for_model(plan, plan.sha256)


def test_texts_stay_out_when_they_should(subject, crops):
    plan = judge.judge(subject(OVERFLOWS), crops, with_texts=False)
    assert {(change["fp32"], change["fp16"]) for change in plan.evidence["changes"]} == {(None, None)}


def test_images_without_text_are_no_calibration(subject):
    blank = Calibration((CalibrationItem("blank", np.zeros((32, 160), np.uint8), None),), ())
    with pytest.raises(UsageError, match="reads nothing"):
        judge.judge(subject(TAME), blank)
