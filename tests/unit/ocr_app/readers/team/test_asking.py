"""Tests of ocr_app.readers.team.asking: who is asked about what."""

from fake_team import LOWER, UPPER, FakeMember, frame_of, last, painted, team, texts

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.team.frame import (
    THIRD_MEMBER,
)
from ocr_app.readers.team.members import SeenPlace


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


def test_a_budget_forbids_the_third_member_too():
    first = FakeMember("first", {10: ("LOT 1", 0.6)}, {1.0: [UPPER]})
    second, third = FakeMember("second", {10: ("LOT 7", 0.6)}), FakeMember("third", {})
    frame = frame_of(painted(g10=UPPER), limit_ms=1e6)
    frame.budget.took(THIRD_MEMBER, 1e9)
    last(team(first, second, third), frame)
    assert (third.asked, frame.budget.refused) == ([], [THIRD_MEMBER])


def test_words_that_are_no_code_are_left_to_the_first_member_unless_all_text_is_asked_for():
    def asked(**rules):
        first = FakeMember("first", {10: ("SALT", 0.7)}, {})
        second = FakeMember("second", {10: ("SALT", 0.7)})
        member = first.member._replace(detect=lambda image, scale, most: [SeenPlace(box_quad(*UPPER), 1.0, code=0.2)])
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
