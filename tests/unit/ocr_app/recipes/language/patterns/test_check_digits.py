"""Numbers with check digits, by the examples of their standards; one wrong character is found."""

import pytest

from ocr_app.recipes.language.patterns.check_digits import CHECKED

EXAMPLES = [
    ("gtin", "40123455"),
    ("gtin", "614141000036"),
    ("gtin", "4006381333931"),
    ("gtin", "09521234543213"),
    ("gln", "4012345000009"),
    ("sscc", "106141412345678908"),
    ("luhn", "4111111111111111"),
    ("imei", "490154203237518"),
    ("iso6346", "CSQU3054383"),
    ("iso6346", "MSKU0000069"),
    ("vin", "1M8GDM9AXKP042788"),
    ("vin", "11111111111111111"),
]


def accepts(kind, text):
    lengths, automaton = CHECKED[kind]
    return len(text) in lengths and automaton(len(text)).accepts(text)


@pytest.mark.parametrize("kind,text", EXAMPLES)
def test_examples_of_the_standards(kind, text):
    assert accepts(kind, text)
    for place, character in enumerate(text):
        if character.isdigit() and not (kind == "vin" and place == 8):
            others = [text[:place] + digit + text[place + 1 :] for digit in "0123456789" if digit != character]
            wrong = [other for other in others if accepts(kind, other)]
            assert wrong == [] or (kind == "iso6346" and len(wrong) == 1), (
                place,
                wrong,
            )  # 10 and 0 are one check digit


def test_what_a_number_never_has():
    assert not accepts("vin", "1M8GDM9AXKP04278O") and not accepts("iso6346", "CSQA3054383")
    assert not accepts("gtin", "400638133393")
