"""Every reason has a sentence that a person understands, a cause and a remedy."""

import pytest

from ocr_app.recipes.verdict.legibility import ALIKE
from ocr_app.recipes.verdict.reasons import REASONS
from ocr_app.recipes.verdict.sentences import EXAMPLES, EXPLANATIONS, explain, remedy, sentence

NOT_UNDER_A_RECIPE = {"no-text-found"}


def test_every_reason_is_explained_and_none_that_does_not_exist():
    assert set(EXPLANATIONS) == set(REASONS) | NOT_UNDER_A_RECIPE
    assert all(part for explanation in EXPLANATIONS.values() for part in explanation)


def test_every_reason_has_one_example_whose_parts_are_all_told():
    assert [example.code for example in EXAMPLES] == list(EXPLANATIONS)
    for example in EXAMPLES:
        told = sentence(example.to_json())
        assert ("{" not in told and told[0].isupper()) or told[0] == "'"
        assert "''" not in told and "  " not in told and told.endswith(".")


@pytest.mark.parametrize(
    ("code", "where", "found", "expected", "detail", "told"),
    [
        (
            "relation-broken", "expiry", "14.06.2021", "expiry after production", "14.06.2021 < 15.12.2021",
            "'expiry after production' does not hold: 14.06.2021 < 15.12.2021.",
        ),
        ("unsure", "line 2[7]", "6", "8", "", "Character 8 of line 2 may be '8' or '6'."),
        ("contradicted", "line 1[2]", ".", " ", "", "Character 3 of line 1 must be a blank, but '.' is printed."),
        (
            "not-read", "line 1[2]", "", ".", "",
            "At character 3 of line 1 '.' is required, and no character can be read there.",
        ),
        ("unsure", "line 2[16]", "", "1", "", "Character 17 of line 2 may be '1' or nothing."),
        (
            "unexplained-text", "line 1:below", "08:03 F174", "the whole code", "",
            "Below line 1 there is '08:03 F174', which the recipe does not explain: part of the code may be missing.",
        ),
        (
            "unexplained-text", "lot:right", "ink that was not read", "the whole code", "",
            "To the right of lot there is ink that was not read, which the recipe does not explain: "
            "part of the code may be missing.",
        ),
        (
            "code-not-found", "", "2021.13.25", "2021.12.25", "1 character differs on line 1",
            "No line of the recipe was found: closest is '2021.13.25', and the recipe allows '2021.12.25' "
            "(1 character differs on line 1).",
        ),
        ("code-not-found", "", "", "", "no text was found", "No line of the recipe was found: no text was found."),
    ],
)  # fmt: skip
def test_what_people_are_told(code, where, found, expected, detail, told):
    reason = {"code": code, "where": where, "found": found, "expected": expected, "detail": detail}
    assert sentence(reason) == told


def test_characters_that_count_as_alike_have_their_own_remedy():
    reason = {"code": "unsure", "where": "lot[1]", "found": "O", "expected": "0", "detail": ALIKE}
    assert sentence(reason) == "Character 2 of lot may be '0' or 'O'; " + ALIKE + "."
    assert "mask" in remedy(reason)


def test_what_to_do_names_the_text_to_try():
    reason = {"code": "code-not-found", "found": "2021.13.25"}
    assert "--text '2021.13.25'" in remedy(reason)
    assert explain(reason).count(remedy(reason)) == 1
