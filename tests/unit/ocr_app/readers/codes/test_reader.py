"""The reader `codes` with networks whose answer is known: order, margin, both ways, the cap, phases."""

import json

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, ReaderFailed, UsageError
from ocr_app.core.types import LinePosterior, ReaderInfo
from ocr_app.imaging.geometry import box_quad, sides
from ocr_app.networks.contract import Network
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import FoundLine
from ocr_app.readers.codes.recogniser import CodeRecogniser, CodeRecogniserSettings
from ocr_app.readers.contract import ReaderOptions, Timer

SETTINGS = codes.CodesSettings(
    margin=0.1, most_lines=3, least_confidence=0.5, sure_place=0.5, sure_text=0.85, doubtful_lines=2
)
INFO = ReaderInfo("codes:test", "test 1", "cpu", "fp32")
SIGNS = ["", "-", "A", "B"]


class ReadsShape(Network):
    """Says B where the left half of a crop is brighter than its right half, else A; sure of it in B's case only."""

    inputs, outputs = ("image",), ("logits",)
    metadata = {"characters": json.dumps(SIGNS)}

    def __init__(self):
        self.batches = []

    def infer(self, arrays):
        blob = arrays["image"]
        self.batches.append(len(blob))
        logits = np.zeros((len(blob), blob.shape[3] // 4, len(SIGNS)), np.float32)
        logits[:, :, 0] = 9.0
        for row, line in zip(logits, blob[:, 0]):
            own = int(np.abs(line).sum(axis=0).nonzero()[0].max()) + 1 if line.any() else 2
            bright_first = line[:, : own // 2].mean() > line[:, own // 2 : own].mean()
            row[1, 3 if bright_first else 2] = 19.0 if bright_first else 10.0
        return {"logits": logits}


def found(*boxes):
    return [FoundLine(box_quad(*box), 1.0 - 0.01 * k) for k, box in enumerate(boxes)]


def reader(*boxes, **options):
    network = ReadsShape()
    settings = SETTINGS._replace(**options)
    made = codes.CodesReader(
        lambda image: found(*boxes), CodeRecogniser(network, CodeRecogniserSettings()), settings, INFO
    )
    return made, network


def frame():
    """Dark on the left, bright on the right."""
    image = np.tile(np.linspace(0, 255, 640).astype(np.uint8), (480, 1))
    return np.repeat(image[:, :, None], 3, axis=2)


def test_three_lines_are_one_batch_in_reading_order():
    made, network = reader((100, 300, 200, 20), (340, 40, 200, 20), (50, 41, 200, 20))
    lines = made.read(frame())
    assert network.batches == [3]
    assert [int(line.quad[0][1]) // 10 for line in lines] == [3, 3, 29] and lines[0].quad[0][0] < lines[1].quad[0][0]


def test_a_margin_of_a_tenth_of_the_height_is_kept_round_a_line():
    made, _ = reader((100, 100, 200, 40))
    (line,) = made.read(frame())
    assert sides(line.quad) == pytest.approx((208, 48))


def test_an_upright_line_is_read_from_both_ends_and_the_surer_way_stays():
    made, network = reader()
    made._detector = lambda image: [FoundLine(np.array([[320, 40], [320, 240], [300, 240], [300, 40]], np.float32), 1)]
    image = np.ascontiguousarray(frame().transpose(1, 0, 2))  # dark above, bright below: bright first from below
    (line,) = made.read(image)
    assert network.batches == [2]
    assert line.text == "B" and line.quad[0][1] > line.quad[1][1]


def test_more_lines_than_the_cap_are_noted_never_dropped_in_silence():
    boxes = [(10, 10 + 50 * k, 100, 20) for k in range(5)]
    made, network = reader(*boxes)
    timer = Timer()
    assert len(made.read(frame(), timer)) == 3
    assert timer.notes == ["too-many-lines"] and network.batches == [3]
    timer = Timer()
    reader(*boxes[:3])[0].read(frame(), timer)
    assert timer.notes == []


def test_unsure_lines_of_an_image_are_dropped_and_given_lines_are_not():
    made, _ = reader((100, 100, 200, 40), least_confidence=0.9)
    assert made.read(frame()) == []  # A, with a probability of 0.73
    (line,) = made.read_line(frame()[100:140, 100:300])
    assert line.text == "A" and line.confidence == pytest.approx(1 / (1 + np.exp(-1.0)), abs=1e-3)


def says(text, probability):
    """A posterior whose best path is ``text``, each character with that probability."""
    signs = ("", *sorted(set(text) | {"0"}))
    chances = np.full((2 * len(text), len(signs)), 1e-9, np.float32)
    chances[::2, 0] = 1.0
    for step, sign in enumerate(text):
        chances[2 * step + 1, [0, signs.index(sign)]] = 1 - probability, probability
    return LinePosterior(box_quad(0, 0, 90, 20), np.log(chances), signs)


@pytest.mark.parametrize(
    ("text", "probability", "code"),
    [
        ("13:05", 0.99, True),
        ("L 157828", 0.9, True),
        ("13:05", 0.8, False),  # unsure
        ("BONREAMS", 0.99, False),  # a word
        ("L12A", 0.99, False),  # two digits
        ("123", 0.99, False),  # three characters
        ("1 2 3", 0.99, False),
    ],
)
def test_what_reads_like_a_code(text, probability, code):
    assert codes.reads_like_code(says(text, probability), 0.85) is code


def test_a_doubtful_place_counts_where_it_reads_like_a_code(monkeypatch):
    made, network = reader()
    places = [FoundLine(box_quad(10, 10 + 50 * k, 100, 20), score) for k, score in enumerate((0.9, 0.4, 0.4, 0.3))]
    made._detector = lambda image: places
    assert len(made.read(frame())) == 1 and network.batches == [3]  # the fourth is beyond doubtful_lines
    monkeypatch.setattr(codes, "reads_like_code", lambda posterior, least: least == 0.85)
    assert len(made.read(frame())) == 3


def test_phases_are_timed():
    made, _ = reader((100, 100, 200, 40))
    timer = Timer()
    made.read(frame(), timer)
    assert set(timer.ms) == {"detect", "recognise", "decode"}
    timer = Timer()
    made.read_line(frame(), timer)
    assert set(timer.ms) == {"recognise", "decode"}


def test_posteriors_carry_quad_and_characters_and_the_image_stays():
    made, _ = reader((100, 100, 200, 40))
    image = frame()
    (posterior,) = made.posteriors(image)
    assert posterior.characters == tuple(SIGNS) and posterior.log_probs.shape[1] == len(SIGNS)
    assert (image == frame()).all()
    (line,) = made.line_posteriors([image[:, :, 0]])
    np.testing.assert_array_equal(line.quad, box_quad(0, 0, 640, 480))


def test_no_lines_no_call_of_the_recogniser():
    made, network = reader()
    assert made.read(frame()) == [] and network.batches == []
    assert made.read_lines([]) == []


def test_a_fault_inside_is_a_failure_of_the_reader():
    made, _ = reader()

    def fault(image):
        raise ValueError("inside")

    made._detector = fault
    with pytest.raises(ReaderFailed, match="inside"):
        made.read(frame())


def test_unknown_model():
    with pytest.raises(UsageError, match="unknown codes model"):
        codes.model_record("v0")


def test_a_model_file_that_is_another_is_refused_by_name(monkeypatch, tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "models").mkdir(parents=True)
    (tmp_path / "models" / "code-detector.onnx").write_bytes(b"wrong")
    monkeypatch.setattr(model_files, "DATA", str(tmp_path))
    with pytest.raises(ModelError, match=r"detector\.onnx has sha256"):
        codes.open_reader(ReaderOptions())
    (tmp_path / "models" / "code-detector.onnx").unlink()
    with pytest.raises(ModelError, match=r"detector\.onnx does not exist"):
        codes.open_reader(ReaderOptions())
    assert "code-detector.onnx" in codes.probe().problem


def test_a_doubtful_place_that_continues_a_sure_line_is_a_part_of_it():
    sure = says("JAN", 0.99)._replace(score=0.9)
    first = says("16", 0.99)._replace(quad=box_quad(-70, 1, 40, 20), score=0.3)
    settings = SETTINGS._replace(sure_place=0.5, sure_text=0.85)
    assert codes.which_count([first, sure], settings) == [True, True]
    assert codes.which_count([says("16", 0.6)._replace(quad=first.quad, score=0.3), sure], settings) == [False, True]
    far = first._replace(quad=box_quad(-270, 1, 40, 20))
    assert codes.which_count([far, sure], settings) == [False, True]
    unread = first._replace(log_probs=first.log_probs[:0])
    assert codes.which_count([unread, sure], settings) == [False, True]


def test_places_that_do_not_count_are_kept_and_said_so():
    made, _ = reader()
    made._detector = lambda image: [
        FoundLine(box_quad(10, 10 + 90 * k, 100, 20), score) for k, score in enumerate((0.9, 0.4, 0.4, 0.3))
    ]
    posteriors = made.posteriors(frame())
    assert [(each.sure, each.score, len(each.log_probs) > 0) for each in posteriors] == [
        (True, 0.9, True), (False, 0.4, True), (False, 0.4, True), (False, 0.3, False),
    ]  # fmt: skip
    assert len(made.read(frame())) == 1


def test_steep_lines_of_one_direction_decide_together_which_way_is_up():
    down, up = says("ABC", 0.6), says("ABC", 0.99)
    mistaken = [says("X", 0.9), says("X", 0.7)]
    lines = [[down, up], mistaken]
    codes.turn_the_surer_way(lines, codes.total_probability)
    assert lines[0][0] is up and lines[1][0].log_probs.shape == mistaken[0].log_probs.shape
    lines = [[up, down], [says("X", 0.7), says("X", 0.9)]]
    codes.turn_the_surer_way(lines, codes.total_probability)
    assert lines[0][0] is up
