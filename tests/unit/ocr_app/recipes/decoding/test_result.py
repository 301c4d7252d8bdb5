"""Assurance and confidence are those of the weakest part."""

import math

import numpy as np
import pytest

from ocr_app.recipes.decoding.result import CodeDecoding, DecodedChar, DecodedLine
from ocr_app.recipes.language.fields import FieldValue

QUAD = np.zeros((4, 2), np.float32)


def char(character, gap, free_gap):
    return DecodedChar(character, "read", gap, free_gap, (), (), (0, 0))


def line(chars, margin=20.0, extra=(), text=None, name=""):
    text = "".join(each.character for each in chars) if text is None else text
    fields = (FieldValue(name, "digits", 0, text, 0, len(text)),)
    return DecodedLine("l", text, "read", chars, fields, 0.0, margin, 0.0, (0,), QUAD, ("", ""), text, extra)


def test_the_assurance_of_a_line_is_its_smallest_lead_less_the_clearest_contradiction():
    assert line((char("1", 6.0, 6.0), char("2", 9.0, 4.0))).assurance == 6.0
    assert line((char("1", 6.0, 6.0),), margin=5.0).assurance == 5.0
    assert line((char("1", 6.0, -2.0),)).assurance == 4.0
    assert line((char("1", 6.0, 6.0),), extra=(("X", 3.0),)).assurance == 3.0


def test_spaces_do_not_count():
    assert line((char("1", 6.0, 6.0), char(" ", 0.1, -5.0))).assurance == 6.0


def test_confidence_is_the_probability_of_the_weakest_character():
    assert line((char("1", 2.0, 9.0), char("2", 9.0, 9.0))).confidence == pytest.approx(1 / (1 + math.exp(-2.0)))
    assert line((char("1", math.inf, 9.0),)).confidence == pytest.approx(1.0) and line((), text="").confidence == 0.0


def test_a_code_is_as_sure_as_its_weakest_line():
    sure, unsure, missing = line((char("1", 9.0, 9.0),)), line((char("2", 6.0, 6.0),)), line((), text="")
    code = CodeDecoding("r", "l", "read", (sure, unsure), (), ())
    assert code.assurance == 6.0 and code.text == "1 2"
    assert code._replace(lines=(sure, missing)).assurance == -math.inf
    assert code._replace(lines=()).assurance == -math.inf and code._replace(lines=(sure, missing)).text == "1"


def test_values_are_those_of_named_fields():
    named, unnamed = line((char("1", 9.0, 9.0),), name="lot"), line((char("2", 9.0, 9.0),))
    assert CodeDecoding("r", "l", "read", (named, unnamed), (), ()).values == {"lot": "1"}
