"""A bounded number of restarts, counted within ten minutes."""

import pytest

from ocr_app.core.errors import ReaderFailed, ServiceError
from ocr_app.line.reading.restarts import WINDOW_S, RestartBudget

ERROR = ReaderFailed("it hung", next_step="docker logs", code="hung")


@pytest.fixture
def clock():
    return [0.0]


def test_one_too_many_ends_the_service(clock):
    budget = RestartBudget(2, lambda: clock[0])
    budget.spend(ERROR)
    budget.spend(ERROR)
    with pytest.raises(ServiceError, match="failed 3 times in 600 s, last: it hung") as caught:
        budget.spend(ERROR)
    assert (caught.value.expected, caught.value.next_step) == ("at most 2", "docker logs")


def test_none_are_allowed_where_the_limit_is_zero(clock):
    with pytest.raises(ServiceError):
        RestartBudget(0, lambda: clock[0]).spend(ERROR)


def test_old_restarts_do_not_count(clock):
    budget = RestartBudget(1, lambda: clock[0])
    for _ in range(5):
        budget.spend(ERROR)
        clock[0] += WINDOW_S + 0.1
