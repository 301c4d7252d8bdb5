"""Lost and found again: in the health for as long as it lasts, in the log when it changes."""

import logging

import pytest

from ocr_app.line.outputs.reach import OutputReach, RetryPause


@pytest.fixture
def reach(status, caplog):
    caplog.set_level(logging.INFO)
    return OutputReach(status, "webhook_lost", "webhook", "results wait", url="u")


def test_one_that_was_never_reached_is_lost_without_a_word(reach, status, caplog):
    reach.expect()
    assert status.degraded.current() == ["webhook_lost"] and not caplog.records
    reach.found()
    assert status.degraded.current() == [] and not caplog.records


def test_the_log_says_it_once_each_time(reach, status, caplog):
    for _ in range(3):
        reach.lost("refused")
    assert status.degraded.current() == ["webhook_lost"] and reach.is_lost
    for _ in range(3):
        reach.found()
    assert status.degraded.current() == [] and not reach.is_lost
    assert [record.getMessage() for record in caplog.records] == ["webhook lost; results wait", "webhook found again"]


def test_pauses_double_up_to_the_longest_and_begin_again():
    pause = RetryPause(1.0, 5.0)
    assert [pause.next_s() for _ in range(4)] == [1.0, 2.0, 4.0, 5.0]
    pause.reset()
    assert pause.next_s() == 1.0
