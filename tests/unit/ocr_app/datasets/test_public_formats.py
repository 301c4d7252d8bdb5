"""PaddleOCR's and ICDAR's label files as data sets."""

import json

import numpy as np
import pytest
from PIL import Image as Pillow

from ocr_app.core.errors import DatasetError
from ocr_app.datasets.loading import open_dataset


@pytest.fixture
def folder(tmp_path):
    for name in ("train/a.png", "train/b.png", "img_1.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Pillow.new("L", (40, 20)).save(str(tmp_path / name))
    return tmp_path


def test_lines_of_paddle(folder):
    (folder / "rec_gt.txt").write_text("train/a.png\tL 12\ntrain/b.png\tMÄRZ\n", encoding="utf-8")
    found = open_dataset(str(folder))
    assert (found.format, [(s.id, s.truth, s.layout) for s in found.samples]) == (
        "paddle-lines", [("train/a.png", "L 12", "line"), ("train/b.png", "MÄRZ", "line")],
    )  # fmt: skip


def test_pages_of_paddle(folder):
    lines = [
        {"transcription": "EXP 12", "points": [[1, 2], [30, 2], [30, 9], [1, 9]], "difficult": False},
        {"transcription": "###", "points": [[1, 12], [30, 12], [30, 19], [1, 19], [0, 15]]},
    ]
    (folder / "Label.txt").write_text("train/a.png\t{}\ntrain/b.png\t[]\n".format(json.dumps(lines)))
    found = open_dataset(str(folder))
    assert (found.format, found.complete) == ("paddle-pages", False)
    first, second = found.samples
    assert first.truth == "EXP 12" and [line.ignore for line in first.lines] == [False, True]
    assert np.allclose(first.lines[1].quad, [[0, 12], [30, 12], [30, 19], [0, 19]])
    assert second.lines == ()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff1,2,30,2,30,9,1,9,EXP, 12\n1,2,30,2,30,9,1,9,###\n",
        '1, 2, 30, 9, "EXP, 12"\n1,2,30,9,"###"\n',
        '1 2 30 9 "EXP, 12"\n1 2 30 9 "###"\n',
    ],
)
def test_icdar(folder, text):
    (folder / "gt_img_1.txt").write_text(text, encoding="utf-8")
    for source in (folder, folder / "gt_img_1.txt"):
        sample = open_dataset(str(source)).samples[0]
        assert sample.truth == "EXP, 12" and sample.path.endswith("img_1.jpg")
        assert [line.ignore for line in sample.lines] == [False, True]
        assert np.allclose(sample.lines[0].quad, [[1, 2], [30, 2], [30, 9], [1, 9]])


@pytest.mark.parametrize(
    "name,text,words",
    [
        ("rec_gt.txt", "train/a.png\tA\ntrain/b.png B\n", "line 2"),
        ("rec_gt.txt", "train/a.png\tA\ntrain/gone.png\tB\n", "gone.png is not there"),
        ("rec_gt.txt", "train/a.png\tA\ntrain/a.png\tB\n", "used twice"),
        ("Label.txt", "train/a.png\t[{\n", "line 1"),
        ("Label.txt", 'train/a.png\t[{"transcription": "a", "points": []}]\n', "line 1"),
        ("gt_img_1.txt", "1,2,3,A\n", "line 1"),
        ("gt_img_2.txt", "1,2,3,4,5,6,7,8,A\n", "img_2.* is not there"),
    ],
)
def test_what_is_wrong_names_file_and_line(folder, name, text, words):
    (folder / name).write_text(text)
    with pytest.raises(DatasetError) as caught:
        open_dataset(str(folder / name))
    assert name in caught.value.found and words in caught.value.found


def test_an_id_that_comes_twice_in_json_is_refused(folder):
    (folder / "photos.json").write_text('{"img_1.jpg": {"lines": []}, "img_1.jpg": {"lines": []}}')
    with pytest.raises(DatasetError, match=r"img_1\.jpg comes twice"):
        open_dataset(str(folder))
