"""Tests of ocr_app.readers.team.looks: who looks, who is asked about what, and which of two places stays."""

import numpy as np
import pytest
from fake_team import FakeMember, answer, level_of, painted, team

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.frame import (
    ANOTHER_DETECTOR,
    OTHER_SCALES,
    SECOND_MEMBER,
    THIRD_MEMBER,
    UPSIDE_DOWN,
    Frame,
    GivenLines,
)
from ocr_app.readers.team.looks import looks, read_given
from ocr_app.readers.team.members import SeenPlace

UPPER, LOWER = (20, 20, 200, 20), (20, 80, 200, 20)


def frame_of(image, limit_ms=None):
    frame = Frame(image, image, Timer(), Budget(limit_ms))
    frame.budget.begin()
    return frame


def texts(found):
    return [each.best.text for each in found]


def last(chosen, frame):
    return list(looks(chosen, frame))[-1]


def test_nobody_is_asked_about_a_line_that_the_first_member_is_sure_of():
    first = FakeMember("first", {10: ("LOT 1", 0.99)}, {1.0: [UPPER]})
    second = FakeMember("second", {})
    found = last(team(first, second), frame_of(painted(g10=UPPER)))
    assert texts(found) == ["LOT 1"] and second.asked == []


def test_the_second_member_is_asked_about_the_unsure_lines_alone():
    first = FakeMember("first", {10: ("LOT 1", 0.99), 20: ("EXP 2", 0.7)}, {1.0: [UPPER, LOWER]})
    second, third = FakeMember("second", {20: ("EXP 2", 0.7)}), FakeMember("third", {})
    found = last(team(first, second, third), frame_of(painted(g10=UPPER, g20=LOWER)))
    assert (second.asked, third.asked) == ([20], [])
    agreed = next(each for each in found if each.best.text == "EXP 2")
    assert agreed.probability > 0.9 and not agreed.disagree


def test_the_third_member_is_asked_where_two_differ_and_settles_it():
    first = FakeMember("first", {10: ("EXP 2", 0.8), 20: ("LOT 1", 0.6)}, {1.0: [UPPER, LOWER]})
    second = FakeMember("second", {10: ("EXP 3", 0.6), 20: ("LOT 1", 0.6)})
    third = FakeMember("third", {10: ("EXP 3", 0.6)})
    found = last(team(first, second, third), frame_of(painted(g10=UPPER, g20=LOWER)))
    assert (sorted(second.asked), third.asked) == ([10, 20], [10])
    assert sorted(texts(found)) == ["EXP 3", "LOT 1"]


def test_the_third_member_reads_the_lines_with_the_most_to_win():
    boxes = {10: (20, 20, 200, 20), 20: (20, 80, 200, 20), 30: (20, 140, 200, 20)}
    first = FakeMember(
        "first", {10: ("AB", 0.5), 20: ("ABCDEFGH", 0.5), 30: ("ABCDE", 0.5)}, {1.0: list(boxes.values())}
    )
    second = FakeMember("second", {10: ("AX", 0.4), 20: ("ABCDEFGX", 0.4), 30: ("ABCDX", 0.4)})
    third = FakeMember("third", dict.fromkeys(boxes, ("ABC", 0.5)))
    last(team(first, second, third, most_third=2), frame_of(painted(**{"g%d" % k: box for k, box in boxes.items()})))
    assert sorted(third.asked) == [20, 30]


def test_no_third_member_reads_what_is_hopeless():
    first = FakeMember("first", {10: ("WOOD", 0.3)}, {1.0: [UPPER]})
    second, third = FakeMember("second", {10: ("GRAIN", 0.3)}), FakeMember("third", {})
    last(team(first, second, third, upside_down=0.0), frame_of(painted(g10=UPPER)))
    assert (second.asked, third.asked) == ([10], [])


HALVES = [(20, 20, 90, 20), (130, 20, 90, 20)]


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


def test_a_later_detector_looks_before_others_are_asked_where_the_first_member_is_in_doubt():
    steps = []

    class Noting(FakeMember):
        def recognise(self, crops):
            steps.append((self.member.name, "reads"))
            return super().recognise(crops)

        def detect(self, image, scale):
            steps.append((self.member.name, "looks"))
            return super().detect(image, scale)

    def steps_of(chance):
        del steps[:]
        first = Noting("first", {10: ("LOT 1", chance), 20: ("EXP 2", 0.95)}, {1.0: [UPPER, LOWER]})
        second = Noting("second", {10: ("LOT 1", 0.6)}, {1.0: [UPPER]})
        chosen = team(first, second, later_detectors=("second",), hopeless=0.1, upside_down=0.0)
        next(looks(chosen, frame_of(painted(g10=UPPER, g20=LOWER))))
        return steps[2:]

    assert steps_of(0.4) == [("second", "looks"), ("second", "reads")]
    assert steps_of(0.7) == [("second", "reads")]


def test_the_first_look_has_its_own_scale_and_short_prints_are_not_turned():
    first = FakeMember("first", {10: ("O1S3", 0.25)}, {1.5: [(20, 20, 40, 20)]})
    assert texts(last(team(first, first_scale=1.5), frame_of(painted(g10=(20, 20, 40, 20))))) == ["O1S3"]
    assert (first.looked, first.asked) == ([1.5], [10])


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
        def detect(self, image, scale):
            seen.append((self.member.name, scale))
            return super().detect(image, scale)

    fakes = [Looking(name, {10: ("LOT 1", 0.99)}, {}) for name in ("first", "second", "third")]
    fakes[0].found[1.0] = [UPPER]
    chosen = team(*fakes, detectors=("first", "second"), later_detectors=("third",), scales=(0.5, 1.5))
    steps = [list(seen) for _ in looks(chosen, frame_of(painted(g10=UPPER)))]
    assert steps[0] == [("first", 1.0), ("second", 1.0)]
    assert seen == [("first", 1.0), ("second", 1.0), ("third", 1.0), ("first", 0.5), ("first", 1.5)]
    assert [len(each) for each in steps] == [2, 3, 4, 5]


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


def test_a_budget_forbids_the_third_member_too():
    first = FakeMember("first", {10: ("LOT 1", 0.6)}, {1.0: [UPPER]})
    second, third = FakeMember("second", {10: ("LOT 7", 0.6)}), FakeMember("third", {})
    frame = frame_of(painted(g10=UPPER), limit_ms=1e6)
    frame.budget.took(THIRD_MEMBER, 1e9)
    last(team(first, second, third), frame)
    assert (third.asked, frame.budget.refused) == ([], [THIRD_MEMBER])


def upside_down(levels):
    """A frame whose lines begin with the level of each on the right."""
    image = np.zeros((300, 400), np.uint8)
    for row, (left, right) in enumerate(levels):
        image[20 + 60 * row : 40 + 60 * row, 20:120], image[20 + 60 * row : 40 + 60 * row, 120:220] = left, right
    return image


def test_a_line_that_is_read_badly_is_read_on_its_head_as_well():
    first = FakeMember("first", {10: ("O1S3", 0.25), 11: ("LOT 1", 0.95), 20: ("EXP 2", 0.95)}, {1.0: [UPPER, LOWER]})
    found = last(team(first), frame_of(upside_down([(10, 11), (20, 21)])))
    assert sorted(texts(found)) == ["EXP 2", "LOT 1"] and sorted(first.asked) == [10, 11, 20]
    turned = next(each for each in found if each.best.text == "LOT 1").place.quad
    np.testing.assert_array_equal(turned, np.roll(box_quad(*UPPER), 2, axis=0))


@pytest.mark.parametrize("other_way", [("LOT1", 0.45), ("", 0.99)])
def test_a_line_stays_as_it_is_where_its_other_way_is_not_likely_right(other_way):
    first = FakeMember("first", {10: ("O1S3", 0.25), 11: other_way}, {1.0: [UPPER]})
    (found,) = last(team(first), frame_of(upside_down([(10, 11)])))
    np.testing.assert_array_equal(found.place.quad, box_quad(*UPPER))


def test_where_lines_are_sure_as_they_are_no_other_of_their_direction_is_turned():
    texts_of = {10: ("O1S3", 0.25), 20: ("EXP 2", 0.95), 30: ("LOT 3", 0.95)}
    first = FakeMember("first", texts_of, {1.0: [UPPER, LOWER, (20, 140, 200, 20)]})
    last(team(first), frame_of(upside_down([(10, 11), (20, 21), (30, 31)])))
    assert sorted(first.asked) == [10, 20, 30]


def test_of_many_unsure_lines_of_one_direction_two_are_turned_to_try():
    boxes = [(20, 20 + 60 * row, 200 + 20 * row, 20) for row in range(4)]
    texts_of = dict.fromkeys((10, 20, 30, 40), ("O1S3", 0.25))
    texts_of.update(dict.fromkeys((11, 21, 31, 41), ("1E0I", 0.25)))
    image = upside_down([(10, 11), (20, 21), (30, 31), (40, 41)])
    for row, (_, _, width, _) in enumerate(boxes):
        image[20 + 60 * row : 40 + 60 * row, 220 : 20 + width] = 11 + 10 * row
    first = FakeMember("first", texts_of, {1.0: boxes})
    last(team(first), frame_of(image))
    assert sorted(first.asked) == [10, 20, 30, 31, 40, 41]


def test_a_short_line_follows_the_lines_of_its_direction_onto_its_head():
    small = (20, 80, 40, 20)  # too short to tell its way by itself
    texts_of = {
        10: ("O1S3", 0.25),
        11: ("LOT 1", 0.95),
        20: ("9I", 0.6),
        21: ("16", 0.8),
        30: ("1I", 0.6),
        31: ("?", 0.3),
    }
    first = FakeMember("first", texts_of, {1.0: [UPPER, small, (20, 140, 40, 20)]})
    image = upside_down([(10, 11)])
    image[80:100, 20:40], image[80:100, 40:60] = 20, 21
    image[140:160, 20:40], image[140:160, 40:60] = 30, 31
    found = last(team(first), frame_of(image))
    assert sorted(texts(found)) == ["16", "1I", "LOT 1"]


def test_words_that_are_no_code_are_left_to_the_first_member_unless_all_text_is_asked_for():
    def asked(**rules):
        first = FakeMember("first", {10: ("SALT", 0.7)}, {})
        second = FakeMember("second", {10: ("SALT", 0.7)})
        member = first.member._replace(detect=lambda image, scale: [SeenPlace(box_quad(*UPPER), 1.0, code=0.2)])
        chosen = team(first, second, **rules)
        last(chosen._replace(members=(member, second.member)), frame_of(painted(g10=UPPER)))
        return second.asked

    assert asked() == [] and asked(all_text=True) == [10]


def test_the_third_member_is_asked_so_often_per_frame_and_not_per_look():
    levels = {10: ("EXP 2", 0.8), 20: ("EXP 3", 0.8)}
    first = FakeMember("first", levels, {1.0: [UPPER], 2.0: [UPPER, LOWER]})
    second = FakeMember("second", {10: ("EXP 7", 0.6), 20: ("EXP 8", 0.6)})
    third = FakeMember("third", {10: ("EXP 7", 0.6), 20: ("EXP 8", 0.6)})
    last(team(first, second, third, scales=(2.0,), most_third=1), frame_of(painted(g10=UPPER, g20=LOWER)))
    assert len(third.asked) == 1


def test_a_doubtful_place_is_not_turned():
    first = FakeMember("first", {10: ("O1S3", 0.25)}, {1.0: []})
    member = first.member._replace(detect=lambda image, scale: [SeenPlace(box_quad(*UPPER), 0.4, sure=False)])
    last(team(first)._replace(members=(member,)), frame_of(upside_down([(10, 11)])))
    assert first.asked == [10]


def test_steep_lines_of_one_direction_are_read_the_same_way():
    boxes = [np.array([[60, 20], [60, 220], [40, 220], [40, 20]], np.float32)]
    boxes.append(boxes[0] + np.array([60, 0], np.float32))
    image = np.zeros((300, 400), np.uint8)
    image[20:120, 40:60], image[120:220, 40:60] = 10, 11  # this line alone is a little surer downwards
    image[20:120, 100:120], image[120:220, 100:120] = 20, 21  # and this one is much surer upwards
    first = FakeMember("first", {10: ("AB", 0.95), 11: ("CD", 0.92), 20: ("EF", 0.6), 21: ("GHIJ", 0.95)}, {1.0: []})
    member = first.member._replace(detect=lambda image, scale: [SeenPlace(quad, 1.0) for quad in boxes])
    found = last(team(first)._replace(members=(member,)), frame_of(image))
    assert sorted(texts(found)) == ["CD", "GHIJ"]


def test_given_lines_are_read_each_in_its_own_image_without_a_detector():
    first = FakeMember("first", {10: ("LOT 1", 0.6), 20: ("EXP 2", 0.99)}, {})
    second, third = FakeMember("second", {10: ("LOT 7", 0.6)}), FakeMember("third", {10: ("LOT 7", 0.6)})
    images = [np.full((20, 100), 10, np.uint8), np.full((20, 80), 20, np.uint8)]
    lines = GivenLines(images, Timer(), Budget(None))
    seen = [SeenPlace(box_quad(0, 0, image.shape[1], image.shape[0]), 1.0) for image in images]
    found = read_given(team(first, second, third), lines, seen)
    assert texts(found) == ["LOT 7", "EXP 2"]
    assert (first.looked, second.asked, third.asked) == ([], [10], [10])
