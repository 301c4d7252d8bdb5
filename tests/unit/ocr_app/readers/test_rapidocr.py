"""The rapidocr reader around stand-ins of both generations; the real ones are tried in tests/envs."""

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, UsageError
from ocr_app.readers import rapidocr
from ocr_app.readers.contract import ReaderOptions, Timer

BOX = [[0, 0], [8, 0], [8, 4], [0, 4]]


class Runtime:
    __version__ = "1.32.0"

    def __init__(self, *providers):
        self._providers = list(providers)

    def get_available_providers(self):
        return self._providers


class Session:
    def __init__(self, *providers):
        self.session = self
        self._providers = list(providers)

    def get_providers(self):
        return self._providers


class Output:
    def __init__(self, texts, scores, boxes=None, seconds=None):
        self.txts, self.scores, self.boxes, self.elapse_list, self.elapse = texts, scores, boxes, seconds, 0.003


class NewLibrary:
    """RapidOCR 3: switches stick, nothing found gives an empty output."""

    empty = False

    def RapidOCR(self, params):
        self.params, self.calls = params, []
        self.text_det = Session("CPUExecutionProvider")
        self.text_det.session = Session("CPUExecutionProvider")
        return self

    def __call__(self, image, **switches):
        self.calls.append(switches)
        image[:] = 0
        if self.empty:
            return Output(None, None, None, [])
        if not switches["use_det"]:
            return Output(("one", "two"), [0.5, 0.9])
        return Output((" A ", ""), (0.9, 0.8), np.array([BOX, BOX]), [0.004, None, 0.002])


class OldLibrary:
    """RapidOCR 1: lists, or None where nothing is found."""

    empty = False

    def RapidOCR(self, **options):
        self.options = options
        self.text_det = type("Detector", (), {"infer": Session("CPUExecutionProvider")})
        return self

    def __call__(self, image, use_det, use_cls, use_rec):
        if self.empty:
            return None, None
        if not use_det:
            return [["line", 0.7]], [0.003]
        return [[BOX, "A", "0.9"]], [0.004, 0.001, 0.002]


@pytest.fixture(params=["v6-small", "v4"])
def library(request, monkeypatch):
    library = NewLibrary() if request.param == "v6-small" else OldLibrary()
    library.model = request.param
    library.runtime = Runtime("CPUExecutionProvider")
    monkeypatch.setattr(rapidocr, "_libraries", lambda model: (library, library.runtime))
    monkeypatch.setattr(rapidocr, "_version", lambda package: "1.0")
    return library


def opened(library, **options):
    return rapidocr.open_reader(ReaderOptions(model=library.model, **options))


def test_lines_and_its_own_times(library, image):
    timer, before = Timer(), image.copy()
    lines = opened(library).read(image, timer)
    assert [(line.text, line.quad.tolist(), line.confidence) for line in lines] == [("A", BOX, 0.9)]
    assert timer.ms["detect"] == pytest.approx(4.0)
    assert timer.ms["recognise"] == pytest.approx(2.0 if library.model == "v6-small" else 3.0)
    assert np.array_equal(image, before)


def test_one_line_skips_detection(library, image):
    timer = Timer()
    lines = opened(library).read_line(image, timer)
    assert [line.text for line in lines] == (["one two"] if library.model == "v6-small" else ["line"])
    assert lines[0].quad.tolist() == BOX
    assert "detect" not in timer.ms


def test_nothing_found_is_no_lines_and_its_time_is_detection(library, image):
    reader, timer = opened(library), Timer()
    library.empty = True
    assert reader.read(image, timer) == []
    assert sorted(timer.ms) == ["detect"]
    assert reader.read_line(image) == []


def test_threads_are_bounded(library):
    opened(library, threads=3)
    given = library.params if library.model == "v6-small" else library.options
    assert [value for name, value in given.items() if name.endswith("intra_op_num_threads")] == [3]


def test_what_cannot_be_had_is_refused(library):
    for options, error in (
        ({"device": "cuda"}, DeviceUnavailable),
        ({"device": "tpu"}, DeviceUnavailable),
        ({"precision": "fp16"}, PrecisionUnavailable),
    ):
        with pytest.raises(error):
            opened(library, **options)
    with pytest.raises(UsageError):
        rapidocr.open_reader(ReaderOptions(model="v1"))


def test_its_silent_way_back_to_the_cpu_is_noticed(library):
    library.runtime = Runtime("CUDAExecutionProvider", "CPUExecutionProvider")
    with pytest.raises(DeviceUnavailable) as caught:
        opened(library, device="cuda")
    assert "fell back to CPUExecutionProvider" in caught.value.found


def test_what_the_library_raises_is_a_failure_of_the_reader(library, image, monkeypatch):
    reader = opened(library)
    monkeypatch.setattr(type(library), "__call__", lambda *arguments, **named: 1 / 0)
    with pytest.raises(ReaderFailed):
        reader.read(image)
