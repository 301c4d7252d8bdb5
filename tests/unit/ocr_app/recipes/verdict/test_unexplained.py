"""A code read in part does not pass for the whole: text next to it counts by its place, read or not."""

import cv2
import numpy as np
import pytest
from posteriors import line_of, quad_at
from verdicts import codes

from ocr_app.recipes import decode, loads, verify
from ocr_app.recipes.verdict.unexplained import check_ink, find_neighbours, may_be_longer, may_continue

LOTS = """
name: x
spaces: required
codes:
  - name: both
    lines:
      - {name: date, fields: ["EXP", {date: DD.MM.YYYY}]}
      - {name: lot, optional: true, fields: [{lot: "'L'9999"}]}
  - name: lot alone
    lines:
      - {name: lot, fields: [{lot: "'L'9999"}]}
"""
DATES = "name: d\nyears: 2000-2049\njunk: ignore\nlines: [[{date: any, as: date}]]\n"
OTHERS = {"same line": (230, 0), "far on the line": (400, 0), "below": (0, 30), "far below": (0, 80)}


def place(text, x, y, sure=True, height=20.0, degrees=0.0):
    posterior = line_of(text, quad=quad_at(x, y, height=height))
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = np.asarray(posterior.quad @ np.array([[cosine, sine], [-sine, cosine]]), np.float32)
    return posterior._replace(quad=turned, sure=sure)


def judged(recipe, *places):
    recipe = loads(recipe)
    decoding = decode(list(places), recipe)
    return verify(decoding, recipe), decoding


@pytest.mark.parametrize("degrees", [0, -10, 45, 90, 180])
def test_a_lot_next_to_a_line_that_was_not_read_does_not_pass_alone(degrees):
    lot = place("L1234", 0, 30, degrees=degrees)
    verdict, _ = judged(LOTS, place("EX", 0, 0, sure=False, degrees=degrees), lot)
    assert (verdict.verdict, codes(verdict)) == ("no-read", ["unexplained-text"])
    assert (verdict.reasons[0].where, verdict.reasons[0].found) == ("lot:above", "EX")
    assert judged(LOTS, lot)[0].verdict == "pass"


@pytest.mark.parametrize("degrees", [0, -10, 45, 90, 180])
def test_a_line_that_was_read_standing_on_its_head_is_of_the_same_print(degrees):
    lot = place("L1234", 0, 30, degrees=degrees)
    above = place("EX", 0, 0, sure=False, degrees=degrees)
    verdict, _ = judged(LOTS, above._replace(quad=np.roll(above.quad, 2, axis=0)), lot)
    assert (codes(verdict), verdict.reasons[0].where) == (["unexplained-text"], "lot:above")


def test_a_place_without_a_reading_counts_by_its_geometry():
    unread = place("", 0, 0, sure=False)
    verdict, _ = judged(LOTS, unread._replace(log_probs=unread.log_probs[:0]), place("L1234", 0, 30))
    assert codes(verdict) == ["unexplained-text"] and "not read" in verdict.reasons[0].found


@pytest.mark.parametrize(("where", "passes"), [(OTHERS[name], "far" in name) for name in OTHERS])
def test_only_what_is_near_belongs_to_the_print(where, passes):
    other = place("7", *where, sure=False)
    verdict, _ = judged(LOTS, place("L1234", 0, 0), other)
    assert (verdict.verdict == "pass") is passes


def test_print_of_another_height_is_another_print():
    assert judged(LOTS, place("L1234", 0, 0), place("SALT", 0, 26, height=40.0))[0].verdict == "pass"


def test_a_second_find_of_the_same_text_is_explained():
    verdict, decoding = judged(LOTS, place("L1234", 0, 0), place("L12", 4, 2, sure=False, height=17.0))
    assert verdict.verdict == "pass" and find_neighbours(decoding) == []


def test_neighbours_may_be_ignored_by_the_recipe():
    near = place("EX", 0, 60, sure=False)
    both = (place("EXP 01.02.2024", 0, 0), place("L1234", 0, 30), near)
    assert judged(LOTS, *both)[0].verdict == "no-read"
    assert judged(LOTS + "neighbours: ignore\n", *both)[0].verdict == "pass"


def test_what_could_be_a_missing_line_is_never_ignored():
    lot = place("L1234", 0, 30)
    above, below = place("EX", 0, 0, sure=False), place("EX", 0, 60, sure=False)
    assert judged(LOTS + "neighbours: ignore\n", above, lot)[0].verdict == "no-read"
    assert judged(LOTS + "neighbours: ignore\n", lot, below)[0].verdict == "pass"


def test_a_date_that_could_be_longer_does_not_pass_beside_text_that_was_not_read():
    part = place("JAN 2021", 230, 0)
    assert judged(DATES, part)[0].verdict == "pass"
    assert judged(DATES, place("I", 0, 0, sure=False), part)[0].verdict == "no-read"
    assert judged(DATES, place("EXPIRY", 0, 0), part)[0].verdict == "pass"  # letters that are read are no day
    assert judged(DATES, place("EX", 0, 0, sure=False), place("16 JAN 2021", 230, 0))[0].verdict == "pass"


def test_parts_of_a_date_that_are_apart_are_one_date():
    verdict, decoding = judged(DATES, place("16", 0, 0), place("JAN", 230, 0), place("2021", 460, 0))
    assert (verdict.verdict, verdict.text, decoding.lines[0].sources) == ("pass", "16 JAN 2021", (0, 1, 2))


def test_digits_that_the_decoding_skipped_on_the_line_count_where_the_code_could_be_longer():
    verdict, _ = judged(DATES, place("4711 JAN 2021", 0, 0))
    assert verdict.verdict != "pass" and "unexplained-text" in codes(verdict)
    assert judged(DATES, place("BOX JAN 2021", 0, 0))[0].verdict == "pass"
    assert judged(DATES, place("4711 16.01.2021", 0, 0))[0].verdict == "pass"


def test_whether_a_text_may_be_longer():
    recipe = loads(DATES)
    line = recipe.lines[0]
    assert may_continue(recipe, line, "JAN 2021", "left") and not may_continue(recipe, line, "JAN 2021", "right")
    assert not may_continue(recipe, line, "16 JAN 2021", "left")
    assert may_continue(recipe, line, "16 JAN 20", "right")


def test_ink_beside_a_code_that_nothing_detected_prevents_a_pass():
    recipe = loads(DATES)
    image = np.full((100, 600), 200, np.uint8)
    for x in range(304, 500, 18):
        cv2.ellipse(image, (x + 7, 50), (6, 9), 0, 0, 360, 30, 3)
    clean = image.copy()
    cv2.ellipse(image, (270, 50), (6, 9), 0, 0, 360, 30, 3)
    decoding = decode([line_of("JAN 2021", quad=quad_at(300, 37, 200, 26))], recipe)
    assert verify(decoding, recipe, image=clean).verdict == "pass"
    verdict = verify(decoding, recipe, image=image)
    assert (verdict.verdict, verdict.reasons) == ("no-read", tuple(check_ink(recipe, decoding, image)))
    assert verdict.reasons[0].where == "line 1:left"
    whole = decode([line_of("16 JAN 2021", quad=quad_at(300, 37, 200, 26))], recipe)
    assert verify(whole, recipe, image=image).verdict == "pass"  # a whole date next to other text


def test_text_that_is_part_of_no_code_is_ignored_where_it_is_read_without_doubt():
    lots, lot = LOTS + "neighbours: ignore\n", place("L1234", 0, 30)
    assert judged(lots, place("SALT 12", 0, 0), lot)[0].verdict == "pass"
    assert judged(lots, place("EX", 0, 0), lot)[0].verdict == "pass"  # one or two letters say nothing
    assert judged(lots, place("02.2024", 0, 0), lot)[0].verdict == "no-read"  # the rest of a date


def test_what_cannot_be_read_counts_where_the_detector_takes_it_for_code():
    lots, lot = LOTS + "neighbours: ignore\n", place("L1234", 0, 30)
    unread = place("EX", 0, 0, sure=False)
    assert judged(lots, unread._replace(code=0.3), lot)[0].verdict == "pass"
    assert judged(lots, unread._replace(code=0.6), lot)[0].verdict == "no-read"
    assert judged(LOTS, unread._replace(code=0.3), lot)[0].verdict == "no-read"  # unless nothing may stand there


def test_text_between_two_lines_of_the_code_may_be_a_line_of_it():
    lots = "name: x\nneighbours: ignore\nlines: [[{digits: 5}], [{digits: 5}]]\n"
    above, below = place("12345", 0, 0), place("67890", 0, 60)
    assert judged(lots, above, below)[0].verdict == "pass"
    assert judged(lots, above, place("45723", 0, 30)._replace(code=0.0), below)[0].verdict != "pass"


def test_whether_a_code_may_have_more_lines():
    recipe = loads(LOTS)
    assert may_be_longer(recipe, decode([place("L1234", 0, 0)], recipe))
    assert may_be_longer(recipe, decode([place("EXP 01.02.2024", 0, 0)], recipe))
    both = decode([place("EXP 01.02.2024", 0, 0), place("L1234", 0, 30)], recipe)
    assert both.layout == "both" and not may_be_longer(recipe, both)


def test_clear_text_like_that_of_a_code_counts_though_no_layout_has_a_line_there():
    lots, lot = LOTS + "neighbours: ignore\n", place("L1234", 0, 0)
    assert judged(lots, lot, place("L9876", 0, 30))[0].verdict != "pass"
    assert judged(lots, lot, place("L9", 0, 30)._replace(code=0.0))[0].verdict == "pass"


PAIRS = """
name: pairs
neighbours: ignore
codes:
  - {name: two, lines: [["PRO", {date: MM/YYYY, as: made}, "EXP", {date: MM/YYYY, as: best}], [{lot: "'L'9999"}]]}
  - {name: one, lines: [[{optional: "EXP"}, {date: MM/YYYY, as: best}]]}
"""


def test_a_line_that_is_part_of_a_longer_one_of_another_layout_may_go_on_and_have_lines_below():
    half = place("EXP 10/2021", 230, 0)
    assert judged(PAIRS, half)[0].verdict == "pass"
    unread = place("PRO 1", 0, 0, sure=False)
    assert judged(PAIRS, unread, half)[0].verdict == "no-read"
    assert judged(PAIRS, half, place("L", 230, 30, sure=False))[0].verdict == "no-read"
    assert judged(PAIRS, half, place("L", 230, 30, sure=False)._replace(code=0.2))[0].verdict == "pass"
