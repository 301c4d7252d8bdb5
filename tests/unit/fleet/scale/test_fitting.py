"""The line through costs by number of boards."""

import pytest

from fleet.scale.fitting import fit


def test_a_line_through_points_that_lie_on_one() -> None:
    line = fit([(1, 5.0), (4, 11.0), (16, 35.0)])
    assert (round(line.fixed, 9), round(line.each, 9)) == (3.0, 2.0)
    assert round(line.at(500), 6) == 1003.0


def test_points_beside_the_line_are_balanced() -> None:
    assert round(fit([(1, 1.0), (1, 3.0), (3, 6.0)]).each, 9) == 2.0


def test_one_number_of_boards_makes_no_line() -> None:
    with pytest.raises(ValueError, match="two different"):
        fit([(4, 1.0), (4, 2.0)])
