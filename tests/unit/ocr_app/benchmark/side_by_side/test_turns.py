"""Turns: every reader reads every image, in rotating order, and a failure is an entry."""

import numpy as np

from ocr_app.benchmark.side_by_side import turns
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import TextLine, line_to_json
from ocr_app.datasets.sample import Dataset, Sample
from ocr_app.scoring.line_matching import TruthLine

BOX = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float32)


class Seat:
    """A reader that answers with one text, or fails."""

    def __init__(self, name, text, log, ms=(5.0,)):
        self.name, self.text, self.log, self.ms = name, text, log, list(ms)

    def warm_up(self, layout, times):
        self.log.append((self.name, "warm-up", layout))

    def read(self, path, layout):
        self.log.append((self.name, path, layout))
        if self.text is None:
            raise ReaderFailed("broken")
        line = line_to_json(TextLine(self.text, BOX, 0.9))
        return {"lines": [line], "ms": self.ms.pop(0), "cpu_ms": 1.0, "error": None}


def photographs(count):
    samples = [Sample(str(k), str(k), "L 7", "page", None, (TruthLine("L 7", BOX),)) for k in range(count)]
    return turns.TurnsSet("photos", Dataset("photos", "photos", "", tuple(samples), complete=False))


def test_the_reader_that_begins_changes_from_image_to_image():
    log = []
    seats = [Seat("a", "L7", log, (1.0, 1.0)), Seat("b", "L7", log, (1.0, 1.0))]
    found = turns.compare(seats, [photographs(2)], 1, lambda words: None)
    assert [name for name, path, _ in log if path != "warm-up"] == ["a", "b", "b", "a"]
    assert log[:2] == [("a", "warm-up", "page"), ("b", "warm-up", "page")]
    assert [image["lines"] for image in found["a"]["photos"]] == [[[1, 1, 1]], [[1, 1, 1]]]


def test_the_fastest_repeat_counts():
    found = turns.compare([Seat("a", "L7", [], (9.0, 4.0, 6.0))], [photographs(1)], 3, lambda words: None)
    assert found["a"]["photos"][0]["ms"] == 4.0


def test_a_failure_is_an_entry_with_all_its_lines_lost():
    seats = [Seat("a", None, []), Seat("b", "EXP L7", [])]
    found = turns.compare(seats, [photographs(1)], 1, lambda words: None)
    failed, fine = found["a"]["photos"][0], found["b"]["photos"][0]
    assert failed["error"]["found"] == "broken" and failed["lines"] == [[0, 0, 0]] and failed["ms"] is None
    assert fine["error"] is None and fine["lines"] == [[1, 1, 0]]


def test_a_crop_counts_as_one_line():
    line = TextLine("exp: 12.05", BOX, 0.9)
    assert turns.outcomes_of(Sample("a", "a", "EXP 12/05", "line"), [line]) == [[1, 1, 1]]
    assert turns.outcomes_of(Sample("a", "a", "12/05", "line"), [line]) == [[1, 1, 0]]
    assert turns.outcomes_of(Sample("a", "a", "12/05", "line"), []) == [[0, 0, 0]]
