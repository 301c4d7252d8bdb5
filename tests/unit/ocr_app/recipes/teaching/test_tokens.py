"""A line is split into dates, times, words, lots and marks, and lines that are no code are told apart."""

import pytest

from ocr_app.recipes.teaching.tokens import is_code, normalise, possible_patterns, split_line


def kinds(line):
    return [(token.kind, token.text) for token in split_line(normalise(line))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2022.01.18A", [("date", "2022.01.18"), ("word", "A")]),
        ("21.01.13(11:08)", [("date", "21.01.13"), ("mark", "("), ("time", "11:08"), ("mark", ")")]),
        ("Best Before:04/03/2023", [("word", "BEST"), ("word", "BEFORE"), ("mark", ":"), ("date", "04/03/2023")]),
        ("L 095 E 28 10 21", [("word", "L"), ("chunk", "095"), ("word", "E"), ("date", "28 10 21")]),
        ("13/03/22 L19520", [("date", "13/03/22"), ("chunk", "L19520")]),
        ("2021.06.14/F-2", [("date", "2021.06.14"), ("mark", "/"), ("chunk", "F-2")]),
        ("LOT12345", [("word", "LOT"), ("chunk", "12345")]),
        ("2020OCT28", [("date", "2020OCT28")]),
        ("74-2-05355-4-0023", [("chunk", "74-2-05355-4-0023")]),
        ("20- 06-21", [("date", "20-06-21")]),
        ("EXP 01/22", [("word", "EXP"), ("date", "01/22")]),
        ("P 01/22 X", [("word", "P"), ("chunk", "01/22"), ("word", "X")]),
        ("H02:05", [("word", "H"), ("time", "02:05")]),
        ("31.02.2024", [("chunk", "31.02.2024")]),
    ],
)
def test_the_parts_of_a_line(line, expected):
    assert kinds(line) == expected


def test_a_date_in_a_longer_number_is_none():
    assert kinds("12021.03.18") == [("chunk", "12021.03.18")]
    assert kinds("2021.03.18.4")[0][0] == "chunk"


def test_a_date_may_have_several_patterns():
    assert possible_patterns("01.02.03") >= {"DD.MM.YY", "YY.MM.DD"} and possible_patterns("SUGAR") == frozenset()


@pytest.mark.parametrize("line", ["EXP 08/2023", "L19520", "12:30", "LOT A1", "222A3", "KO011", "BATCH : 3751"])
def test_codes(line):
    assert is_code(split_line(normalise(line)))


@pytest.mark.parametrize("line", ["PREMIUM FLOUR", "SALT 0.3 G", "BEST BEFORE", "A", "5 KG", "E9"])
def test_what_is_no_code(line):
    assert not is_code(split_line(normalise(line)))
