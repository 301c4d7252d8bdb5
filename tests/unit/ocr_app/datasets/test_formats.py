"""The file formats of data sets: what each reads, and each refusal by file and key."""

import json

import numpy as np
import pytest

from ocr_app.core.errors import DatasetError
from ocr_app.datasets import formats
from ocr_app.datasets.loading import open_dataset


def write(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_the_form_of_the_thesis_with_paths_of_another_machine(folder):
    content = {"17": {"img_path": "/home/jetson/tfg/" + folder.name + "/0.png", "code": "A", "box": [1, 2, 30, 4]}}
    found = open_dataset(write(folder, "dataset.json", content))
    assert found.format == "thesis"
    assert found.samples[0][:5] == ("17", str(folder / "0.png"), "A", "page", (1, 2, 30, 4))


def test_photos_with_labelled_lines_are_scored_by_line(folder):
    quad = [[0, 0], [9, 0], [9, 9], [0, 9]]
    lines = [{"text": "A1", "ignore": False, "quad": quad}, {"text": None, "ignore": True, "quad": quad}]
    found = open_dataset(write(folder, "photos.json", {"0.png": {"width": 60, "height": 40, "lines": lines}}))
    assert (found.format, found.complete, found.samples[0].truth) == ("photos", False, "A1")
    assert [line.scored for line in found.samples[0].lines] == [True, False]


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("a.json", "{", "a.json: file"),
        ("a.json", [], "top level: list"),
        ("a.json", {}, "top level: empty"),
        ("a.json", {"format": "x"}, "format: x\n  expected: nano-codes/1"),
        ("a.json", {"format": "nano-codes/1"}, "images: NoneType"),
        ("a.json", {"format": "nano-codes/1", "images": []}, "samples: none"),
        ("a.json", {"format": "nano-codes/1", "images": [{"image": "0.png"}]}, r"images\[0\].code: None"),
        ("a.json", {"format": "nano-codes/1", "images": [{"image": "9.png", "code": "A"}]}, "9.png is not there"),
        ("a.json", {"7": {"img_path": "0.png", "code": "A", "box": [0, 0, 0, 4]}}, "7.box"),
        ("a.json", {"7": {"img_path": "0.png", "code": "A", "box": [float("inf"), 0, 1, 4]}}, "7.box"),
        ("a.json", {"0.png": {"lines": [{"text": "A", "quad": [1, 2]}]}}, r"0.png.lines\[0\].quad"),
        ("a.tsv", "file\ttext\n0.png\tA\n", "line 1: no column filename"),
        ("a.tsv", "filename\ttext\n0.png\tA\n0.png\tB\n", "this id is used twice"),
        ("a.tsv", "filename\ttext\n0.png\n", "line 2"),
    ],
)
def test_a_malformed_data_set_is_refused_by_file_and_key(folder, name, content, message):
    with pytest.raises(DatasetError, match=message):
        open_dataset(write(folder, name, content))


def test_a_path_is_found_by_its_tail_next_to_the_file(folder):
    file = str(folder / "dataset.json")
    assert formats.existing(file, "key", "C:\\pictures\\1.png") == str(folder / "1.png")
    assert formats.existing(file, "key", str(folder / "2.png")) == str(folder / "2.png")
    with pytest.raises(DatasetError, match=r"key: pictures/9\.png is not there"):
        formats.existing(file, "key", "pictures/9.png")


def test_a_quad_is_written_to_a_thousandth_of_a_pixel():
    assert formats.quad_to_json(np.full((4, 2), 1.23456, np.float32)) == [(1.235, 1.235)] * 4
    assert formats.quad_to_json(None) is None
