"""Tests of ocr_app.readers.team.turning: which way lines are read."""

import numpy as np
import pytest
from fake_team import LOWER, UPPER, FakeMember, frame_of, last, team, texts

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.team.members import SeenPlace


def upside_down(levels):
    """A frame whose lines begin with the level of each on the right."""
    image = np.zeros((300, 400), np.uint8)
    for row, (left, right) in enumerate(levels):
        image[20 + 60 * row : 40 + 60 * row, 20:120], image[20 + 60 * row : 40 + 60 * row, 120:220] = left, right
    return image


def test_a_line_that_is_read_badly_is_read_on_its_head_as_well():
    texts_of = {10: ("O1S3", 0.25), 11: ("LOT 1", 0.95), 20: ("EXP 2", 0.95), 21: ("Z DX3", 0.6)}
    first = FakeMember("first", texts_of, {1.0: [UPPER, LOWER]})
    found = last(team(first), frame_of(upside_down([(10, 11), (20, 21)])))
    assert sorted(texts(found)) == ["EXP 2", "LOT 1"] and sorted(first.asked) == [10, 11, 20, 21]
    turned = next(each for each in found if each.best.text == "LOT 1").place.quad
    np.testing.assert_array_equal(turned, np.roll(box_quad(*UPPER), 2, axis=0))


def test_where_one_line_stands_on_its_head_the_sure_lines_of_its_direction_are_read_so_too():
    texts_of = {10: ("O1S3", 0.25), 11: ("LOT 1", 0.95), 20: ("1908", 0.91), 21: ("8061", 0.99)}
    first = FakeMember("first", texts_of, {1.0: [UPPER, LOWER]})
    found = last(team(first), frame_of(upside_down([(10, 11), (20, 21)])))
    assert sorted(texts(found)) == ["8061", "LOT 1"]


class Doubting:
    """Believes each member half as much where two members say different things."""

    def weigh(self, said):
        doubted = len({each.text for each in said}) > 1
        chances = [float(each.probabilities.mean()) * (0.5 if doubted else 1.0) if each.text else 0.0 for each in said]
        return sorted(zip(said, chances), key=lambda pair: -pair[1])


@pytest.mark.parametrize("code, asked", [(0.9, [10, 11]), (0.2, [10])])
def test_a_code_that_the_second_member_makes_doubtful_is_tried_on_its_head(code, asked):
    first = FakeMember("first", {10: ("O1S3", 0.6), 11: ("LOT 1", 0.95)}, {})
    second = FakeMember("second", {10: ("9S10", 0.99), 11: ("LOT 1", 0.95)})
    member = first.member._replace(detect=lambda image, scale, most: [SeenPlace(box_quad(*UPPER), 1.0, code=code)])
    chosen = team(first, second, upside_down=0.995)._replace(members=(member, second.member))
    chosen = chosen._replace(settings=chosen.settings._replace(upside_down=0.5, sure=0.9))

    last(chosen._replace(arbiter=Doubting()), frame_of(upside_down([(10, 11)])))
    assert first.asked == asked


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


def test_a_doubtful_place_is_not_turned():
    first = FakeMember("first", {10: ("O1S3", 0.25)}, {1.0: []})
    member = first.member._replace(detect=lambda image, scale, most: [SeenPlace(box_quad(*UPPER), 0.4, sure=False)])
    last(team(first)._replace(members=(member,)), frame_of(upside_down([(10, 11)])))
    assert first.asked == [10]


def test_steep_lines_of_one_direction_are_read_the_same_way():
    boxes = [np.array([[60, 20], [60, 220], [40, 220], [40, 20]], np.float32)]
    boxes.append(boxes[0] + np.array([60, 0], np.float32))
    image = np.zeros((300, 400), np.uint8)
    image[20:120, 40:60], image[120:220, 40:60] = 10, 11  # this line alone is a little surer downwards
    image[20:120, 100:120], image[120:220, 100:120] = 20, 21  # and this one is much surer upwards
    first = FakeMember("first", {10: ("AB", 0.95), 11: ("CD", 0.92), 20: ("EF", 0.6), 21: ("GHIJ", 0.95)}, {1.0: []})
    member = first.member._replace(detect=lambda image, scale, most: [SeenPlace(quad, 1.0) for quad in boxes])
    found = last(team(first)._replace(members=(member,)), frame_of(image))
    assert sorted(texts(found)) == ["CD", "GHIJ"]


@pytest.mark.parametrize("other_way", [("LOT1", 0.45), ("", 0.99)])
def test_a_line_stays_as_it_is_where_its_other_way_is_not_likely_right(other_way):
    first = FakeMember("first", {10: ("O1S3", 0.25), 11: other_way}, {1.0: [UPPER]})
    (found,) = last(team(first), frame_of(upside_down([(10, 11)])))
    np.testing.assert_array_equal(found.place.quad, box_quad(*UPPER))


def test_a_line_that_others_read_worse_on_its_head_stays_as_it_is():
    first = FakeMember("first", {10: ("LOT 1", 0.8), 11: ("1 T0", 0.7)}, {1.0: [UPPER]})
    second = FakeMember("second", {10: ("LOT 7", 0.7), 11: ("H", 0.3)})
    chosen = team(first, second, upside_down=0.5)._replace(arbiter=Doubting())
    (found,) = last(chosen, frame_of(upside_down([(10, 11)])))
    assert found.best.text == "LOT 1" and (first.asked, second.asked) == ([10, 11], [10, 11])


@pytest.mark.parametrize(
    "sure_line, code, asked",
    [
        ("EXP 12.2025", 0.2, [10, 20]),
        ("EXP 12.2025", 0.9, [10, 11, 20]),
        ("8061", 0.2, [10, 11, 20]),  # may be 1908 on its head
    ],
)
def test_beside_a_long_line_that_is_sure_as_it_is_only_likely_code_is_tried_on_its_head(sure_line, code, asked):
    first = FakeMember("first", {10: ("O1S3", 0.25), 11: ("LOT 1", 0.2), 20: (sure_line, 0.99)}, {})
    seen = [SeenPlace(box_quad(*UPPER), 1.0, code=code), SeenPlace(box_quad(*LOWER), 1.0)]
    member = first.member._replace(detect=lambda image, scale, most: seen)
    last(team(first)._replace(members=(member,)), frame_of(upside_down([(10, 11), (20, 21)])))
    assert sorted(first.asked) == asked
