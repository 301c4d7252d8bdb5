import json

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from ocr_app.readers.codes.detector import CodeDetectorSettings, FoundLine
from training import cards
from training.detector import evaluate, scenes
from training.detector.evaluate import Example


def quad(x0, y0, x1, y1):
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)


FRAME = np.zeros((640, 640, 3), dtype=np.uint8)


@pytest.fixture(autouse=True)
def at_its_own_size(monkeypatch):
    """A frame of 640 px is seen at its own size, whatever codes.json says."""
    monkeypatch.setattr(evaluate, "settings", CodeDetectorSettings)


def test_figures_are_given_for_all_by_kind_and_by_height():
    examples = [
        Example(FRAME, [quad(10, 10, 110, 24)], [], ("easy",)),
        Example(FRAME, [quad(10, 10, 110, 40)], [], ("hard",)),
    ]
    figures = evaluate.measure(lambda image: [FoundLine(quad(10, 10, 110, 24), 0.9)], examples)
    assert (figures["frames"], figures["lines"]) == (2, 2)
    assert figures["by_kind"]["easy"]["recall"] == 100.0
    assert figures["by_kind"]["hard"]["recall"] == 0.0
    assert figures["by_height"]["12-16"] == {"lines": 1, "met": 100.0, "recall": 100.0, "whole": 100.0}
    assert list(figures["by_height"]) == ["12-16", "24-40"]


def test_no_examples_are_an_error():
    with pytest.raises(ValueError, match="without images"):
        evaluate.measure(lambda image: [], [])


def test_a_rendered_set_gives_every_line_with_its_tags(nano_codes):
    examples = list(evaluate.nano_codes(nano_codes))
    assert len(examples) == 100
    assert all(example.lines and example.image.shape == (600, 800, 3) for example in examples)
    assert examples[0].kinds == ("print dot-5x7", "condition clean", "difficulty easy")


def test_photos_keep_what_is_to_be_ignored_apart(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), FRAME)
    corners = quad(1, 2, 30, 12).tolist()
    record = {
        "lines": [{"text": "A", "ignore": False, "quad": corners}, {"text": None, "ignore": True, "quad": corners}]
    }
    (tmp_path / "photos.json").write_text(json.dumps({"a.png": record}), encoding="utf-8")
    (example,) = evaluate.photo_set(tmp_path)
    assert (len(example.lines), len(example.unsure)) == (1, 1)


def test_an_image_that_is_not_there_is_named(tmp_path):
    (tmp_path / "photos.json").write_text(json.dumps({"gone.jpg": {"lines": []}}), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"gone\.jpg"):
        list(evaluate.photo_set(tmp_path))


def test_the_card_has_a_place_for_every_table():
    measured = {
        "size": 1, "sha256": "0", "parameters": 2,
        "training": {"steps": 1, "seed": 2, "crops": 3, "machine": "m", "hours": 0.1},
        "cost": {name: {"gmac": 1.0, "megabytes": 30.0, "nano_ms": [8, 14]} for name in ("code-detector", "v6-tiny")},
        "sets": {"photos2": evaluate.measure(lambda image: [], [Example(FRAME, [quad(0, 0, 90, 20)], [], ("metal",))])},
        "text": {"scenes, mixed": evaluate.measure(lambda image: [], [Example(FRAME, [quad(0, 0, 90, 20)], [], ())])},
        "turned": {"0": 90.0, "-12": 80.0},
        "rival": {"sets": {"photos2": 70.0}, "turned": {"0": 91.0}},
        "speed": {"code-detector": 60.0, "v6-tiny": 120.0},
    }  # fmt: skip
    page = (cards.CARDS / "code-detector.md").read_text(encoding="utf-8")
    filled = cards.filled(page, evaluate.tables(measured))
    assert "| 16-24 | 1 | 0.0 % | 0.0 % | 0.0 % |" in filled
    assert "| metal | 1 | 1 | 0.0 % | 0.0 % |" in filled
    assert "| v6-tiny | 1.00 | 30 | 8 to 14 ms | 120 ms | - | 70.0 % |" in filled
    assert "| -12 degrees | 80.0 % | - |" in filled


@pytest.mark.parametrize("degrees", [0, 12, 90, 180])
def test_a_turned_example_keeps_its_lines_on_their_ink(degrees):
    image = np.full((200, 300, 3), 220, np.uint8)
    image[90:110, 100:220] = 30
    example = evaluate.turned(Example(image, [quad(100, 90, 220, 110)], [], ()), degrees)
    middle = example.lines[0].mean(axis=0)
    assert example.image[int(middle[1]), int(middle[0]), 0] < 60
    h, w = example.image.shape[:2]
    assert (example.lines[0] >= 0).all() and (example.lines[0] <= (w, h)).all()
    assert ((h, w) == (300, 200)) == (degrees == 90)


def test_detectors_are_timed_and_lines_that_are_met_are_counted():
    examples = [Example(FRAME, [quad(10, 10, 110, 24)], [], ()), Example(FRAME, [quad(10, 300, 110, 330)], [], ())]

    def finder(image):
        return [FoundLine(quad(10, 12, 60, 22), 0.9)]

    assert evaluate.met(finder, examples) == 50.0
    assert set(evaluate.speed({"a": finder, "b": finder}, examples)) == {"a", "b"}


def test_each_style_has_scenes_of_its_own(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(evaluate, "REAL", tmp_path)
    monkeypatch.setattr(evaluate.scenes, "render", lambda seed, index, style: asked.append((seed, index, style)))
    monkeypatch.setattr(evaluate, "_example", lambda scene: Example(FRAME, [], [], ()))
    for examples in (e for name, e in evaluate.sets(2).items() if name.startswith("scenes")):
        list(examples)
    assert asked == [(13, i, style) for style in scenes.STYLES for i in range(2)]
