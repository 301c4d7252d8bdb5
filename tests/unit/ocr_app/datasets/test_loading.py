"""Opening data sets: every format, every refusal."""

import json

import pytest

from ocr_app.core.errors import DatasetError
from ocr_app.datasets.loading import open_dataset, spread


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


def test_a_table_of_crops_by_split(folder):
    file = write(folder, "labels.tsv", "filename\ttext\tsplit\tphoto\n0.png\tA\tx\t\n1.png\tB\ty\tp\n")
    found = open_dataset(file + ":y")
    assert [(s.id, s.truth, s.layout, s.tags) for s in found.samples] == [("1.png", "B", "line", {"photo": "p"})]
    assert found.samples == open_dataset(file, split="y").samples
    assert len(open_dataset(file).samples) == 2


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


def test_what_is_not_there_is_refused(folder, tmp_path):
    with pytest.raises(DatasetError, match="does not exist"):
        open_dataset(str(folder / "none.json"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no data set in this folder"):
        open_dataset(str(tmp_path / "empty"))
    with pytest.raises(DatasetError, match="split: z\n  expected: one of x"):
        open_dataset(write(folder, "l.tsv", "filename\ttext\tsplit\n0.png\tA\tx\n") + ":z")
