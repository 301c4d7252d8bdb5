"""The state of the service, and whether its main loop is alive."""

import pytest

from ocr_app.line.health import health_file
from ocr_app.line.health.snapshot import document
from ocr_app.line.health.status import ServiceStatus


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def status(clock):
    return ServiceStatus(lambda: clock[0])


def test_a_main_loop_that_is_overdue_is_not_live(status, clock):
    status.enter(health_file.READING)
    status.busy(20.0)
    clock[0] += 20.0
    assert status.snapshot().live and status.snapshot().ready
    clock[0] += 0.1
    assert not status.snapshot().live and not status.snapshot().ready
    status.busy(1.0)
    assert status.snapshot().live
    status.give_up()
    assert not status.snapshot().live


def test_a_reader_that_is_proved_still_warms_up(status):
    status.enter(health_file.READING)
    status.set_proving(True)
    assert (status.snapshot().state, status.snapshot().ready, status.serving) == (health_file.WARMING_UP, False, True)
    status.set_proving(False)
    assert status.snapshot().ready


def test_it_serves_while_one_of_several_processes_reads_and_each_has_to_be_alive(status, clock):
    status.enter(health_file.STARTING, seat=0)
    status.enter(health_file.READING, {"reader": "codes"}, seat=1)
    assert status.snapshot().ready and status.snapshot().state == health_file.READING
    status.busy(60.0, seat=0)
    status.busy(10.0, seat=1)
    clock[0] += 11.0
    assert not status.snapshot().live, "one that is overdue hangs, whatever the other does"
    status.busy(10.0, seat=1)
    status.enter(health_file.WARMING_UP, seat=1)
    assert status.snapshot().live and not status.snapshot().ready


def test_nothing_comes_after_stopping(status):
    status.enter(health_file.STOPPING)
    status.enter(health_file.READING)
    assert status.snapshot().state == health_file.STOPPING


def test_latency_is_that_of_the_last_minute(status, clock):
    status.record_latency(500.0)
    clock[0] += 61
    for ms in range(1, 101):
        status.record_latency(float(ms))
    assert status.snapshot().latency_ms == {"0.5": 50.0, "0.95": 95.0, "0.99": 99.0}
    assert document(status.snapshot(), "r", 7)["latency_ms"] == 95.0
    clock[0] += 61
    assert "latency_ms" not in document(status.snapshot(), "r", 8)
