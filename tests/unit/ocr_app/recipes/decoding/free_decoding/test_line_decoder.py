"""Decoding without a recipe: what the generic grammar may change, and what it must leave."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.core.types import LinePosterior
from ocr_app.recipes import decode, decode_free, loads
from ocr_app.recipes.decoding import prepare_free_decoding
from ocr_app.recipes.decoding.free_decoding import generic_grammar, lattice


def near(printed, wanted, ratio):
    """The posterior of ``printed`` in which ``wanted`` (as long, _ for nothing) is ``ratio`` nats less likely."""
    rivals = {
        place: {"" if right == "_" else right: ratio}
        for place, (read, right) in enumerate(zip(printed, wanted))
        if read != right
    }
    return line_of(printed, rivals)


def test_close_calls_turn_towards_codes():
    line = decode_free(line_of("PR0: 08/2O22 EXP", {2: {"O": -1.5}, 9: {"0": -1.5}}))
    assert line.text == "PRO: 08/2022 EXP" and line.best_path == "PR0: 08/2O22 EXP" and line.status == "confused"
    assert decode_free(line_of("31.18.2021", {3: {"0": -0.5}})).text == "31.08.2021"
    assert decode_free(line_of("7B12", {1: {"8": -1.5}})).text == "7812"
    assert decode_free(line_of("7B12", {1: {"8": -3.5}})).text == "7B12"


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("06/I1/2022", "06/11/2022"),
        ("Z021.05.24", "2021.05.24"),
        ("18/ 04 L21", "18/ 04 /21"),
        ("25|11121", "25|11|21"),
        ("04 3EP 20", "04 SEP 20"),
        ("117/07/2021", "_17/07/2021"),
        ("EXP:207/2023 L22296696", "EXP: 07/2023 L22296696"),
        ("EXP: 05/3021 B20236991", "EXP: 05/2021 B20236991"),
        ("EXP/06/2024", "EXP:06/2024"),
        ("01/01/20O0", "01/01/2000"),
        ("2O21.05.24", "2021.05.24"),
        ("PR0: 12/2023", "PRO: 12/2023"),
        ("MFO: 03/22", "MFG: 03/22"),
        ("L20089727 10 HO1:37", "L20089727 10 H01:37"),
        ("K23121962 59 AO0:26", "K23121962 59 A00:26"),
        ("L0T 5512", "LOT 5512"),
    ],
)
def test_what_misses_a_date_a_time_or_a_keyword_by_little_is_one(printed, wanted):
    line = decode_free(near(printed, wanted, -4.0))
    assert line.text == wanted.replace("_", "") and line.best_path == printed
    assert line.status == "confused" and len(line.chars) == len(line.text)


@pytest.mark.parametrize("printed", ["06/I1/2022", "L0T 5512", "H:O1:37"])
def test_a_character_that_is_clear_stays(printed):
    wanted = {"06/I1/2022": "06/11/2022", "L0T 5512": "LOT 5512", "H:O1:37": "H:01:37"}[printed]
    assert decode_free(near(printed, wanted, -lattice.CERTAIN_LEAD - 0.5)).text == printed


@pytest.mark.parametrize(
    ("printed", "wanted", "worth"),
    [("06/I1/2022", "06/11/2022", generic_grammar.FULL_DATE_WORTH), ("HO1:37", "H01:37", generic_grammar.TIME_WORTH)],
)
def test_a_piece_is_taken_up_to_its_worth(printed, wanted, worth):
    assert decode_free(near(printed, wanted, 0.3 - worth)).text == wanted
    assert decode_free(near(printed, wanted, -0.3 - worth)).text == printed


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("6/13/2022", "6/12/2022"),
        ("2206/13/2022", "2206/12/2022"),
        ("55512:7145", "55512:1145"),
        ("SL0TH", "SLOTH"),
        ("06/10/2022", "06/11/2022"),
        ("8X5R9Z03", "01 15 03"),
    ],
)
def test_neither_parts_of_longer_texts_nor_guesses_are_pieces(printed, wanted):
    assert decode_free(near(printed, wanted, -3.5)).text == printed


def test_what_is_left_out_is_reported():
    line = decode_free(near("117/07/2021", "_17/07/2021", -4.0))
    assert line.extra == (("1", pytest.approx(4.0, abs=0.1)),) and line.contradiction == pytest.approx(4.0, abs=0.1)


def test_a_character_that_was_not_read_is_found_again():
    assert decode_free(near("06/11/2022", "06/11/202_", 1.5)).best_path == "06/11/202"
    assert decode_free(near("06/11/2022", "06/11/2022", 0.0)).text == "06/11/2022"
    line = line_of("06/11.2022", {2: {"": 0.0}})
    missed = np.array(line.log_probs)
    missed[4, 0], missed[4, CHARACTERS.index("/")] = -0.02, -4.0  # between 6 and 1
    missed[10, CHARACTERS.index(".")], missed[10, CHARACTERS.index("/")] = -4.0, -0.02
    found = decode_free(line._replace(log_probs=missed))
    assert found.best_path == "0611/2022" and found.text == "06/11/2022"


def test_two_characters_that_were_read_as_one_are_parted():
    printed = "0 6 / 111 / 2 0 2 2"
    rows = np.full((len(printed), len(CHARACTERS)), -16.0)
    for frame, character in enumerate(printed):
        rows[frame, CHARACTERS.index(character) if character != " " else 0] = -0.001
    rows[7, 0] = -4.0
    found = decode_free(LinePosterior(quad_at(0, 0), rows, CHARACTERS))
    assert found.best_path == "06/1/2022" and found.text == "06/11/2022"
    assert [char.frames for char in found.chars[3:5]] == [(6, 6), (8, 8)]


def test_a_recipe_compares_with_what_is_printed_not_with_what_is_likely():
    line = near("31.18.2021", "31.08.2021", -5.0)
    recipe = loads("name: x\nyears: 2019-2025\nlines: [[{date: DD.MM.YYYY, as: day}]]")
    decoding = decode([line], recipe)
    assert decode_free(line).text == "31.08.2021"
    assert decoding.lines[0].best_path == "31.18.2021" and decoding.status == "mismatch"


def test_a_charset_without_marks_is_no_obstacle():
    assert decode_free(line_of("L0T 12", {1: {"O": -4.0}}, characters=CHARACTERS[:38])).text == "LOT 12"


def test_prepared_characters_are_compiled_before_the_first_line():
    own = CHARACTERS + ("\u20ac",)
    prepare_free_decoding(own)
    before = generic_grammar.grammar_for.cache_info()
    decode_free(line_of("EXP 12.03.2024", {4: {"I": -1.0}}, characters=own))
    after = generic_grammar.grammar_for.cache_info()
    assert after.misses == before.misses and after.hits > before.hits
