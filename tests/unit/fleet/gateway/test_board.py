"""What the nodes of a board show, and with which quality."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from fleet.gateway import messages
from fleet.gateway.board import AWAY, GOOD, NODES, WAITS, BoardView
from tests.unit.fleet.gateway.test_messages import PART, STATE

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def part(number, boot="q", **more):
    return messages.parse_part(
        json.dumps({**PART, "number": number, "boot": boot, "previous": number - 1, **more}).encode()
    )


def state(boot="q"):
    return messages.parse_state(json.dumps({**STATE, "boot": boot}).encode())


@pytest.fixture
def view():
    made = BoardView()
    made.available(True, NOW)
    made.state(state(), NOW)
    made.part(part(7), NOW)
    return made


def qualities(view):
    return {path: value.quality for path, value in view.shown.items()}


def test_everything_is_good_with_the_time_of_the_trigger(view):
    assert set(qualities(view).values()) == {GOOD} and len(view.shown) == len(NODES)
    assert view.shown["Part.Sequence"].value == 7 and view.shown["Part.Sequence"].at.year == 2001
    assert view.shown["Part.VerdictCode"].value == 1 and view.shown["Part.Values"].value == ["7"]
    assert view.shown["Ready"].at == NOW


def test_a_clock_that_is_not_trusted_is_not_shown_as_the_time(view):
    view.part(part(8, clock_trusted=False), NOW)
    assert view.shown["Part.Text"].at == NOW


def test_what_is_not_newer_changes_nothing(view):
    assert view.part(part(7), NOW) == {} and view.part(part(3), NOW) == {}
    assert list(view.part(part(8), NOW)) == ["Part.Sequence"], "and what stays equal is not written again"


def test_a_gap_is_counted(view):
    view.part(part(12), NOW)
    assert view.shown["Missed"].value == 1


def test_a_board_that_goes_is_bad_and_keeps_what_it_said(view):
    view.available(False, NOW)
    assert view.shown["Online"].quality == GOOD and view.shown["Online"].value is False
    assert {quality for path, quality in qualities(view).items() if path != "Online"} == {AWAY}
    assert view.shown["Part.Sequence"].value == 7


def test_the_same_start_of_the_service_makes_its_last_part_good_again(view):
    view.available(False, NOW)
    view.available(True, NOW + timedelta(seconds=9))
    view.state(state(), NOW + timedelta(seconds=9))
    assert set(qualities(view).values()) == {GOOD} and view.shown["Part.Sequence"].at.year == 2001


def test_after_another_start_there_is_no_part_until_the_next(view):
    view.available(False, NOW)
    view.available(True, NOW)
    view.state(state("r"), NOW)
    assert view.shown["Part.Verdict"].quality == WAITS and view.shown["Ready"].quality == GOOD
    view.part(part(1, "r"), NOW)  # of a journal that was made anew
    assert view.shown["Part.Verdict"].quality == GOOD and view.shown["Part.Sequence"].value == 1


def test_without_the_broker_nothing_is_known(view):
    view.broker_gone()
    assert set(qualities(view).values()) == {AWAY}


def test_before_anything_came_a_node_waits():
    view = BoardView()
    view.broker_gone()
    assert set(qualities(view).values()) == {WAITS}
