"""The line crops of a set, and the two measurements that are made on them."""

import json

import cv2
import numpy as np
import pytest

from ocr_app.benchmark import half_precision, speed
from ocr_app.cli import main as cli
from ocr_app.core.errors import DatasetError, UsageError
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.datasets.crops import line_crops
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name


class Levels(Reader):
    """Reads the mean grey of a crop; ``off`` is added where it is above 100, as coarser arithmetic might."""

    def __init__(self, off=0, precision="fp32"):
        self.off, self.calls = off, []
        self.info = ReaderInfo("levels", "levels 1", "cpu", precision)

    def read_line(self, image, timer=None):
        level = round(float(image.mean()))
        return [TextLine(str(level + (self.off if level > 100 else 0)), box_quad(0, 0, 1, 1), 0.9)]

    def read_lines(self, images, timer=None):
        self.calls.append(len(images))
        if timer is not None:
            timer.add("recognise", 1.0)
        return [self.read_line(image) for image in images]


@pytest.fixture
def lines(tmp_path):
    """Two frames: one line of grey 50; two lines of 80 and 150, and one that is to be ignored."""
    truths = [[(50, box_quad(10, 10, 60, 20))], [(80, box_quad(10, 10, 60, 20)), (150, box_quad(10, 50, 60, 20))]]
    images = []
    for number, its in enumerate(truths):
        picture = np.zeros((100, 100), np.uint8)
        for level, quad in its:
            x, y = (int(value) for value in quad[0])
            picture[y - 4 : y + 24, x - 4 : x + 64] = level
        cv2.imwrite(str(tmp_path / "{}.png".format(number)), picture)
        rows = [{"text": str(level), "quad": quad.tolist()} for level, quad in its]
        if number:
            rows.append({"text": "999", "quad": its[0][1].tolist(), "ignore": True})
        code = " ".join(row["text"] for row in rows)
        images.append({"id": str(number), "image": "{}.png".format(number), "code": code, "lines": rows, "tags": {}})
    manifest = {"format": "nano-codes/1", "name": "greys", "images": images}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


@pytest.fixture
def greys(lines):
    return open_dataset(str(lines))


def test_annotated_lines_are_cut_with_a_margin(greys):
    crops = line_crops(greys)
    assert [(crop.id, crop.truth) for crop in crops] == [("0:1", "50"), ("1:1", "80"), ("1:2", "150")]
    assert crops[0].image.shape[:2] == (24, 64) and abs(crops[0].image.mean() - 50) < 1


def test_a_set_without_lines_is_an_error(folder):
    with pytest.raises(DatasetError, match="neither"):
        line_crops(open_dataset(str(folder)))


@pytest.fixture
def opened(monkeypatch):
    def open_it(request):
        return Levels(1, request.precision) if request.precision == "fp16-simulated" else Levels()

    monkeypatch.setattr(half_precision, "open_reader", open_it)


def test_each_text_that_half_precision_changes_is_reported(opened, greys):
    report = half_precision.compare(parse_name("codes"), [greys], 1)
    assert (report["crops"], report["changed"], report["precision"]) == (3, 1, "fp16-simulated")
    (entry,) = report["datasets"]
    assert entry["exact"] == [3, 2]
    assert entry["changes"] == [{"id": "1:2", "fp32": "150", "fp16": "151", "right": [True, False]}]


def test_texts_that_may_not_be_republished_stay_out(opened, greys):
    report = half_precision.compare(parse_name("codes"), [greys], 1, with_texts=False)
    assert report["datasets"][0]["changes"] == [{"id": "1:2", "fp32": None, "fp16": None, "right": [True, False]}]


def test_half_as_a_command(opened, lines, tmp_path, capsys):
    assert cli.main(["network", "half", str(lines), "--out", str(tmp_path / "half.json")]) == 0
    assert " 1:2: '150' becomes '151'" in capsys.readouterr().out
    assert json.loads((tmp_path / "half.json").read_text())["changed"] == 1


def measured(greys, rounds=2):
    readers = {"one": Levels(), "two": Levels()}
    return readers, speed.measure(readers, [greys], 1, rounds, lambda words: None)


def test_every_reader_reads_every_crop_in_every_round(greys):
    readers, record = measured(greys)
    warm_up_and_rounds = 1 + 2
    for reader in readers.values():
        assert reader.calls == [1, 1, 1] * warm_up_and_rounds + [3] * warm_up_and_rounds
    assert (record["crops"], record["rounds"], record["threads"]) == (3, 2, 1)
    assert set(record["batches"]) == {"1", "3"}


def test_ratios_are_those_of_medians_against_the_first_reader():
    passes = {"a": [(1.0, 0.5), (2.0, 1.0), (9.0, 1.5)], "b": [(8.0, 0.0), (4.0, 0.0), (6.0, 0.0)]}
    both = speed._summary({name: [speed.SpeedPass(*each) for each in its] for name, its in passes.items()}, 12)
    assert both["recognise"]["a"]["lines_per_s"] == 12.0 and both["recognise"]["b"] is None
    summary = both["whole"]
    assert summary["a"] == {"lines_per_s": 6.0, "least": 1.33, "most": 12.0, "first_is_faster_by": 1.0}
    assert summary["b"] == {"lines_per_s": 2.0, "least": 1.5, "most": 3.0, "first_is_faster_by": 3.0}


def test_too_few_crops_make_no_valid_measurement(greys):
    _, record = measured(greys)
    assert not record["valid"]
    assert "too-few-samples" in [reason["code"] for reason in record["invalid_reasons"]]
    with pytest.raises(UsageError):
        measured(greys, 0)


def test_speed_as_a_command(monkeypatch, lines, capsys, tmp_path):
    monkeypatch.setattr("ocr_app.cli.speed.open_reader", lambda request: Levels())
    out = str(tmp_path / "speed.json")
    words = ["speed", str(lines), "--reader", "codes", "--reader", "ppocr:v6-tiny", "--rounds", "1", "--out", out]
    assert cli.main(words) == 0
    assert "first is faster" in capsys.readouterr().out
    record = json.loads((tmp_path / "speed.json").read_text())
    assert [entry["reader"] for entry in record["readers"]] == ["codes", "ppocr:v6-tiny"]
