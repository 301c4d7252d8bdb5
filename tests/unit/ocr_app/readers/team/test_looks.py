"""Tests of ocr_app.readers.team.looks: who looks, and which of two places stays."""

import numpy as np
import pytest
from fake_team import LOWER, UPPER, FakeMember, answer, frame_of, last, level_of, painted, team, texts

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.frame import (
    ANOTHER_DETECTOR,
    OTHER_SCALES,
    SECOND_MEMBER,
    UPSIDE_DOWN,
    GivenLines,
)
from ocr_app.readers.team.looks import looks, read_given
from ocr_app.readers.team.members import SeenPlace

HALVES = [(20, 20, 90, 20), (130, 20, 90, 20)]


def test_the_first_look_has_its_own_scale_and_short_prints_are_not_turned():
    first = FakeMember("first", {10: ("O1S3", 0.25)}, {1.5: [(20, 20, 40, 20)]})
    assert texts(last(team(first, first_scale=1.5), frame_of(painted(g10=(20, 20, 40, 20))))) == ["O1S3"]
    assert (first.looked, first.asked) == ([1.5], [10])


def test_a_later_detector_looks_before_others_are_asked_where_the_first_member_is_in_doubt():
    steps = []

    class Noting(FakeMember):
        def recognise(self, crops):
            steps.append((self.member.name, "reads"))
            return super().recognise(crops)

        def detect(self, image, scale, most):
            steps.append((self.member.name, "looks"))
            return super().detect(image, scale, most)

    def steps_of(chance, **rules):
        del steps[:]
        first = Noting("first", {10: ("LOT 1", chance), 20: ("EXP 2", 0.95)}, {1.0: [UPPER, LOWER]})
        second = Noting("second", {10: ("LOT 1", 0.6)}, {1.0: [UPPER]})
        chosen = team(first, second, later_detectors=("second",), hopeless=0.1, upside_down=0.0, **rules)
        next(looks(chosen, frame_of(painted(g10=UPPER, g20=LOWER))))
        return steps[2:]

    assert steps_of(0.4) == [("second", "looks"), ("second", "reads")]
    assert steps_of(0.4, detectors_first=False) == steps_of(0.7) == [("second", "reads")]


@pytest.mark.parametrize("chance, expected", [(0.9, ["LOT 1", "LOT 2"]), (0.4, ["LOTI LOTZ"])])
def test_of_a_line_and_its_pieces_the_side_that_is_worth_more_stays(chance, expected):
    """The line and its first piece begin alike, so that the member tells them by their width."""
    first = FakeMember("first", {11: ("LOT 2", chance)}, {1.0: [UPPER], 2.0: HALVES})

    def recognise(crops):
        read = [("LOTI LOTZ", 0.7) if crop.shape[1] > 100 else ("LOT 1", chance) for crop in crops]
        read = [first.texts.get(level_of(crop), each) for crop, each in zip(crops, read)]
        return [answer(*each) for each in read]

    chosen = team(first, scales=(2.0,), doubtful=0.8)._replace(members=(first.member._replace(recognise=recognise),))
    assert sorted(texts(last(chosen, frame_of(painted(g10=HALVES[0], g11=HALVES[1]))))) == expected


def test_a_sure_place_that_is_found_again_is_not_read_again():
    first = FakeMember("first", {10: ("LOT 1", 0.99)}, {1.0: [UPPER], 2.0: [(22, 20, 197, 20)]})
    found = last(team(first, scales=(2.0,)), frame_of(painted(g10=UPPER)))
    assert texts(found) == ["LOT 1"] and first.asked == [10]


def test_another_scale_leaves_alone_what_is_not_in_doubt_and_another_detector_what_is_sure():
    first = FakeMember("first", {10: ("LAT 1", 0.7)}, {1.0: [UPPER], 2.0: [UPPER]})
    last(team(first, scales=(2.0,)), frame_of(painted(g10=UPPER)))
    assert first.asked == [10]
    second = FakeMember("second", {10: ("LAT 1", 0.3)}, {1.0: [(20, 20, 300, 20)]})
    last(team(first, second, detectors=("first", "second"), sure=0.99), frame_of(painted(g10=UPPER)))
    assert first.asked == [10, 10, 10]


def test_each_member_reads_what_its_own_detector_drew_of_the_same_line():
    tight = (24, 22, 192, 16)
    first = FakeMember("first", {10: ("LAT 1", 0.7)}, {1.0: [UPPER]})
    second = FakeMember("second", {10: ("LOT 1", 0.6)}, {1.0: [tight]})
    third = FakeMember("third", {10: ("LOT 1", 0.6)})
    shapes = []

    def recognise(crops):
        shapes.extend(crop.shape for crop in crops)
        return second.recognise(crops)

    chosen = team(first, second, third, detectors=("first", "second"))
    members = (first.member, second.member._replace(recognise=recognise), third.member)
    (found,) = last(chosen._replace(members=members), frame_of(painted(g10=UPPER)))
    assert first.asked == [10] and shapes == [(16, 192)]
    np.testing.assert_array_equal(found.place.quad, box_quad(*UPPER))


def test_a_place_that_reaches_beyond_a_sure_one_is_read():
    first = FakeMember("first", {10: ("LOT 1", 0.99), 30: ("EXP LOT 1", 0.95)}, {1.0: [(120, 20, 200, 20)]})
    first.found[2.0] = [(20, 20, 300, 20)]
    image = painted(g30=(20, 20, 100, 20), g10=(120, 20, 200, 20))
    assert texts(last(team(first, scales=(2.0,)), frame_of(image))) == ["EXP LOT 1"]


def test_a_place_that_another_detector_finds_is_added():
    first = FakeMember("first", {10: ("LOT 1", 0.99), 20: ("EXP 2", 0.99)}, {1.0: [UPPER]})
    second = FakeMember("second", {}, {1.0: [UPPER, LOWER]})
    found = last(team(first, second, detectors=("first", "second")), frame_of(painted(g10=UPPER, g20=LOWER)))
    assert sorted(texts(found)) == ["EXP 2", "LOT 1"] and sorted(first.asked) == [10, 20]


def test_all_detectors_look_first_then_later_ones_then_other_scales():
    seen = []

    class Looking(FakeMember):
        def detect(self, image, scale, most):
            seen.append((self.member.name, scale))
            return super().detect(image, scale, most)

    fakes = [Looking(name, {10: ("LOT 1", 0.99)}, {}) for name in ("first", "second", "third")]
    fakes[0].found[1.0] = [UPPER]
    chosen = team(*fakes, detectors=("first", "second"), later_detectors=("third",), scales=(0.5, 1.5))
    steps = [list(seen) for _ in looks(chosen, frame_of(painted(g10=UPPER)))]
    assert steps[0] == [("first", 1.0), ("second", 1.0)]
    assert seen == [("first", 1.0), ("second", 1.0), ("third", 1.0), ("first", 0.5), ("first", 1.5)]
    assert [len(each) for each in steps] == [2, 3, 4, 5]


def test_the_other_detectors_of_the_first_look_have_their_own_scale():
    first = FakeMember("first", {10: ("LOT 1", 0.99), 20: ("EXP 2", 0.99)}, {1.0: [UPPER]})
    second = FakeMember("second", {}, {0.7: [LOWER]})
    chosen = team(first, second, detectors=("first", "second"), other_scale=0.7)
    assert sorted(texts(last(chosen, frame_of(painted(g10=UPPER, g20=LOWER))))) == ["EXP 2", "LOT 1"]
    assert (first.looked, second.looked) == ([1.0], [0.7])


def test_pieces_of_a_sure_line_are_not_read_though_something_else_connects_them_with_an_unsure_one():
    """The rows of dots of a large print: one detector sees two lines of text, the other one the dots."""
    pieces = [(20, 20, 40, 20), (150, 20, 40, 20), (20, 80, 40, 20), (100, 16, 20, 90)]
    first = FakeMember("first", {0: ("E", 0.2), 10: ("LOT 1", 0.95), 20: ("EXP 2", 0.4)}, {1.0: [UPPER, LOWER]})
    second = FakeMember("second", {0: ("E", 0.2), 10: ("LOT 1", 0.9), 20: ("EXP 2", 0.3)}, {1.0: pieces})
    chosen = team(first, second, detectors=("first", "second"), upside_down=0.0)
    found = last(chosen, frame_of(painted(g10=UPPER, g20=LOWER)))
    assert "LOT 1" in texts(found)
    assert first.asked == [10, 20, 20, 0]  # both lines, the piece of the unsure one, and the column


def test_a_doubtful_place_is_read_only_where_nothing_was_found_before():
    first = FakeMember("first", {10: ("LAT 1", 0.7), 20: ("EXP 2", 0.99)}, {1.0: [UPPER]})
    doubtful = [SeenPlace(box_quad(*box), 0.4, sure=False) for box in ((20, 20, 300, 20), LOWER)]
    second = FakeMember("second", {10: ("LAT 1", 0.3)})
    second = second.member._replace(detect=lambda image, scale, most: doubtful)
    chosen = team(first, detectors=("first", "second"))
    found = last(chosen._replace(members=(first.member, second)), frame_of(painted(g10=UPPER, g20=LOWER)))
    assert sorted(texts(found)) == ["EXP 2", "LAT 1"] and first.asked == [10, 20]


def test_nothing_more_happens_where_the_caller_stops():
    first = FakeMember("first", {10: ("LOT 1", 0.99)}, {1.0: [UPPER]})
    next(looks(team(first, scales=(0.5, 1.5)), frame_of(painted(g10=UPPER))))
    assert first.looked == [1.0]


def test_what_a_budget_forbids_is_left_out_and_named():
    first = FakeMember("first", {10: ("LOT 1", 0.4)}, {1.0: [UPPER]})
    second = FakeMember("second", {}, {1.0: [LOWER]})
    frame = frame_of(painted(g10=UPPER), limit_ms=0.0)
    chosen = team(first, second, detectors=("first", "second"), scales=(2.0,), upside_down=0.5)
    assert texts(last(chosen, frame)) == ["LOT 1"]
    assert (second.asked, second.looked, first.looked) == ([], [], [1.0])
    assert sorted(frame.budget.refused) == sorted([UPSIDE_DOWN, SECOND_MEMBER, ANOTHER_DETECTOR, OTHER_SCALES])


def test_given_lines_are_read_each_in_its_own_image_without_a_detector():
    first = FakeMember("first", {10: ("LOT 1", 0.6), 20: ("EXP 2", 0.99)}, {})
    second, third = FakeMember("second", {10: ("LOT 7", 0.6)}), FakeMember("third", {10: ("LOT 7", 0.6)})
    images = [np.full((20, 100), 10, np.uint8), np.full((20, 80), 20, np.uint8)]
    lines = GivenLines(images, Timer(), Budget(None))
    seen = [SeenPlace(box_quad(0, 0, image.shape[1], image.shape[0]), 1.0) for image in images]
    found = read_given(team(first, second, third), lines, seen)
    assert texts(found) == ["LOT 7", "EXP 2"]
    assert (first.looked, second.asked, third.asked) == ([], [10], [10])
