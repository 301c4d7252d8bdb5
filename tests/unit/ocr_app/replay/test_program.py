"""The process that reads old pictures says where it is, and takes the moment and the regions of each picture."""

import json
import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from ocr_app.core.paths import HOME
from ocr_app.core.types import ReaderInfo
from ocr_app.line.reading import program as line_program
from ocr_app.readers.contract import Reader
from ocr_app.replay import program

RECIPE = """name: a
witnesses: 1
codes: [{name: b, lines: [{name: c, fields: [{date: DD/MM/YYYY, as: made, expect: today}]}]}]
"""
LIMITS = [10**6, 10**6, 4]


class ReadsNothing(Reader):
    def __init__(self):
        self.info, self.seen = ReaderInfo("fake", "test 1", "cpu", "fp32"), []

    def posteriors(self, image, timer=None):
        return []

    def line_posteriors(self, images, timer=None):
        self.seen.append([image.shape for image in images])
        return []


@pytest.fixture
def process(monkeypatch, tmp_path):
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    cv2.imwrite(str(tmp_path / "a.png"), np.full((40, 60), 90, np.uint8))
    reading = program.ReplayProgram()
    reading.reader, reading.requests = ReadsNothing(), []
    monkeypatch.setattr(line_program, "open_reader", lambda request: reading.reader)

    def read_file(reader, path, options, limits):
        reading.requests.append(options)
        return line_file(reader, path, options, limits)

    line_file = line_program.read_file
    monkeypatch.setattr(line_program, "read_file", read_file)
    fields = {
        "reader": "codes:v2", "engine": "none", "device": "cpu", "precision": "fp32", "threads": 1, "packs": "",
        "team": None, "budget_ms": None, "recipe": str(tmp_path / "recipe.yaml"), "regions": [[0, 0, 9, 9]],
        "preprocess": "raw", "limits": LIMITS,
    }  # fmt: skip
    reading.opened = ask(reading, "open", **fields)["result"]
    return reading


def ask(process, verb, **more):
    return json.loads(process.answer((json.dumps(dict(more, id=1, verb=verb)) + "\n").encode()).decode())


def read(process, tmp_path, **more):
    asked = dict({"path": str(tmp_path / "a.png"), "expected": {}, "trust_clock": True, "deadline_ms": None}, **more)
    ask(process, "read", **asked)
    return process.requests[-1]


def test_it_says_where_its_package_is(process):
    assert process.opened["home"] == os.path.realpath(HOME) and process.opened["engine"] == "test 1"


def test_the_moment_and_the_regions_are_those_of_the_picture(process, tmp_path):
    told = read(process, tmp_path, moment=5.5, regions=[[1, 2, 30, 8]])
    assert told.verdict_request.moment == 5.5 and told.regions == ((1, 2, 30, 8),)
    told = read(process, tmp_path, moment=None, regions=None)
    assert told.verdict_request.moment is None and told.regions == ((0, 0, 9, 9),)


def test_it_is_started_from_the_named_package_even_in_the_folder_of_another(tmp_path):
    for home, word in (("wanted", "wanted"), ("here", "working folder")):
        (tmp_path / home / "ocr_app" / "replay").mkdir(parents=True)
        for parts in ((), ("replay",)):
            (tmp_path.joinpath(home, "ocr_app", *parts) / "__init__.py").write_text("")
        (tmp_path / home / "ocr_app" / "replay" / "program.py").write_text("print({!r}, __name__)".format(word))
    said = subprocess.check_output(
        program.command(sys.executable, str(tmp_path / "wanted")), cwd=str(tmp_path / "here")
    )
    assert said.decode().split() == ["wanted", "__main__"]
