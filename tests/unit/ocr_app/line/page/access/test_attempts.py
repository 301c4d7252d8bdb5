"""Failures cost time, and more of it each time."""

import pytest

from ocr_app.line.page.access import attempts
from ocr_app.line.page.access.attempts import SignInAttempts


@pytest.fixture
def clock():
    return [0.0]


@pytest.fixture
def made(clock):
    return SignInAttempts(lambda: clock[0])


def test_a_few_failures_are_free_and_then_the_wait_doubles(made, clock):
    waits = []
    for _ in range(9):
        waits.append(made.wait_s("anna", "a"))
        clock[0] += waits[-1]
        made.failed("anna", "a")
    assert waits == [0, 0, 0, 0, 0, 15, 30, 60, 120]
    assert made.wait_s("erik", "a") == 0 and made.wait_s("anna", "b") == 0


def test_a_hundred_thousand_pins_take_years(made, clock):
    for _ in range(100):
        clock[0] += made.wait_s("anna", "a")
        made.failed("anna", "a")
    assert clock[0] / 100 * 900000 / 86400 / 365 > 10


def test_a_name_and_an_address_are_bounded_too(made):
    for number in range(20):
        made.failed("anna", str(number))
    assert made.wait_s("anna", "another") > 0
    for number in range(30):
        made.failed(str(number), "a")
    assert made.wait_s("somebody", "a") > 0


def test_a_right_secret_forgets_and_is_not_counted(made):
    for _ in range(50):
        made.failed("anna", "a")
        made.succeeded("anna", "a")
    assert made.wait_s("anna", "a") == 0


def test_an_hour_forgets(made, clock):
    for _ in range(6):
        made.failed("anna", "a")
    clock[0] = attempts.WINDOW_S + 1
    assert made.wait_s("anna", "a") == 0


def test_memory_is_bounded(made):
    for number in range(3000):
        made.failed(str(number), str(number))
    assert len(made._failures) == attempts._MOST_KEYS
