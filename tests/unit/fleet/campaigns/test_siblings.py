"""Boards against their siblings: a ratio of medians, and what they read."""

import pytest

from fleet.campaigns import siblings
from fleet.campaigns.request import settings
from fleet.campaigns.siblings import NO_SOUND_SIBLING, SiblingRatio
from tests.unit.fleet.campaigns import made

LIMITS = settings()["thresholds"]


def boards(*times, **doubts):
    """Boards nano-1, nano-2, ... with these medians; doubts: host (with _) -> codes."""
    names = [f"nano-{number}" for number in range(1, len(times) + 1)]
    return [
        made.board(name, {made.RUN: made.run(ms=ms, doubts=doubts.get(name.replace("-", "_"), ()))})
        for name, ms in zip(names, times, strict=True)
    ]


def named(group, over_parts=9.9):
    return [own.host for own in siblings.ratios(group, made.RUN) if own.is_slower(LIMITS, over_parts)]


def test_the_ratio_is_own_median_over_the_median_of_the_others():
    found = {own.host: own.ratio for own in siblings.ratios(boards(100, 110, 90, 200), made.RUN)}
    assert found == {"nano-1": 100 / 110, "nano-2": 1.1, "nano-3": 90 / 110, "nano-4": 2.0}


def test_one_slow_board_of_a_pair_is_seen():
    assert [own.ratio for own in siblings.ratios(boards(100, 200), made.RUN)] == [0.5, 2.0]
    assert named(boards(100, 200)) == ["nano-2"]


def test_one_fast_board_makes_no_slow_ones_of_the_others():
    assert named(boards(50, 100, 101, 99, 100)) == []


@pytest.mark.parametrize(("ms", "expected"), [(114, []), (115, ["nano-4"]), (150, ["nano-4"])])
def test_the_threshold_is_that_of_the_settings(ms, expected):
    assert LIMITS["slower"] == 1.15
    assert named(boards(100, 100, 100, ms)) == expected


@pytest.mark.parametrize(("ms", "expected"), [(140, []), (150, ["nano-2"])])
def test_a_disturbed_measurement_has_to_show_more(ms, expected):
    assert LIMITS["slower_if_disturbed"] == 1.5
    assert named(boards(100, ms, nano_2=["machine-busy"])) == expected
    assert named(boards(100, ms, nano_1=["machine-busy"])) == expected  # no sibling with valid times


def test_a_disturbed_part_alone_names_nobody():
    assert named(boards(100, 180, nano_2=["machine-busy"]), over_parts=1.2) == []
    assert named(boards(100, 180, nano_2=["machine-busy"]), over_parts=1.6) == ["nano-2"]
    assert named(boards(100, 180), over_parts=1.0) == ["nano-2"]  # nothing disturbed it


def test_over_parts_is_the_median_of_a_boards_ratios():
    found = [SiblingRatio(host, ratio, {}, {}) for host, ratio in
             (("a", 1.0), ("a", 3.0), ("a", 1.2), ("b", 2.0), ("b", None), ("c", None))]  # fmt: skip
    assert siblings.over_parts(found) == {"a": 1.2, "b": 2.0}


def test_what_heat_does_to_a_board_belongs_to_the_board():
    assert named(boards(100, 100, 120, nano_3=["throttled"])) == ["nano-3"]


def test_siblings_in_doubt_are_no_measure_while_there_are_others():
    group = boards(100, 100, 300, 300, 120, nano_3=["throttled"], nano_4=["hot"])
    ratio = next(own for own in siblings.ratios(group, made.RUN) if own.host == "nano-5")
    assert (ratio.ratio, ratio.doubts, ratio.siblings) == (1.2, (), {"image": 100.0})


def test_if_every_sibling_is_in_doubt_the_comparison_says_so():
    (_, second) = siblings.ratios(boards(100, 120, nano_1=["hot"]), made.RUN)
    assert second.doubts == (NO_SOUND_SIBLING,) and second.ratio == 1.2


def test_a_single_board_has_no_ratio():
    assert siblings.ratios(boards(100), made.RUN) == [SiblingRatio("nano-1", None, {"image": 100.0}, {})]


def test_of_many_rows_the_median_quotient_counts():
    slow = made.modules(ms=20.0)
    slow["rows"][0]["ms"] = 2000.0  # one network of two, once
    third = dict(slow["rows"][1], network="other", ms=10.0)
    group = [made.board("nano-1", {made.MODULES: made.modules()}), made.board("nano-2", {made.MODULES: slow})]
    for board in group:
        board.records[made.MODULES]["rows"].append(third)
    assert [own.ratio for own in siblings.ratios(group, made.MODULES)] == [1.0, 1.0]


def test_boards_with_another_application_or_engine_are_not_compared():
    group = [*boards(100, 100), made.board("nano-3", {made.RUN: made.run(ms=300)}, app="f" * 64)]
    alike, differs = siblings.comparable(group, made.RUN)
    assert [board.host for board in alike] == ["nano-1", "nano-2"]
    assert differs == {"nano-3": "application ffffffffffff, elsewhere aaaaaaaaaaaa"}
    assert [own.host for own in siblings.ratios(group, made.RUN)] == ["nano-1", "nano-2"]


def test_two_boards_that_differ_cannot_be_compared_at_all():
    group = [made.board("nano-1", {made.RUN: made.run(engine="one")}),
             made.board("nano-2", {made.RUN: made.run(engine="two")})]  # fmt: skip
    alike, differs = siblings.comparable(group, made.RUN)
    assert alike == []
    assert differs == {"nano-1": "engine one, elsewhere two", "nano-2": "engine two, elsewhere one"}


def test_a_board_without_the_part_or_without_times_is_left_out():
    group = [*boards(100, 100), made.board("nano-3", {})]
    group[1].records[made.RUN]["latency_ms"] = {}
    assert [own.host for own in siblings.ratios(group, made.RUN)] == ["nano-1"]


def reading(host, *texts):
    return made.board(host, {made.RUN: made.run(texts=texts)})


def test_a_board_that_reads_other_text_than_most_is_named():
    group = [reading("nano-1", "A", "B"), reading("nano-2", "A", "B"), reading("nano-3", "A", "8")]
    (found,) = siblings.other_texts(group, made.RUN)
    assert (found.host, found.images, found.of, found.settled) == ("nano-3", 1, 2, True)
    assert found.examples == [("001", "8", "B")]


def test_of_two_boards_that_differ_both_are_named():
    found = siblings.other_texts([reading("nano-1", "A"), reading("nano-2", "B")], made.RUN)
    assert [(own.host, own.settled, own.examples) for own in found] == [
        ("nano-1", False, [("000", "A", "B")]), ("nano-2", False, [("000", "B", "A")])
    ]  # fmt: skip


def test_boards_that_read_the_same_are_not_named():
    assert siblings.other_texts([reading("nano-1", "A"), reading("nano-2", "A")], made.RUN) == []


def test_an_error_is_another_text():
    failing = reading("nano-2", "A")
    failing.records[made.RUN]["images"][0].update(lines=[], error={"code": "truncated"})
    found = siblings.other_texts([reading("nano-1", "A"), failing, reading("nano-3", "A")], made.RUN)
    assert [(own.host, own.examples) for own in found] == [("nano-2", [("000", "error: truncated", "A")])]


def test_texts_that_are_not_in_the_record_are_not_compared():
    record = made.run(texts=("A",))
    record["images"][0]["lines"] = None
    assert siblings.texts_of(record) == {}
