"""The process that reads for the service: what each request does, without a process."""

import json
import logging

import cv2
import numpy as np
import pytest

from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import LinePosterior, ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.line.reading import program
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name

CHARACTERS = ("",) + tuple(" AB7")
RECIPE = (
    "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [AB]}, {digits: 1, as: number}]}]}]\n"
)
LIMITS = [10**6, 10**6, 4]


class ReadsAB7(Reader):
    """Reads AB7 on every image, or fails where it is told to."""

    def __init__(self, failing=False):
        self.info = ReaderInfo("fake", "test 1", "cpu", "fp32")
        self.closed, self.failing, self.seen = False, failing, []

    def posteriors(self, image, timer=None):
        self.seen.append(image.shape)
        if self.failing:
            raise ReaderFailed("no")
        logs = np.full((7, len(CHARACTERS)), -12.0, np.float32)
        logs[[0, 1, 2, 3, 4, 5, 6], [0, 2, 0, 3, 0, 4, 0]] = 0.0
        return [LinePosterior(box_quad(0, 0, 5, 5), logs, CHARACTERS)]

    def line_posteriors(self, images, timer=None):
        return [posterior for image in images for posterior in self.posteriors(image, timer)]

    def close(self):
        self.closed = True


@pytest.fixture
def image(tmp_path):
    cv2.imwrite(str(tmp_path / "image.png"), np.full((40, 60), 90, np.uint8))
    return str(tmp_path / "image.png")


@pytest.fixture
def process(monkeypatch, tmp_path):
    """The program with a fake reader; keeps the request that the reader was opened with."""
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    reading = program.ReadingProgram()
    reading.reader, reading.requests = ReadsAB7(), []
    monkeypatch.setattr(program, "open_reader", lambda request: reading.requests.append(request) or reading.reader)
    return reading


def ask(process, verb, **more):
    return json.loads(process.answer((json.dumps(dict(more, id=1, verb=verb)) + "\n").encode()).decode())


def opened(process, tmp_path, **changes):
    message = {
        "reader": "codes:v2", "engine": "none", "device": "cpu", "precision": "fp32", "threads": 3, "packs": "",
        "team": None, "budget_ms": None,
        "recipe": str(tmp_path / "recipe.yaml"), "regions": [], "preprocess": "raw", "limits": LIMITS,
    }  # fmt: skip
    return ask(process, "open", **dict(message, **changes))


def test_opening_answers_who_the_reader_is_and_asks_for_it_by_one_request(process, tmp_path):
    assert opened(process, tmp_path, engine="onnxruntime")["result"]["engine"] == "test 1"
    (request,) = process.requests
    assert request.name == parse_name("codes:v2")
    assert (request.engine, request.device, request.precision, request.threads) == ("onnxruntime", "cpu", "fp32", 3)


def test_the_team_the_budget_and_the_recipe_are_those_of_the_settings(process, tmp_path):
    opened(process, tmp_path, reader="codes", team="fast", budget_ms=90)
    (request,) = process.requests
    assert request.name == parse_name("codes:fast") and request.options.budget_ms == 90
    assert request.recipe.witnesses == 1
    assert "a team is a setting" in opened(process, tmp_path, reader="ppocr", team="fast")["error"]["found"]


def test_a_request_before_open_is_an_error(process, image):
    assert ask(process, "warm", path=image)["error"]["code"] == "garbage"
    assert ask(process, "fly")["error"]["code"] == "garbage"


def test_an_image_gives_a_whole_result_line_judged_under_the_recipe(process, tmp_path, image):
    opened(process, tmp_path)
    line = ask(process, "read", path=image, expected={}, trust_clock=False, deadline_ms=None)["result"]
    assert (line["schema"], line["text"], line["verdict"]) == ("nano-ocr/result/3", "AB7", "pass")
    wrong = ask(process, "read", path=image, expected={"number": "8"}, trust_clock=False, deadline_ms=None)["result"]
    assert wrong["verdict"] == "fail"


def test_the_limits_of_the_line_hold_for_its_images_and_not_for_the_first_readings(process, tmp_path, image):
    opened(process, tmp_path, limits=[100, 10**6, 4], regions=[[0, 0, 400, 400]])
    assert ask(process, "warm", path=image)["result"] is True
    assert len(process.reader.seen) == program.WARM_READS
    line = ask(process, "read", path=image, expected={}, trust_clock=False, deadline_ms=None)["result"]
    assert line["error"]["code"] == "too-large"


def test_a_reader_that_fails_at_first_says_so_before_the_line_starts(process, tmp_path, image):
    opened(process, tmp_path)
    process.reader.failing = True
    assert "first readings failed" in ask(process, "warm", path=image)["error"]["found"]


def test_closing_closes_the_reader(process, tmp_path):
    opened(process, tmp_path)
    assert ask(process, "close")["result"] is True
    assert process.closed and process.reader.closed


def test_packs_are_taken_only_for_engines_and_what_was_not_taken_is_logged(monkeypatch, caplog):
    taken = []
    monkeypatch.setattr(program.packs, "take", lambda folder, cache, here: taken.append(folder) or ["x.tar is foreign"])
    program.take_packs({"packs": "/packs", "engine": "none"})
    program.take_packs({"packs": "", "engine": "tensorrt"})
    assert taken == []
    with caplog.at_level(logging.WARNING, "ocr_app"):
        program.take_packs({"packs": "/packs", "engine": "tensorrt"})
    assert taken == ["/packs"] and caplog.records[-1].fields == {"detail": "x.tar is foreign"}


def learn(process, text, digest="d", forgotten=()):
    return ask(process, "learn", text=text, digest=digest, forgotten=list(forgotten))


def test_a_recipe_that_was_learned_judges_the_images_that_name_it(process, tmp_path, image):
    opened(process, tmp_path, regions=[[0, 0, 10, 10]])
    assert learn(process, RECIPE.replace("[AB]", "[BA]"))["result"] is True
    common = {"path": image, "expected": {}, "trust_clock": False, "deadline_ms": None}
    assert ask(process, "read", recipe="d", regions=[], **common)["result"]["verdict"] != "pass"
    assert process.reader.seen[-1][:2] == (40, 60), "the whole image"
    ask(process, "read", recipe="d", regions=[[0, 0, 20, 30]], **common)
    assert process.reader.seen[-1][:2] == (30, 20)
    assert ask(process, "read", **common)["result"]["verdict"] == "pass", "that of the settings is still there"


def test_a_recipe_that_is_none_or_was_forgotten_is_an_error(process, tmp_path, image):
    opened(process, tmp_path)
    assert "recipe" in learn(process, "name: x")["error"]["found"]
    assert "2 independent networks" in learn(process, RECIPE.replace("witnesses: 1", "witnesses: 2"))["error"]["found"]
    learn(process, RECIPE)
    learn(process, RECIPE, "e", forgotten=["d"])
    common = {"path": image, "expected": {}, "trust_clock": False, "deadline_ms": None, "regions": []}
    assert "not learned" in ask(process, "read", recipe="d", **common)["error"]["found"]
    assert ask(process, "read", recipe="e", **common)["result"]["verdict"] == "pass"


def test_an_image_is_read_without_a_recipe_where_that_is_asked_for(process, tmp_path, image, monkeypatch):
    opened(process, tmp_path, regions=[[0, 0, 10, 10]])
    monkeypatch.setattr(
        ReadsAB7, "read", lambda self, image, timer=None: [TextLine("LOT 7", box_quad(0, 0, 5, 5), 0.9)]
    )
    message = {"path": image, "expected": {}, "trust_clock": False, "deadline_ms": None, "recipe": "", "regions": []}
    line = ask(process, "read", **message)["result"]
    assert (line["verdict"], line["text"], "code" in line) == ("read", "LOT 7", False)
