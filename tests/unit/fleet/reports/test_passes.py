"""Tables and rejection curves of passes."""

import json

import pytest

from fleet.core.errors import BlockError
from fleet.reports import passes
from fleet.reports.passes import RejectionPoint, counts, rejection
from training.cards import CardError


def case(grade, lax=None, lead=5.0, agreed=None, good=True):
    return {"id": "a", "good": good, "verdict": "", "grade": grade, "lax_grade": lax, "lead": lead, "agreed": agreed}


CASES = [
    case("right", "right", 9.0, True),
    case("marks", "marks", None, True),
    case(None, "right", 1.0, True),
    case("wrong", "wrong", 6.0, False, good=False),
    case(None, "part", 3.0, True),
    case("elsewhere", "elsewhere", 9.0, True, good=False),
    case(None),
]
RECORD = {
    "reader": "codes",
    "engine": "an engine",
    "created": "2026-01-02T03:04:05Z",
    "default_gap": 4.5,
    "missing": ["real-walls"],
    "parts": [{"name": "one", "cases": CASES}, {"name": "one turned by 8", "cases": CASES[:1]}],
}


def test_passes_are_counted_by_grade_and_kept_where_the_code_is_good():
    assert counts(CASES) == {
        "frames": 7, "good": 5, "right": 1, "marks": 1, "wrong": 1, "part": 0, "elsewhere": 1, "kept": 2,
    }  # fmt: skip


def test_a_lead_rejects_what_trails_and_an_infinite_lead_always_passes():
    points = rejection(CASES, "lead alone", [0.0, 2.0, 5.0, 10.0])
    assert points == [(0.0, 3, 2), (2.0, 2, 2), (5.0, 2, 1), (10.0, 1, 0)]


def test_agreement_rejects_what_a_witness_reads_otherwise():
    assert rejection(CASES, "lead, and two witnesses agree", [0.0]) == [RejectionPoint(0.0, 3, 1)]


def test_without_witnesses_there_is_one_rule():
    alone = [dict(entry, agreed=None) for entry in CASES]
    record = {**RECORD, "parts": [{"name": "one", "cases": alone}]}
    assert passes.rejection_rows(record)[0] == ["lead, nats", "good: lead alone", "wrong: lead alone"]
    assert len(passes.rejection_rows(RECORD)[0]) == 5


def test_the_curve_is_of_upright_frames_and_the_table_of_all():
    assert len(passes.upright(RECORD)) == len(CASES)
    assert passes.rows(RECORD)[1][:3] == ["one turned by 8", "1", "1"]
    assert "Not here: real-walls" in passes.text(RECORD)


def test_the_card_gets_its_tables_and_curves(tmp_path):
    page = tmp_path / "passes.md"
    page.write_text("<!-- passes: -->\n<!-- /passes -->\n<!-- rejection: -->\n<!-- /rejection -->\n")
    passes.publish(RECORD, tmp_path)
    assert "| one | 7 | 5 | 1 | 1 | 1 | 0 | 1 | 40.0 % |" in page.read_text()
    assert "| 4.5 (default) | 2 | 1 | 2 | 0 |" in page.read_text()
    assert "Reader `codes` (an engine), 2026-01-02. Not measured here: real-walls." in page.read_text()
    drawn = (tmp_path / "passes.svg").read_text()
    assert "two witnesses agree" in drawn and drawn == passes.curves(RECORD)
    page.write_text("nothing")
    with pytest.raises(CardError):
        passes.publish(RECORD, tmp_path)


def test_the_readme_tells_passes_set_by_set(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "passes.json").write_text(json.dumps(RECORD))
    table = passes.summary(tmp_path / "results" / "run", tmp_path / "README.md").splitlines()
    assert table[2] == "| one | 5 | 40.0 % | 1 | 0 |"


def test_a_record_that_is_not_there_is_named_with_its_command(tmp_path):
    with pytest.raises(BlockError) as caught:
        passes.summary(tmp_path / "results" / "run", tmp_path / "README.md")
    assert caught.value.next_step == "./inv passes --publish"
