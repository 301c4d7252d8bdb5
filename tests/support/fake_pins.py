"""Fake pins: they remember what was done to them. There is no GPIO here."""

from ocr_app.line.outputs.gpio import GpioPins


class FakePins(GpioPins):
    """``levels``: the present level by pin; ``writes``: (pin, level) in order, changes only; ``watched``: callbacks."""

    def __init__(self):
        self.levels, self.writes, self.watched, self.is_closed = {}, [], {}, False

    def make_output(self, pin):
        self.levels[pin] = False

    def write(self, pin, level):
        assert pin in self.levels and not self.is_closed
        if self.levels[pin] != bool(level):
            self.writes.append((pin, bool(level)))
        self.levels[pin] = bool(level)

    def watch(self, pin, edge, changed):
        self.watched[pin] = (edge, changed)

    def close(self):
        self.is_closed = True
