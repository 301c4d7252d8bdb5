"""A recipe from the last pictures, and who approved it."""

import pytest

from ocr_app.core.errors import BuildError, RecipeError, UsageError
from ocr_app.line.changes import teaching
from ocr_app.line.changes.changing import ChangeRefused
from ocr_app.line.changes.teaching import RecipeApproval, chosen_answers, propose_from

SAMPLES = (("EXP 24.12.2026", "LOT A1234"), ("EXP 25.12.2026", "LOT B1235"), ("EXP 03.01.2027", "LOT A1300"))


@pytest.fixture
def approval(desk):
    changes = desk.start()
    return RecipeApproval(changes, desk.beside)


def test_a_proposal_accepts_its_samples_and_can_be_approved(desk, approval):
    found = propose_from(SAMPLES, "juice-2", {}, ["neighbours", "other"])
    assert "name: juice-2" in found.text and "neighbours: ignore" in found.text and "junk" not in found.text
    assert approval.candidate("juice-2", found.text).fields == ("expiry", "lot")
    approval.approve(desk.anna, "juice-2", found.text)
    user, action, detail = desk.actions()[-1]
    assert (user, action) == ("anna", "recipe") and detail.startswith("juice-2, ") and len(detail) == 9 + 64
    assert desk.changes.setup.product == "r", "nothing is judged by it yet"
    assert desk.changes.choose(desk.anna, "juice-2").recipe == "juice-2" and desk.start().setup.product == "juice-2"


def test_answers_change_the_proposal_and_foreign_ones_are_left_out():
    first = propose_from(SAMPLES, "a", {}, [])
    assert all(number == 1 for number in first.answers.values())
    for question in first.questions:
        for number in range(2, len(question.answers) + 1):
            other = propose_from(SAMPLES, "a", {question.key: number}, [])
            assert other.answers[question.key] == number
    if first.questions:
        assert propose_from(SAMPLES, "a", {first.questions[0].key: 99}, []) == first


def test_what_is_no_code_gives_no_recipe():
    with pytest.raises(RecipeError):
        propose_from([("",)], "a", {}, [])


@pytest.mark.parametrize("name", ["r", "juice", "../x", ""])
def test_a_name_that_is_taken_or_none_is_not_approved(desk, approval, name):
    text = propose_from(SAMPLES, "a", {}, []).text
    with pytest.raises(UsageError):
        approval.approve(desk.anna, name, text)
    assert [action for _, action, _ in desk.actions()] == ["start"]


def test_what_is_no_recipe_is_not_approved(desk, approval):
    with pytest.raises(RecipeError):
        approval.approve(desk.anna, "new", "name: x\n")


def test_nothing_is_approved_without_a_record_or_a_place(desk, approval, monkeypatch):
    text = propose_from(SAMPLES, "a", {}, []).text

    def full(name, data):
        raise BuildError("no space", "space", code="space")

    monkeypatch.setattr(desk.changes.shelf, "add", full)
    with pytest.raises(ChangeRefused):
        approval.approve(desk.anna, "new", text)
    assert desk.actions()[-1][1] == "recipe-failed"
    monkeypatch.setattr(desk.beside, "record_action", lambda *values: False)
    with pytest.raises(ChangeRefused):
        approval.approve(desk.anna, "new", text)
    assert "new" not in desk.changes.shelf.paths()


def test_answers_are_numbers_of_the_form():
    form = {"answer.a": "2", "answer.b": "x", "answer.c": "999", "other": "1"}
    assert chosen_answers(form) == {"a": 2} and sorted(teaching.OPTIONS) == ["junk", "neighbours"]
