"""Tests of ocr_app.readers.team.place."""

import numpy as np
import pytest
from fake_team import answer, arbiter
from posteriors import CHARACTERS

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.team.place import Place, WeighedPlace, may_be_code, posterior_of, said_of, total_worth, weigh

QUAD = box_quad(0, 0, 100, 24)


def place(**read):
    """A place at which each named member read (text, probability)."""
    return Place(QUAD, 0.8, True, {name: (answer(*each), CHARACTERS) for name, each in read.items()})


def test_what_a_member_said_has_a_probability_per_character_and_the_height_of_the_place():
    said = said_of("first", (answer("LOT 1", 0.7), CHARACTERS), QUAD)
    assert (said.member, said.text, said.height) == ("first", "LOT 1", 24.0)
    np.testing.assert_allclose(said.probabilities, 0.7, atol=0.001)


def test_a_letter_that_is_unsure_of_its_case_alone_is_sure():
    characters = ("", "A", "a")
    rows = np.log(np.array([[0.02, 0.5, 0.48], [0.98, 0.01, 0.01]], np.float32))
    said = said_of("first", (rows, characters), QUAD)
    assert said.text == "A" and said.probabilities == pytest.approx([0.98], abs=0.01)


def test_one_more_answer_leaves_the_place_as_it_was():
    before = place(first=("LOT 1", 0.7))
    after = before.with_answer("second", (answer("LOT 2"), CHARACTERS))
    assert list(before.answers) == ["first"] and list(after.answers) == ["first", "second"]


def test_the_likeliest_text_counts_and_the_others_are_kept():
    found = weigh(place(first=("LOT 1", 0.6), second=("LOT 7", 0.9)), arbiter())
    assert (found.best.text, found.disagree) == ("LOT 7", True)
    assert [said.member for said, _ in found.rated] == ["second", "first"]
    assert found.probability == pytest.approx(0.9, abs=0.001)


def test_members_agree_where_spaces_case_and_marks_differ():
    assert not weigh(place(first=("EXP: 12", 0.6), second=("EXP12", 0.9)), arbiter()).disagree


def test_the_worth_is_how_many_letters_and_digits_are_expected_to_be_right():
    found = weigh(place(first=("LOT: 1", 0.5)), arbiter())
    assert found.worth == pytest.approx(0.5 * 4, abs=0.01)
    assert total_worth([found, found]) == pytest.approx(4.0, abs=0.02)


def test_a_place_that_nobody_has_read_is_worth_nothing():
    empty = WeighedPlace(place(), ())
    assert (empty.probability, empty.worth, empty.disagree) == (0.0, 0.0, False)


def test_the_posterior_is_that_of_the_likeliest_text_with_the_others_behind_it():
    posterior = posterior_of(weigh(place(first=("LOT 1", 0.6), second=("LOT 7", 0.9)), arbiter()))
    assert (posterior.member, posterior.score, posterior.sure) == ("second", 0.8, True)
    assert [other.member for other in posterior.others] == ["first"]
    np.testing.assert_array_equal(posterior.others[0].log_probs, answer("LOT 1", 0.6))


def test_a_place_that_does_not_count_says_so_for_all_members():
    posterior = posterior_of(weigh(place(first=("LOT 1", 0.6), second=("LOT 7", 0.9)), arbiter()), counts=False)
    assert [posterior.sure] + [other.sure for other in posterior.others] == [False, False]


def test_what_has_a_digit_or_looks_like_code_may_be_code():
    word, lot = place(first=("SALT", 0.9)), place(first=("SALT", 0.9), second=("5ALT", 0.6))
    assert not may_be_code(weigh(word._replace(code=0.4), arbiter()))
    assert may_be_code(weigh(word._replace(code=0.5), arbiter()))
    assert may_be_code(weigh(lot._replace(code=0.0), arbiter()))


def test_another_opinion_is_worth_most_for_digits_that_are_as_likely_as_not():
    even, sure, words = (
        weigh(place(first=each), arbiter()).gain for each in (("123456", 0.5), ("123456", 0.99), ("ABCDEF", 0.5))
    )
    assert even > words > sure > 0
