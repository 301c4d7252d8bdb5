"""The self-test moves the gate by the gate's own code, and leaves the pins low; fake pins (tests/support)."""

import pytest
from fake_pins import FakePins

from ocr_app.line.outputs.reject import RejectGate
from ocr_app.line.outputs.self_test import GateSelfTest, steps_of
from ocr_app.line.settings.outputs import RejectSettings

GATE, WATCHDOG = 11, 13


def settings(**more):
    options = {"gpio": "jetson", "pin": GATE, "delay_ms": 20.0, "length_ms": 150.0}
    return RejectSettings(**dict(options, watchdog_pin=WATCHDOG, watchdog_ms=20.0, **more))


class Bench:
    """``seen``: the levels of both pins that each step had."""

    def __init__(self, status, chosen):
        self.pins, self.seen = FakePins(), {}
        self.test = GateSelfTest(chosen, lambda alive: RejectGate(chosen, self.pins, status, alive))

    def run(self, answers=()):
        marks = []
        found = self.test.run(
            lambda step: dict(answers).get(step.words, True), lambda step: marks.append((step, len(self.pins.writes)))
        )
        ends = [start for _, start in marks[1:]] + [len(self.pins.writes)]
        for (step, start), end in zip(marks, ends):
            writes = self.pins.writes[start:end]
            self.seen[step.verdict or step.words] = {
                pin: [level for written, level in writes if written == pin] for pin in (GATE, WATCHDOG)
            }
        return found


def test_a_pass_opens_it_a_reject_does_not_and_the_watchdog_ends(status):
    chosen = settings()
    bench = Bench(status, chosen)
    assert bench.run() == [True] * 5
    assert bench.seen["pass"][GATE] == [True, False]
    assert bench.seen["fail"][GATE] == []
    alive, ended = [step.words for step in steps_of(chosen)[-2:]]
    assert len(bench.seen[alive][WATCHDOG]) > 4
    assert bench.seen[ended][WATCHDOG] in ([], [False])
    assert bench.pins.levels == {GATE: False, WATCHDOG: False} and bench.pins.is_closed


def test_what_was_not_seen_is_told(status):
    chosen = settings()
    opens = steps_of(chosen)[1].words
    assert Bench(status, chosen).run({opens: False}.items()) == [True, False, True, True, True]


def test_an_error_leaves_the_pins_low(status):
    bench = Bench(status, settings())

    def interrupted(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.test.run(interrupted, lambda step: None)
    assert bench.pins.levels == {GATE: False, WATCHDOG: False} and bench.pins.is_closed


def test_only_the_pins_that_are_there_are_tried():
    assert [step.verdict for step in steps_of(RejectSettings(gpio="jetson", pin=GATE))] == ["", "pass", "fail"]
    only = steps_of(RejectSettings(gpio="jetson", watchdog_pin=WATCHDOG))
    assert [step.is_alive for step in only] == [True, False]
    assert all("pin 13" in step.words for step in only)
