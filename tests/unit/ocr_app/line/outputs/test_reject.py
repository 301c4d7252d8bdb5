"""The gate is open for passes alone, and only in their window; fake pins (tests/support/fake_pins.py)."""

import threading

import pytest
from fake_pins import FakePins

from ocr_app.line.outputs.reject import RejectGate
from ocr_app.line.settings.outputs import RejectSettings

GATE, WATCHDOG = 11, 13


class Bench:
    def __init__(self, status, **settings):
        self.now, self.alive, self.pins = 100.0, True, FakePins()
        options = dict({"gpio": "jetson", "pin": GATE, "delay_ms": 500.0, "length_ms": 100.0}, **settings)
        self.gate = RejectGate(RejectSettings(**options), self.pins, status, lambda: self.alive, lambda: self.now)

    def levels(self, until, pin=GATE):
        """[(milliseconds after 100.0, level)] of each change until then."""
        found, seen = [], self.pins.levels[pin]
        while self.now < until:
            self.gate.step()
            if self.pins.levels[pin] != seen:
                seen = self.pins.levels[pin]
                found.append((round((self.now - 100.0) * 1000), seen))
            self.now = round(self.now + 0.01, 3)
        return found


@pytest.fixture
def make_bench(status):
    return lambda **settings: Bench(status, **settings)


def test_a_pass_opens_the_gate_for_its_window_and_a_reject_does_not(make_bench, make_row):
    bench = make_bench()
    bench.gate.put(make_row(1, "pass", 100.0), b"")
    bench.gate.put(make_row(2, "fail", 100.3), b"")
    bench.gate.put(make_row(3, "pass", 100.6), b"")
    assert bench.levels(102.0) == [(500, True), (600, False), (1100, True), (1200, False)]


def test_a_reject_closes_the_window_of_the_pass_before(make_bench, make_row):
    bench = make_bench(length_ms=300.0)
    bench.gate.put(make_row(1, "pass", 100.0), b"")
    bench.gate.put(make_row(2, "hold", 100.1), b"")
    assert bench.levels(102.0) == [(500, True), (600, False)]


def test_passes_in_a_row_keep_it_open(make_bench, make_row):
    bench = make_bench(length_ms=300.0)
    for number in range(3):
        bench.gate.put(make_row(number, "pass", 100.0 + number * 0.2), b"")
    assert bench.levels(102.0) == [(500, True), (1200, False)]


def test_a_pass_that_comes_too_late_is_rejected_and_counted(make_bench, make_row, status):
    bench = make_bench()
    bench.now = 100.56
    bench.gate.put(make_row(1, "pass", 100.0), b"")
    bench.gate.put(make_row(2, "pass", 100.02), b"")
    assert bench.levels(102.0) == [(560, True), (620, False)] and "output_lost" in status.snapshot().degraded


def test_the_watchdog_changes_only_while_the_service_is_alive(make_bench):
    bench = make_bench(pin=0, watchdog_pin=WATCHDOG, watchdog_ms=100.0)
    alive = bench.levels(101.0, WATCHDOG)
    assert len(alive) == 10 and [level for _, level in alive] == [True, False] * 5
    bench.now, bench.alive = 101.0, True
    bench.gate.step()
    bench.alive = False
    assert bench.levels(103.0, WATCHDOG)[-1][1] is False and len(bench.levels(105.0, WATCHDOG)) == 0


def test_pins_are_low_at_the_start_and_after_the_end(make_bench, make_row):
    bench = make_bench(delay_ms=0.0, length_ms=60000.0, watchdog_pin=WATCHDOG)
    assert bench.pins.levels == {GATE: False, WATCHDOG: False}
    bench.gate.put(make_row(1, "pass", 100.0), b"")
    bench.gate.step()
    assert bench.pins.levels[GATE]
    stop = threading.Event()
    stop.set()
    bench.gate.run(stop)
    assert bench.pins.levels == {GATE: False, WATCHDOG: False} and bench.pins.is_closed
