"""Opening data sets: every format, every refusal."""

import json

import numpy as np
import pytest

from ocr_app.core.errors import DatasetError, ImageError
from ocr_app.datasets.loading import open_dataset, spread
from ocr_app.datasets.sample import Sample, crop_to_box, view, view_lines
from ocr_app.scoring.line_matching import TruthLine


def write(folder, name, content):
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_a_folder_with_a_manifest(dataset):
    assert (dataset.name, dataset.format, dataset.complete) == (dataset.name, "nano-codes", True)
    assert [(s.id, s.truth, s.layout, s.tags["print"]) for s in dataset.samples] == [
        ("0", "PRO:1 EXP:2", "page", "font"),
        ("1", "LOT 7", "page", "dot"),
        ("2", "8", "page", "dot"),
    ]


def test_the_form_of_the_thesis_with_paths_of_another_machine(folder):
    content = {"17": {"img_path": "/home/jetson/tfg/" + folder.name + "/0.png", "code": "A", "box": [1, 2, 30, 4]}}
    found = open_dataset(write(folder, "dataset.json", content))
    assert found.format == "thesis"
    assert found.samples[0][:5] == ("17", str(folder / "0.png"), "A", "page", (1, 2, 30, 4))


def test_a_table_of_crops_by_split(folder):
    file = write(folder, "labels.tsv", "filename\ttext\tsplit\tphoto\n0.png\tA\tx\t\n1.png\tB\ty\tp\n")
    found = open_dataset(file + ":y")
    assert [(s.id, s.truth, s.layout, s.tags) for s in found.samples] == [("1.png", "B", "line", {"photo": "p"})]
    assert found.samples == open_dataset(file, split="y").samples
    assert len(open_dataset(file).samples) == 2


def test_photos_with_labelled_lines_are_scored_by_line(folder):
    quad = [[0, 0], [9, 0], [9, 9], [0, 9]]
    lines = [{"text": "A1", "ignore": False, "quad": quad}, {"text": None, "ignore": True, "quad": quad}]
    found = open_dataset(write(folder, "photos.json", {"0.png": {"width": 60, "height": 40, "lines": lines}}))
    assert (found.format, found.complete, found.samples[0].truth) == ("photos", False, "A1")
    assert [line.scored for line in found.samples[0].lines] == [True, False]


def test_a_limit_keeps_the_order(folder):
    assert [s.id for s in open_dataset(str(folder), limit=2).samples] == ["0", "2"]
    assert [s.id for s in open_dataset(str(folder), limit=9).samples] == ["0", "1", "2"]


def test_a_limit_takes_every_kind_of_a_set_whose_kinds_alternate():
    chosen = spread(list(range(100)), 20)
    assert chosen == sorted(chosen) and len(set(chosen)) == 20
    assert {number % 5 for number in chosen} == {0, 1, 2, 3, 4}
    assert {number // 10 for number in chosen} == set(range(10))


def test_the_fingerprint_follows_the_pictures(folder):
    before = open_dataset(str(folder)).sha256
    assert open_dataset(str(folder)).sha256 == before
    (folder / "1.png").write_bytes((folder / "0.png").read_bytes())
    assert open_dataset(str(folder)).sha256 != before


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
        ("a.json", {"0.png": {"lines": [{"text": "A", "quad": [1, 2]}]}}, r"0.png.lines\[0\].quad"),
        ("a.tsv", "file\ttext\n0.png\tA\n", "line 1: no column filename"),
        ("a.tsv", "filename\ttext\n0.png\tA\n0.png\tB\n", "this id stands twice"),
        ("a.tsv", "filename\ttext\n0.png\n", "line 2"),
    ],
)
def test_a_malformed_data_set_is_refused_by_file_and_key(folder, name, content, message):
    with pytest.raises(DatasetError, match=message):
        open_dataset(write(folder, name, content))


def test_what_is_not_there_is_refused(folder, tmp_path):
    with pytest.raises(DatasetError, match="does not exist"):
        open_dataset(str(folder / "none.json"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no data set in this folder"):
        open_dataset(str(tmp_path / "empty"))
    with pytest.raises(DatasetError, match="split: z\n  expected: one of x"):
        open_dataset(write(folder, "l.tsv", "filename\ttext\tsplit\n0.png\tA\tx\n") + ":z")


def test_a_crop_moves_the_labelled_lines_with_it():
    sample = Sample("1", "1.png", "A", box=(10, 5, 20, 8), lines=(TruthLine("A", np.full((4, 2), 12, np.float32)),))
    pixels = np.arange(40 * 60, dtype=np.uint32).reshape(40, 60)
    assert crop_to_box(pixels, sample).shape == (8, 20)
    assert crop_to_box(pixels, sample)[0, 0] == pixels[5, 10]
    assert view_lines(sample, "box")[0].quad[0].tolist() == [2.0, 7.0]


def test_a_box_outside_the_picture_is_that_pictures_error():
    with pytest.raises(ImageError, match="does not lie inside 10 x 10") as caught:
        crop_to_box(np.zeros((10, 10), np.uint8), Sample("1", "1.png", "A", box=(5, 0, 6, 2)))
    assert caught.value.code == "bad-box"


def test_views_of_a_sample_and_where_its_lines_are_in_them():
    quad = np.array([[12, 8], [22, 8], [22, 10], [12, 10]], np.float32)
    sample = Sample("1", "1.png", "A", box=(10, 5, 19, 13), lines=(TruthLine("A", quad),))
    pixels = np.zeros((40, 60, 3), np.uint8)
    shapes = {crop: view(pixels, sample, crop).shape for crop in ("none", "box", "squeezed")}
    assert shapes == {"none": (40, 60, 3), "box": (13, 19, 3), "squeezed": (260, 380, 3)}
    corners = {crop: view_lines(sample, crop)[0].quad[2].tolist() for crop in shapes}
    assert corners == {"none": [22.0, 10.0], "box": [12.0, 5.0], "squeezed": [240.0, 100.0]}
