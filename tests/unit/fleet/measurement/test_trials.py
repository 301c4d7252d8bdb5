"""The trials of a new user: samples are cut from photographs, and every group is read under every proposal."""

import json

import cv2
import numpy as np
import pytest
from posteriors import line_of, quad_at

from fleet.core.errors import MatrixError
from fleet.core.toml import load_toml
from fleet.measurement import trials
from fleet.measurement.trials import CONFIG, RealPictures, plain, try_groups, try_recipe
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.readers.contract import Reader

LEVELS = {10: "EXP 21.02.2024", 20: "EXP 23.04.2025", 30: "12:30 L1", 40: "13:59 L2"}


class Levels(Reader):
    """Reads the text of an image's grey level with two networks that agree."""

    info = ReaderInfo("fake", "fake 1", "cpu", "fp32")

    def read_line(self, image, timer=None):
        return [TextLine(LEVELS[int(image.mean())], quad_at(0, 0), 1.0)]

    def line_posteriors(self, images, timer=None):
        lines = [line_of(LEVELS[int(image.mean())]) for image in images]
        return [line._replace(member="a", others=(line._replace(member="b"),)) for line in lines]

    def posteriors(self, image, timer=None):
        return self.line_posteriors([image])


@pytest.fixture
def pictures(tmp_path):
    rows = ["filename\ttext\tsplit\tphoto"]
    for level, text in LEVELS.items():
        cv2.imwrite(str(tmp_path / f"{level}.png"), np.full((40, 200, 3), level, np.uint8))
        rows.append(f"{level}.png\t{text}\tdates\t")
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n")
    cv2.imwrite(str(tmp_path / "photo.png"), np.full((100, 300, 3), 10, np.uint8))
    lines = [
        {"text": "EXP 21.02.2024", "ignore": False, "quad": [[50, 20], [150, 20], [150, 40], [50, 40]]},
        {"text": None, "ignore": True, "quad": [[0, 0], [9, 0], [9, 9], [0, 9]]},
        {"text": "L1", "ignore": False, "quad": [[50, 50], [90, 50], [90, 70], [50, 70]]},
    ]
    (tmp_path / "photos.json").write_text(json.dumps({"photo.png": {"width": 300, "height": 100, "lines": lines}}))
    return RealPictures(tmp_path, "labels.tsv", ["photos.json"])


def test_a_photograph_is_cut_to_some_of_its_lines(pictures):
    one, two, whole = (pictures.sample(name) for name in ("photo.png#0", "photo.png#0,1", "photo.png"))
    assert (one.layout, one.truth, one.image.shape) == ("line", ("EXP 21.02.2024",), (24, 104, 3))
    assert (two.layout, two.truth, two.image.shape) == ("page", ("EXP 21.02.2024", "L1"), (74, 124, 3))
    assert (whole.layout, whole.image.shape) == ("page", (100, 300, 3))


def test_each_proposal_reads_its_own_samples_and_none_of_the_others(pictures):
    groups = [{"name": "dates", "samples": ["10.png", "20.png"]}, {"name": "times", "samples": ["30.png", "40.png"]}]
    dates, times = try_groups(Levels(), pictures, groups)
    assert [own["verdict"] for own in dates["own"] + times["own"]] == ["pass"] * 4
    assert all(own["right"] for own in dates["own"] + times["own"])
    assert dates["foreign"] == times["foreign"] == [] and dates["foreign_tried"] == 2


def test_a_recipe_is_tried_on_its_photograph(pictures):
    entry = {"photo": "photo.png", "lines": ["[EXP, {date: DD.MM.YYYY, as: expiry}]"]}
    assert try_recipe(Levels(), pictures, entry)["verdict"] == "pass"
    wrong = try_recipe(Levels(), pictures, {"photo": "photo.png", "lines": ["[{digits: 4}]"]})
    assert wrong["verdict"] == "no-read" and wrong["told"] and not wrong["right"]


def test_pictures_that_are_not_there_are_an_error(tmp_path):
    with pytest.raises(MatrixError, match="not here"):
        trials.measure({"root": str(tmp_path), "labels": "labels.tsv", "photos": []})


def test_the_configuration_has_ten_groups_of_three_to_six_and_ten_recipes():
    config = load_toml(CONFIG)
    assert len(config["group"]) == 10 and len(config["recipe"]) == 10
    assert all(3 <= len(group["samples"]) <= 6 for group in config["group"])
    assert len({name for group in config["group"] for name in group["samples"]}) == 42


def test_texts_are_compared_on_letters_and_digits():
    assert plain("Exp. 01/02") == "EXP0102"
