"""Which lines of a frame are the code, what they say, and what is said of every character."""

import numpy as np
import pytest
from posteriors import CHARACTERS, frame_of, line_of, quad_at

from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.recipes import decode, decode_free, loads

THESIS = """
name: thesis
spaces: required
years: 2015-2040
lines:
  - ["PRO:", {date: MM/YYYY, as: production}, "EXP:", {date: MM/YYYY, as: expiry}]
  - [{lot: "'L'YYDDD999", as: lot}, {digits: 2}, {lot: "'H'HH:NN", as: time}]
"""
DATES, LOT = "PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05"


@pytest.fixture(scope="module")
def thesis():
    return loads(THESIS)


def test_a_clear_code_is_read(thesis):
    decoding = decode(frame_of(DATES, LOT), thesis)
    assert decoding.text == DATES + " " + LOT and decoding.status == "read" and decoding.layout == "code"
    assert decoding.values == {"production": "08/2022", "expiry": "08/2023", "lot": "L22150295", "time": "H02:05"}
    assert [line.sources for line in decoding.lines] == [(0,), (1,)] and decoding.unused == ()
    assert all(line.margin > 5 and line.score > -0.5 and line.confidence > 0.99 for line in decoding.lines)


def test_other_text_in_the_frame_is_left_alone(thesis):
    decoding = decode(frame_of("INGREDIENTS: SUGAR", DATES, "SALT 0.3 G", LOT, "12345"), thesis)
    assert [line.text for line in decoding.lines] == [DATES, LOT] and decoding.unused == (0, 2, 4)


def test_letters_and_digits_are_settled_by_the_field(thesis):
    lot = line_of("L221S029S 2O H02:05", {4: {"5": -5.0}, 8: {"5": -3.5}, 11: {"0": -6.0}})
    decoding = decode([frame_of(DATES)[0], lot._replace(quad=quad_at(0, 40))], thesis)
    assert decoding.lines[1].text == "L22150295 20 H02:05" and decoding.lines[1].best_path == "L221S029S 2O H02:05"


def test_a_letter_that_is_clearly_printed_in_place_of_a_digit_is_a_mismatch(thesis):
    lot = line_of("L221B0295 20 H02:05", {4: {"8": -9.0, "5": -12.0}})._replace(quad=quad_at(0, 40))
    line = decode([frame_of(DATES)[0], lot], thesis).lines[1]
    assert line.text == "L22180295 20 H02:05" and line.status == "mismatch"
    assert line.chars[4].status == "mismatch" and line.chars[4].free_gap == pytest.approx(-9.0, abs=0.1)
    assert line.chars[4].alternatives[0][0] == "B" and line.contradiction == pytest.approx(9.0, abs=0.1)


def test_lookalikes_of_the_printer_are_no_contradiction(thesis):
    clear = decode(frame_of("PR0: 08/2022 EXP: 08/2023", "L22150295 2O H02:05"), thesis)
    assert clear.status == "read" and clear.text == DATES + " " + LOT
    strict = loads(THESIS + "lookalikes: [I1]\n")
    assert decode(frame_of("PR0: 08/2022 EXP: 08/2023", LOT), strict).status == "mismatch"


def test_a_close_call_within_the_recipe_is_confused(thesis):
    lot = line_of(LOT, {8: {"6": -1.0}})._replace(quad=quad_at(0, 40))
    line = decode([frame_of(DATES)[0], lot], thesis).lines[1]
    assert line.text == LOT and line.status == "confused" and line.chars[8].status == "confused"
    assert line.chars[8].allowed[0][0] == "6" and line.chars[8].gap == pytest.approx(1.0, abs=0.1)
    assert line.margin == pytest.approx(1.0, abs=0.1)


def test_a_close_call_with_what_the_recipe_does_not_allow_is_none(thesis):
    lot = line_of(LOT, {8: {"S": 1.0}})._replace(quad=quad_at(0, 40))
    line = decode([frame_of(DATES)[0], lot], thesis).lines[1]
    assert line.text == LOT and line.status == "read" and line.best_path[8] == "S"


def test_a_text_that_differs_in_two_places_counts_for_the_margin():
    """07 and 08, 2023 and 2024: each change alone is impossible, both together trail by little."""
    recipe = loads("name: x\nlines: [[{choice: [EXP 07 A, EXP 08 B]}]]")
    line = decode([line_of("EXP 07 A", {5: {"8": -0.5}, 7: {"B": -0.7}})], recipe).lines[0]
    assert line.text == "EXP 07 A" and line.margin == pytest.approx(1.2, abs=0.1) and line.status == "confused"


def test_a_line_that_is_not_there_is_reported(thesis):
    decoding = decode(frame_of(DATES), thesis)
    assert decoding.status == "not-read" and decoding.reasons == ("line-not-found:line 2",)
    assert [line.text for line in decoding.lines] == [DATES, ""]


@pytest.mark.parametrize("texts", [(), ("",), ("SALT AND PEPPER",), ("", "#")])
def test_no_code_is_reported(texts, thesis):
    decoding = decode(frame_of(*texts), thesis)
    assert decoding.status == "not-read" and decoding.reasons == ("code-not-found",) and decoding.text == ""


def test_segments_of_one_row_are_one_line(thesis):
    segments = [line_of("PRO: 08/2022", quad=quad_at(0, 0)), line_of("EXP: 08/2023", quad=quad_at(220, 3))]
    decoding = decode(segments + [line_of(LOT, quad=quad_at(0, 40))], thesis)
    assert decoding.text == DATES + " " + LOT and [line.sources for line in decoding.lines] == [(0, 1), (2,)]
    assert decoding.lines[0].quad[1][0] == 420
    apart = [segments[0], segments[1]._replace(quad=quad_at(220, 25))]
    assert decode(apart + [line_of(LOT, quad=quad_at(0, 60))], thesis).lines[0].sources != (0, 1)


def test_text_beside_the_code_is_junk_and_named():
    recipe = loads("name: x\nlines: [[{date: DD.MM.YYYY, as: day}]]")
    line = decode([line_of("PROD 19.09.2020 B")], recipe).lines[0]
    assert line.text == "19.09.2020" and line.junk == ("PROD", "B")


def test_digits_of_a_longer_number_are_no_date():
    recipe = loads("name: x\nyears: 2000-2049\nlines: [[{date: [DD.MM.YY, DD.MM.YYYY], as: day}]]")
    line = decode([line_of("31.02.2021")], recipe).lines[0]
    assert line.text != "31.02.20" and line.status == "mismatch"


def test_the_layout_that_explains_most_is_taken():
    one, two = "{name: one, lines: [[{digits: 4}]]}", "{name: two, lines: [[{digits: 4}], [{letters: 3}]]}"
    recipe = loads("name: x\ncodes: [" + one + ", " + two + "]")
    assert decode(frame_of("1234", "ABC"), recipe).layout == "two"
    assert decode(frame_of("1234"), recipe).layout == "one"


def test_an_optional_line_may_be_missing():
    recipe = loads("name: x\nlines:\n- [{digits: 4}]\n- {optional: true, name: mark, fields: [{letters: 3}]}\n")
    assert decode(frame_of("1234", "ABC"), recipe).text == "1234 ABC"
    alone = decode(frame_of("1234"), recipe)
    assert alone.text == "1234" and alone.status == "read" and alone.reasons == ()


def test_lower_case_classes_are_read_as_upper_case(thesis):
    characters = CHARACTERS + ("p", "r", "o")
    lines = [line_of("pro: 08/2022 EXP: 08/2023", characters=characters)]
    assert decode(lines, thesis).lines[0].text == DATES


def test_characters_that_a_reader_lacks_are_an_error():
    with pytest.raises(RecipeError, match="does not know"):
        decode([line_of("12", characters=CHARACTERS[:37])], loads("name: x\nlines: [[{lot: '99:99'}]]"))


def test_arrays_that_are_not_posteriors_are_refused(thesis):
    line = frame_of(DATES)[0]
    with pytest.raises(UsageError):
        decode([line._replace(log_probs=line.log_probs[:, :-1])], thesis)
    with pytest.raises(UsageError):
        decode([line._replace(log_probs=line.log_probs * np.nan)], thesis)
    with pytest.raises(UsageError):
        decode([line, line_of("A", characters=CHARACTERS[:40])], thesis)
    with pytest.raises(UsageError):
        decode_free(line._replace(characters=CHARACTERS[1:] + ("",)))
