"""The report of the preflight: rules, memory, cost."""

import json

import pytest

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
    monkeypatch.setattr(rules, "rules", lambda: known)
    report = assessment.preflight(saved(small_net), (1, 1, 4, 8))
    assert report.refused and report.findings[-1].node == "memory"
