"""Agreement on errors is counted on letters and digits."""

from __future__ import annotations

from training.recogniser.witnesses import agreement


def test_only_the_same_wrong_text_is_a_shared_error() -> None:
    truths = ["EXP 1", "LOT 2", "A 3", "B 4", "C 5"]
    own = ["exp1", "LOT Z", "A 8", "", "C 5"]
    others = ["EXP 1", "LOTZ", "A 9", "", "C S"]
    assert agreement(truths, own, others) == {
        "lines": 5,
        "own_right": 2,
        "other_right": 1,
        "both_wrong": 3,
        "same_text": 3,
        "same_wrong": 1,
    }
