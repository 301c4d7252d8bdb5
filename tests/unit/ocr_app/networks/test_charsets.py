"""Tests of ocr_app.networks.charsets."""

import numpy as np
import pytest

from ocr_app.networks.charsets import LEAST, CharsetProjection, projection


def logs(*rows):
    return np.log(np.array(rows, np.float32))


def test_both_cases_of_a_letter_add_up():
    projection = CharsetProjection(("", "A", "a", "1"), ("", "A", "1"))
    found = np.exp(projection(logs([0.1, 0.3, 0.4, 0.2])))
    assert found[0] == pytest.approx([0.1, 0.7, 0.2], abs=1e-6)


def test_what_the_target_lacks_is_dropped_and_the_rest_normalised():
    projection = CharsetProjection(("", "A", "é"), ("", "A"))
    assert np.exp(projection(logs([0.2, 0.2, 0.6])))[0] == pytest.approx([0.5, 0.5], abs=1e-6)


def test_what_the_source_lacks_is_as_good_as_impossible():
    projection = CharsetProjection(("", "A"), ("", "A", "B"))
    assert projection(logs([0.5, 0.5]))[0, 2] == pytest.approx(LEAST, abs=0.01)


def test_the_same_characters_change_nothing():
    rows = logs([0.25, 0.5, 0.25])
    characters = ("", "A", "B")
    assert CharsetProjection(characters, characters)(rows) == pytest.approx(rows, abs=1e-5)


def test_a_target_with_lower_case_keeps_the_case():
    projection = CharsetProjection(("", "A", "a"), ("", "A", "a"))
    assert np.exp(projection(logs([0.0625, 0.3125, 0.625])))[0] == pytest.approx([0.0625, 0.3125, 0.625], abs=1e-6)


def test_a_projection_is_made_once():
    assert projection(("", "A", "a"), ("", "A")) is projection(("", "A", "a"), ("", "A"))
