"""A small data set on disk and a reader that answers from a list."""

import json
import os
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_worker import Fake, gone
from grey_lines import write_grey_lines

from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.datasets.loading import open_dataset
from ocr_app.line.page.access import users
from ocr_app.readers.contract import Reader

STANDINS = Path(__file__).resolve().parents[2] / "standins"
CODES = ("PRO:1 EXP:2", "LOT 7", "8")


@pytest.fixture(autouse=True)
def quick_secrets(monkeypatch):
    """Few rounds for the secrets of users: a Python 3.6 beside OpenSSL 3 has no native PBKDF2, and takes long."""
    few = users.NOBODY.secret.replace("${}$".format(users.ROUNDS), "$1000$")
    monkeypatch.setattr(users, "NOBODY", users.NOBODY._replace(secret=few))
    monkeypatch.setattr(users, "ROUNDS", 1000)


class ScriptedReader(Reader):
    """Answers ``answers[i]`` (line texts, or an exception) for the image whose grey value is ``10 * i``."""

    info = ReaderInfo("scripted", "scripted 1", "cpu", "fp32")

    def __init__(self, answers):
        self.answers = answers
        self.calls = 0

    def read(self, image, timer=None):
        self.calls += 1
        number, rest = divmod(int(image.flat[0]), 10)
        answer = self.answers[number] if rest == 0 and number < len(self.answers) else []
        if isinstance(answer, Exception):
            raise answer
        with timer.phase("recognise"):
            return [_line(text, row) for row, text in enumerate(answer)]

    def read_line(self, image, timer=None):
        return self.read(image, timer)[:1]


def _line(text, row):
    left, top = 2.0, 2.0 + 8.0 * row
    quad = np.array([[left, top], [left + 20, top], [left + 20, top + 6], [left, top + 6]], np.float32)
    return TextLine(text, quad, 0.9)


@pytest.fixture
def folder(tmp_path):
    images = []
    for number, code in enumerate(CODES):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((40, 60), 10 * number, np.uint8))
        tags = {"print": "dot" if number else "font"}
        images.append({"id": str(number), "image": f"{number}.png", "code": code, "tags": tags})
    manifest = {"format": "nano-codes/1", "name": "three", "images": images}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


@pytest.fixture
def dataset(folder):
    return open_dataset(str(folder))


@pytest.fixture
def scripted():
    return ScriptedReader


@pytest.fixture
def good_reader():
    return ScriptedReader([["PRO:1", "EXP:2"], ["LOT 7"], ["8"]])


@pytest.fixture
def bad_reader():
    return ScriptedReader([["PR0:1", "EXP:2"], ReaderFailed("it crashed"), ["8"]])


@pytest.fixture
def image():
    return np.arange(8 * 4 * 3, dtype=np.uint8).reshape(4, 8, 3)


@pytest.fixture
def fake(tmp_path):
    return Fake(tmp_path)


@pytest.fixture
def is_gone():
    """Whether a process ends within some seconds; a zombie whose parent died before it counts as ended."""

    def check(pid, seconds=8.0):
        if not os.path.isdir("/proc"):
            pytest.skip("no /proc on this system")
        until = time.monotonic() + seconds
        while not gone(pid) and time.monotonic() < until:
            time.sleep(0.02)
        return gone(pid)

    return check


@pytest.fixture
def lines(tmp_path):
    """Two frames: one line of grey 50; two lines of 80 and 150, and one that is to be ignored."""
    return write_grey_lines(tmp_path)


@pytest.fixture
def greys(lines):
    return open_dataset(str(lines))


TENSORRT = ("tensorrt-8.2", "tensorrt-8.5", "tensorrt-10")


def _standin(name, monkeypatch):
    """The stand-in for a version of TensorRT and for the CUDA library."""
    from ocr_app.networks import cudart

    monkeypatch.syspath_prepend(str(STANDINS / name))
    monkeypatch.setattr(cudart, "open_library", cudart.open_library)  # the stand-in replaces it; put back afterwards
    for loaded in [each for each in sys.modules if each.split(".")[0] == "tensorrt"]:
        monkeypatch.delitem(sys.modules, loaded)
    import tensorrt

    yield tensorrt
    for loaded in [each for each in sys.modules if each.split(".")[0] == "tensorrt"]:
        sys.modules.pop(loaded)


@pytest.fixture
def trt(monkeypatch):
    """The stand-in for TensorRT 8.2, as `tensorrt`."""
    yield from _standin(TENSORRT[0], monkeypatch)


@pytest.fixture(params=TENSORRT)
def every_trt(request, monkeypatch):
    """The stand-in for each version of TensorRT, as `tensorrt`."""
    yield from _standin(request.param, monkeypatch)
