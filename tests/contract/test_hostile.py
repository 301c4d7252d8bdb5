"""Every hostile image at once through the real command: each gets its own answer, and the good ones are read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

ROOT = Path(__file__).resolve().parents[2]
GOOD = ROOT / "data" / "nano-codes-100" / "images" / "019.jpg"
GOOD_TEXT = "K22064343"


def bad_images(folder):
    """name -> expected error code; the files are made in ``folder``."""
    good = Pillow.open(GOOD)
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "truncated.jpg").write_bytes(GOOD.read_bytes()[:9000])
    (folder / "words.png").write_text("no picture")
    good.resize((1, 1)).save(folder / "pixel.png")
    Pillow.new("1", (20000, 20000)).save(folder / "bomb.png")
    good.save(folder / "moving.gif", save_all=True, append_images=[good.rotate(2)], duration=100)
    return {
        "missing.png": "missing",
        "empty.jpg": "empty",
        "truncated.jpg": "truncated",
        "words.png": "not-an-image",
        "pixel.png": "too-small",
        "bomb.png": "too-large",
        "moving.gif": "animated",
    }


def odd_images(folder):
    """name -> note of the result; the same good picture in unusual forms."""
    good = Pillow.open(GOOD)
    good.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    grey = np.asarray(good.convert("L"))
    Pillow.fromarray(grey.astype(np.uint16) * 257).save(folder / "deep.png")
    exif = Pillow.Exif()
    exif[0x0112] = 8  # stored a quarter to the right of upright
    good.rotate(-90, expand=True).save(folder / "turned.jpg", exif=exif, quality=95)
    return {"cmyk.jpg": "from-cmyk", "deep.png": "from-16-bit", "turned.jpg": "exif-rotated"}


@pytest.fixture
def results(tmp_path, ppocr_models):
    expected = dict(bad_images(tmp_path), **odd_images(tmp_path))
    command = [sys.executable, "-m", "ocr_app", "read", "--jsonl", "--threads", "1", "--reader", "ppocr:v6-tiny"]
    paths = [str(tmp_path / name) for name in expected] + [str(GOOD)]
    done = subprocess.run(command + paths, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 3, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["image"] for result in found] == paths
    return expected, {os.path.basename(result["image"]): result for result in found}


def test_each_image_gets_its_own_answer(results, tmp_path):
    expected, found = results
    for name, reason in expected.items():
        assert reason in found[name]["reasons"], name
    for name in bad_images(tmp_path):
        assert (found[name]["verdict"], found[name]["lines"]) == ("error", []), name
        assert found[name]["error"]["found"], name


def test_unusual_and_ordinary_forms_of_one_picture_are_read_alike(results, tmp_path):
    _, found = results
    for name in [*odd_images(tmp_path), GOOD.name]:
        assert found[name]["verdict"] == "read" and GOOD_TEXT in found[name]["text"], name
