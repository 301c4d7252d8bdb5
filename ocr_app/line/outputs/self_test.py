"""The self-test of the reject gate: it drives the real pins by the real gate, and says what has to be seen.

Nothing can tell from the board alone whether a flap moved. So each step says in words what the pins do, and the person
at the gate says whether that happened.
"""

import threading
import time
from typing import Callable, List, NamedTuple

from ocr_app.line.journal.rows import FAIL, PASS, PartRow
from ocr_app.line.outputs.reject import RejectGate
from ocr_app.line.settings.outputs import RejectSettings

_WATCHDOG_CHANGES = 12  # of the watchdog's pin in its step
_REST_S = 1.0
_LEAD_S = 0.2  # the part of a step is triggered this much later, so that its window is never missed


class GateStep(NamedTuple):
    """One step. ``words``: what has to be seen; ``verdict``: of a part that is triggered, empty for none.

    ``lasts_s``: how long the step takes; ``is_alive``: whether the watchdog goes on.
    """

    words: str
    verdict: str
    lasts_s: float
    is_alive: bool = True


def steps_of(settings: RejectSettings) -> List[GateStep]:
    """What is tried with these pins, in order: closed, a pass, a reject, and the watchdog's end."""
    found: List[GateStep] = []
    window_s = (settings.delay_ms + settings.length_ms) / 1000.0 + _LEAD_S + _REST_S
    if settings.pin:
        opens = "pin {} is high for {:g} ms, in {:g} ms: the part passes".format(
            settings.pin, settings.length_ms, settings.delay_ms + 1000.0 * _LEAD_S
        )
        found = [
            GateStep("pin {} is low: whatever comes now is rejected".format(settings.pin), "", 2.0 * _REST_S),
            GateStep(opens, PASS, window_s),
            GateStep("pin {} stays low: the part is rejected".format(settings.pin), FAIL, window_s),
        ]
    if settings.watchdog_pin:
        changes_s = _WATCHDOG_CHANGES * settings.watchdog_ms / 1000.0
        alive = "pin {} changes every {:g} ms: the relay holds".format(settings.watchdog_pin, settings.watchdog_ms)
        ended = "pin {} stays low, as if the service had died: the relay falls, and nothing passes".format(
            settings.watchdog_pin
        )
        found += [GateStep(alive, "", changes_s), GateStep(ended, "", changes_s, is_alive=False)]
    return found


class GateSelfTest:
    """``make_gate``: the gate that the line has, given what says whether the service is alive."""

    def __init__(
        self,
        settings: RejectSettings,
        make_gate: Callable[[Callable[[], bool]], RejectGate],
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._now, self._sleep = settings, now, sleep
        self._is_alive = True
        self._gate = make_gate(lambda: self._is_alive)
        self._part = 0

    def run(self, judge: Callable[[GateStep], bool], begin: Callable[[GateStep], None]) -> List[bool]:
        """Step by step: ``begin`` is told what comes, ``judge`` says afterwards whether it was seen.

        The pins are low afterwards, whatever happens.
        """
        stop = threading.Event()
        driver = threading.Thread(target=self._gate.run, args=(stop,), name="gate")
        driver.start()
        seen = []
        try:
            for step in steps_of(self._settings):
                begin(step)
                self._is_alive = step.is_alive
                if step.verdict:
                    self._gate.put(self._row(step.verdict), b"")
                self._sleep(step.lasts_s)
                seen.append(judge(step))
        finally:
            stop.set()
            driver.join()
        return seen

    def _row(self, verdict: str) -> PartRow:
        """A part that is triggered in a moment, of no journal."""
        self._part += 1
        triggered = self._now() + _LEAD_S
        return PartRow(
            number=self._part,
            id="self-test-{}".format(self._part),
            board="",
            boot="",
            cause="self-test",
            name="",
            frame="",
            triggered=triggered,
            captured=None,
            decided=triggered,
            wall=time.time(),
            clock_trusted=False,
            verdict=verdict,
        )
