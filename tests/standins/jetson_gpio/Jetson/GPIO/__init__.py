# ruff: noqa: N999 - the name of the library that it stands in for
"""Writes every change of a pin to the file $FAKE_GPIO, and fires edges for lines in $FAKE_GPIO.in. A fake: no pins."""

import os
import threading
import time

BOARD, BCM = 10, 11
OUT, IN = 0, 1
LOW, HIGH = 0, 1
RISING, FALLING, BOTH = 31, 32, 33
_modes = {}
_cleaned = threading.Event()


def _say(*words):
    with open(os.environ["FAKE_GPIO"], "a") as stream:
        stream.write(" ".join(str(word) for word in (time.monotonic(),) + words) + "\n")


def setmode(mode):
    assert mode == BOARD


def setup(pin, direction, initial=None):
    _modes[pin] = direction
    if direction == OUT:
        _say("out", pin, initial)


def output(pin, level):
    assert _modes[pin] == OUT
    _say("out", pin, level)


def add_event_detect(pin, edge, callback=None):
    assert _modes[pin] == IN and edge in (RISING, FALLING, BOTH)

    path = os.environ["FAKE_GPIO"] + ".in"

    def watch():
        seen = 0
        while not _cleaned.wait(0.002):
            try:
                with open(path) as stream:
                    lines = len(stream.readlines())
            except OSError:
                lines = 0
            for _ in range(seen, lines):
                callback(pin)
            seen = lines

    threading.Thread(target=watch, daemon=True).start()


def cleanup():
    _cleaned.set()
    _say("cleanup")
