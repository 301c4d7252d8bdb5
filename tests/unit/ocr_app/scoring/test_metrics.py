"""The thesis's metrics on cases worked by hand."""

import pytest

from ocr_app.scoring.metrics import average, cer, confusions, precision, recall, score, score_forms


def test_a_score_worked_by_hand():
    one = score("EXP:12", "EXP.1")
    assert (one.exact, one.distance, one.length) == (False, 2, 6)
    assert one.cer == pytest.approx(2 / 6)
    assert one.precision == pytest.approx(4 / 5)  # E, X, P and 1 of five characters read
    assert one.recall == pytest.approx(4 / 6)


def test_repeated_characters_count_as_often_as_both_sides_have_them():
    assert precision("112", "1113") == pytest.approx(2 / 4)
    assert recall("112", "1113") == pytest.approx(2 / 3)


def test_empty_texts():
    assert (cer("", ""), cer("", "x"), cer("x", "")) == (0.0, 1.0, 1.0)
    assert (precision("", ""), precision("x", ""), precision("", "x")) == (1.0, 0.0, 0.0)
    assert (recall("", ""), recall("x", ""), recall("", "x")) == (1.0, 0.0, 0.0)


def test_the_average_is_over_images_and_the_micro_rate_over_characters():
    mean = average([score("a", "b"), score("abcdefghi", "abcdefghi")])
    assert (mean.images, mean.exact, mean.cer, mean.cer_micro) == (2, 0.5, 0.5, 0.1)
    assert average([]) is None


def test_the_same_reading_is_right_or_wrong_by_its_form():
    exact = {name: one.exact for name, one in score_forms("PRO: 1 EXP: 2", ["PRO:1", "EXP:2"]).items()}
    assert exact == {"thesis": False, "notebook": False, "nospace": True, "alnum": True, "spaced": False}


def test_confusions_are_counted_and_lost_spaces_show():
    found = confusions([("PRO 1", ["PR0 1"]), ("PRO 2", ["PR02"])])
    assert found == [("O", "0", 2), (" ", "", 1)]
