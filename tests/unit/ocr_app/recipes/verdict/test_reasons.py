"""The gravest reason decides."""

import pytest

from ocr_app.recipes.verdict.reasons import REASONS, VERDICTS, Reason, Verdict, gravest_verdict


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ([], "pass"),
        (["clock-not-trusted"], "hold"),
        (["clock-not-trusted", "unsure"], "no-read"),
        (["unsure", "contradicted", "clock-not-trusted"], "fail"),
    ],
)
def test_the_gravest_reason_decides(codes, verdict):
    assert gravest_verdict([Reason(code) for code in codes]) == verdict


def test_every_reason_leads_to_a_verdict_and_none_to_a_pass():
    assert set(REASONS.values()) == set(VERDICTS) - {"pass"}


def test_json_leaves_out_empty_parts_and_infinite_assurance():
    assert Reason("unsure", "lot[3]", "", "5").to_json() == {"code": "unsure", "where": "lot[3]", "expected": "5"}
    verdict = Verdict("no-read", (Reason("code-not-found"),), "", float("-inf"))
    assert verdict.to_json() == {
        "verdict": "no-read", "reasons": [{"code": "code-not-found"}], "text": "", "assurance": None,
    }  # fmt: skip
