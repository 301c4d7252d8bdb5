"""The page of image sizes."""

import json
from pathlib import Path

from fleet.images import sizes, spec

ROOT = Path(__file__).resolve().parents[4]


IMAGES = spec.load()


def test_the_page_tells_of_layers_that_differ_and_of_stand_ins():
    record = {
        "image": "x", "parent": "y", "standin": "stand-in for y", "adds_mb": 10.0, "size_mb": 20.0, "budget_mb": 30,
        "layers_that_differ_when_rebuilt": ["sha256:a", "sha256:b"], "problems": [],
    }  # fmt: skip
    machine = {"cpu": "a", "system": "b", "arch": "c"}
    report = {
        "date": "2000-01-01",
        "machine": machine,
        "docker": "1",
        "builder": "classic",
        "images": [record],
        "missing": ["z"],
    }
    text = sizes.page(report)
    assert (
        "2 layers differ" in text
        and "Not measured in this run: z" in text
        and "- stand-in for y" in text
        and "10 (below 30)" in text
    )
    record["layers_that_differ_when_rebuilt"] = []
    assert "every layer equal" in sizes.page(report)


def test_the_committed_page_is_what_its_record_makes():
    folder = ROOT / "docs" / "results"
    report = json.loads((folder / "images.json").read_text())
    assert (folder / "images.md").read_text() == sizes.page(report)
    assert {record["image"] for record in report["images"]} | set(report["missing"]) == set(IMAGES.images)
    for record in report["images"]:
        assert record["problems"] == [] and record["adds_mb"] < record["budget_mb"]
        assert not record["layers_that_differ_when_rebuilt"]
