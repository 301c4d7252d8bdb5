"""Promises of the generator and of the committed data set nano-codes-100."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from training import make_nano_codes as maker
from training.render.glyphs import load
from training.render.spec import FrameSpec


def test_the_same_seed_gives_the_same_pixels_and_another_does_not() -> None:
    first, again, other = (maker.frame(seed, 3) for seed in (7, 7, 8))
    assert np.array_equal(first.pixels, again.pixels)
    assert first.code == again.code
    assert not np.array_equal(first.pixels, other.pixels)


def test_an_image_does_not_depend_on_those_before_it(tmp_path: Path) -> None:
    maker.write(tmp_path / "few", 2025, 2)
    alone = maker.frame(2025, 1)
    entries = json.loads((tmp_path / "few" / "manifest.json").read_text(encoding="utf-8"))["images"]
    assert entries[1] == json.loads(json.dumps(maker.entry(1, alone)))
    assert _difference(tmp_path / "few" / "images" / "001.jpg", alone.pixels) < 6


@pytest.mark.parametrize("index", [0, 57])
def test_regenerating_gives_the_committed_image(committed: dict[str, Any], nano_codes: Path, index: int) -> None:
    entry, made = committed["images"][index], maker.frame(committed["generator"]["seed"], index)
    assert made.code == entry["code"]
    assert list(made.box) == entry["box"]
    assert made.tags == entry["tags"]
    for line, told in zip(made.lines, entry["lines"], strict=True):
        assert line.text == told["text"]
        assert np.abs(line.quad - told["quad"]).max() < 0.01
    assert _difference(nano_codes / entry["image"], made.pixels) < 6


def test_the_manifest_names_its_generator(committed: dict[str, Any]) -> None:
    entries = committed["images"]
    assert committed == {**maker.manifest("nano-codes-100", 2025, entries)}
    assert [e["id"] for e in entries] == [f"{i:03d}" for i in range(100)]


def test_both_forms_of_the_truth_agree(committed: dict[str, Any], nano_codes: Path) -> None:
    told = json.loads((nano_codes / "dataset.json").read_text(encoding="utf-8"))
    assert told == maker.thesis_form(committed["images"])


def test_the_images_are_all_there_and_below_two_megabytes(committed: dict[str, Any], nano_codes: Path) -> None:
    files = sorted((nano_codes / "images").iterdir())
    assert [f"images/{f.name}" for f in files] == [e["image"] for e in committed["images"]]
    assert sum(f.stat().st_size for f in files) < 2_000_000


def test_every_code_is_its_lines_in_printable_characters(committed: dict[str, Any]) -> None:
    for entry in committed["images"]:
        assert entry["code"] == " ".join(line["text"] for line in entry["lines"])
        assert set(entry["code"]) <= set(load("5x5").characters)
        FrameSpec(**entry["tags"])


def test_quads_are_clockwise_inside_the_box_and_the_box_inside_the_frame(committed: dict[str, Any]) -> None:
    for entry in committed["images"]:
        x, y, w, h = entry["box"]
        assert 0 <= x < x + w <= 800 and 0 <= y < y + h <= 600
        for line in entry["lines"]:
            quad = np.array(line["quad"])
            assert (quad >= [x, y]).all() and (quad <= [x + w, y + h]).all(), entry["id"]
            assert _signed_area(quad) > 100, entry["id"]
            assert quad[1, 0] > quad[0, 0] and quad[3, 1] > quad[0, 1]


def test_lines_are_high_enough_to_read(committed: dict[str, Any]) -> None:
    heights = [np.linalg.norm(np.subtract(q[3], q[0])) for e in committed["images"] for q in [e["lines"][0]["quad"]]]
    assert min(heights) >= 13 and max(heights) <= 48


def test_prints_and_conditions_are_balanced(committed: dict[str, Any]) -> None:
    for tag, least in (("print", 20), ("condition", 15), ("difficulty", 32)):
        values = [e["tags"][tag] for e in committed["images"]]
        assert min(values.count(v) for v in set(values)) >= least


def _difference(path: Path, pixels: Any) -> float:
    """Mean difference of a saved image and pixels, in grey levels: what JPEG alone may change."""
    saved = cv2.imread(str(path))
    assert saved is not None, path
    return float(np.abs(saved.astype(np.float64) - pixels).mean())


def _signed_area(quad: Any) -> float:
    """Above 0 for a clockwise quad, as y points down."""
    x, y = quad[:, 0], quad[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


@pytest.mark.parametrize("bad", [["--count", "0"], ["--seed", "-1"], ["--count", "many"]])
def test_bad_arguments_are_refused(bad: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        maker.main(["--out", str(tmp_path), *bad])
    assert stop.value.code == 2
    assert bad[0] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bad", "complaint"), [(["--font", "times"], "unknown font"), (["--max-bytes", "9"], "allow more")]
)
def test_what_cannot_be_made_is_told(
    bad: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert maker.main(["--out", str(tmp_path), "--count", "1", *bad]) == 2
    assert complaint in capsys.readouterr().err
