"""``ocr-app recipe``: check, teach and test."""

import json

import cv2
import numpy as np
import pytest
from posteriors import line_of, quad_at

from ocr_app.cli.main import main
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.readers.contract import Reader
from ocr_app.recipes import loads

RECIPE = "name: x\nyears: 2020-2030\nlines: [[EXP, {date: MM/YYYY, as: expiry}]]\n"


class Fake(Reader):
    """Answers the grey level of an image with a text; ``texts_only``: gives no posteriors."""

    texts = {10: "EXP 08/2023", 20: "EXP 09/2O24", 30: "SALT"}

    def __init__(self, texts_only=False):
        self.texts_only = texts_only
        self.info = ReaderInfo("fake", "fake 1", "cpu", "fp32")

    def read(self, image, timer=None):
        return [TextLine(self.texts[int(image.mean())], quad_at(0, 0), 1.0)]

    def posteriors(self, image, timer=None):
        return self.line_posteriors([image])

    def line_posteriors(self, images, timer=None):
        if self.texts_only:
            raise self._texts_only()
        return [line_of(self.texts[int(image.mean())]) for image in images]


@pytest.fixture
def images(tmp_path):
    for level in (10, 20, 30):
        cv2.imwrite(str(tmp_path / "{}.png".format(level)), np.full((40, 200, 3), level, np.uint8))
    (tmp_path / "x.yaml").write_text(RECIPE)
    rows = ["filename\ttext", "10.png\tEXP 08/2023", "20.png\tEXP 09/2024", "30.png\tEXP 01/2024"]
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path


@pytest.fixture
def reader(monkeypatch):
    fake = Fake()
    monkeypatch.setattr("ocr_app.opening.request.open_named", lambda *asked: fake)
    return fake


def test_check_says_what_a_recipe_accepts(images, capsys):
    assert main(["recipe", "check", str(images / "x.yaml"), "--samples", "3"]) == 0
    out = capsys.readouterr().out
    assert "literal date=expiry" in out and "264 texts" in out
    assert main(["recipe", "check", str(images / "x.yaml"), "--json"]) == 0
    line = json.loads(capsys.readouterr().out)["layouts"][0]["lines"][0]
    assert len(line["samples"]) == 5 and all(text.startswith("EXP") for text in line["samples"])


def test_a_malformed_recipe_ends_with_its_own_code(images, capsys):
    (images / "x.yaml").write_text(RECIPE.replace("date:", "data:"))
    assert main(["recipe", "check", str(images / "x.yaml")]) == 11
    assert "x.yaml:3: unknown key 'data'" in capsys.readouterr().err


def test_teach_proposes_and_never_overwrites(images, reader, capsys):
    paths = [str(images / "10.png"), str(images / "20.png")]
    reader.texts = dict(reader.texts)
    reader.texts[20] = "EXP 09/2024"
    assert main(["recipe", "teach", "--name", "flour"] + paths) == 0
    proposal = capsys.readouterr().out
    assert loads(proposal).name == "flour" and "date: MM/YYYY, as: expiry" in proposal
    target = images / "new.yaml"
    assert main(["recipe", "teach", "--out", str(target)] + paths) == 0 and target.read_text()
    before = target.read_text()
    assert main(["recipe", "teach", "--out", str(target)] + paths) == 2 and target.read_text() == before


def test_teach_takes_the_texts_of_readers_that_give_no_more(images, reader, capsys):
    reader.texts_only = True
    assert main(["recipe", "teach", str(images / "10.png")]) == 0
    assert loads(capsys.readouterr().out).lines


def test_test_counts_accuracy_verdicts_and_the_rejection_curve(images, reader, capsys):
    assert main(["recipe", "test", str(images / "x.yaml"), str(images), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["images"] == 3 and record["exact"]["spaced"] == 2
    assert record["verdicts"]["pass"] == {"right": 2, "wrong": 0}
    assert record["verdicts"]["no-read"] == {"right": 0, "wrong": 1}
    assert record["rejection"]["passed"][0]["good"] == 2
    assert main(["recipe", "test", str(images / "x.yaml"), str(images)]) == 0
    assert "with at most 0 wrong passes: 2 good codes pass" in capsys.readouterr().out


def test_test_needs_posteriors(images, reader, capsys):
    reader.texts_only = True
    assert main(["recipe", "test", str(images / "x.yaml"), str(images)]) == 6
    assert "texts only" in capsys.readouterr().err


def test_no_sub_command_is_wrong_usage(capsys):
    assert main(["recipe"]) == 2
    assert "check, teach or test" in capsys.readouterr().err
