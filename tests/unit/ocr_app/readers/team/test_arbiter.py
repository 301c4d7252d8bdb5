"""Tests of ocr_app.readers.team.arbiter."""

import numpy as np
import pytest

from ocr_app.readers.team.arbiter import FEATURES, FEATURES_OF_OTHER, Arbiter, Said, comparable, features

MEMBERS = ("a", "b")


def said(member, text, *probabilities, height=16.0):
    return Said(member, text, np.array(probabilities or [0.9] * len(text)), height)


def weights(**named):
    """One row of weights, 0 but for the features that are named."""
    names = FEATURES + FEATURES_OF_OTHER
    return [named.get(name.replace("-", "_"), 0.0) for name in names]


def test_only_letters_and_digits_are_compared_without_case():
    assert comparable("Exp: 12.05") == "EXP1205"


def test_the_letter_o_and_the_digit_0_agree():
    assert comparable("LOT 10O") == comparable("L0T 1O0")


def test_there_is_one_value_per_feature():
    assert len(features(said("a", "AB"), {}, MEMBERS)) == len(FEATURES) + len(FEATURES_OF_OTHER)


def test_a_member_that_was_not_asked_says_nothing():
    assert list(features(said("a", "AB"), {}, MEMBERS)[-3:]) == [0.0, 0.0, 0.0]


def test_agreement_does_not_depend_on_case_and_marks():
    assert list(features(said("a", "exp 1"), {"b": said("b", "EXP:1")}, MEMBERS)[-3:]) == [1.0, 0.0, 0.0]


def test_another_text_counts_with_how_sure_its_member_is():
    differs = features(said("a", "AB"), {"b": said("b", "AC", 0.9, 0.5)}, MEMBERS)[-3:]
    assert list(differs) == [0.0, 1.0, pytest.approx(0.0)]


def test_features_of_a_text_alone():
    found = dict(zip(FEATURES, features(said("a", "a1", 0.5, 0.75, height=32.0), {}, MEMBERS)))
    assert found["one"] == 1.0 and found["digits"] == 0.5 and found["lower"] == 0.5
    assert found["least"] == pytest.approx(0.0) and found["height"] == pytest.approx(1.0)


def test_probabilities_of_0_and_1_stay_finite():
    assert np.isfinite(features(said("a", "AB", 0.0, 1.0), {"b": said("b", "X", 1.0)}, MEMBERS)).all()


def test_the_likelier_text_comes_first():
    arbiter = Arbiter({"a": weights(least=1.0), "b": weights(least=1.0)}, MEMBERS)
    (best, chance), (other, less) = arbiter.weigh([said("a", "AB", 0.6, 0.6), said("b", "AC", 0.9, 0.9)])
    assert (best.member, other.member) == ("b", "a") and chance > less


def test_agreement_makes_a_text_likelier():
    arbiter = Arbiter({"a": weights(agrees=2.0), "b": weights()}, MEMBERS)
    alone = arbiter.probability(said("a", "AB"), {})
    assert arbiter.probability(said("a", "AB"), {"b": said("b", "AB")}) > alone == pytest.approx(0.5)


def test_a_text_without_letters_and_digits_is_never_right():
    assert Arbiter({"a": weights(one=9.0)}, MEMBERS).probability(said("a", "--"), {}) == 0.0
