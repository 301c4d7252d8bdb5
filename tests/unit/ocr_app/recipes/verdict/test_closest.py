"""A line that is not found is explained by the text that comes closest to it."""

from posteriors import frame_of
from verdicts import DATE, recipe_of

from ocr_app.recipes import decode, loads, verify
from ocr_app.recipes.verdict.closest import explain_missing, find_closest, nearest_text

RECIPE = loads("name: x\nyears: 2020-2030\nlines: [[EXP, {date: DD.MM.YYYY, as: expiry}]]")
ROOT = RECIPE.lines[0].root


def nearest(text, most=5):
    return nearest_text(RECIPE.registry, ROOT, text, most)


def test_the_nearest_text_and_how_many_characters_differ():
    assert nearest("EXP 31.12.2024") == ("EXP 31.12.2024", 0)
    allowed, distance = nearest("EXP 31.13.2024")
    assert distance == 1 and RECIPE.registry.accepts(ROOT, allowed)
    assert nearest("EXP 3.12.2024")[1] == 1 and nearest("XEXP 31.12.2024")[1] == 1
    assert nearest("EXP 31/12/2024")[1] == 2


def test_spaces_do_not_count():
    assert nearest("E X P31.12.20 24")[1] == 0


def test_what_is_too_far_away_is_not_found():
    assert nearest("EXP 31/12/2024", most=1) is None and nearest("INGREDIENTS: SUGAR", most=9) is None


def test_of_several_texts_the_closest_one_is_named():
    found = find_closest(RECIPE, list(RECIPE.lines), ["SALT 0.3 G", "EXP 31.13.2024", "EXP 31/12/2024"])
    assert (found.read, found.distance, found.line) == ("EXP 31.13.2024", 1, "line 1")
    assert find_closest(RECIPE, list(RECIPE.lines), ["SALT", "SUGAR"]) is None
    assert find_closest(RECIPE, [], ["SALT"]) is None


def explained(recipe, *texts):
    decoding = decode(frame_of(*texts), recipe)
    return explain_missing(verify(decoding, recipe), decoding, recipe).reasons


def test_a_code_that_is_not_found_is_explained():
    recipe = recipe_of(DATE)
    (reason,) = explained(recipe, "SALT", "XXP 3112.2O2")
    assert reason.code == "code-not-found" and reason.found.startswith("XXP") and "differ" in reason.detail
    (reason,) = explained(recipe, "SALT", "SUGAR")
    assert reason.found == "" and reason.detail == "2 texts were read, and none comes close"
    (reason,) = explained(recipe)
    assert reason.detail == "no text was found"


def test_a_missing_line_is_explained_and_other_reasons_are_left_alone():
    recipe = loads("name: x\nlines:\n  - [LOT, {digits: 6}]\n  - {name: time, fields: [{time: 'HH:MM'}]}\n")
    reasons = {reason.code: reason for reason in explained(recipe, "LOT 123456", "25:99")}
    assert reasons["line-not-found"].where == "time" and reasons["line-not-found"].found == "25:99"
    assert reasons["line-not-found"].detail == "2 characters differ on time"
