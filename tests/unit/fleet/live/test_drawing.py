"""Packages of a line: the same every time, with a wrong date where one is asked for."""

import numpy as np

from fleet.live import drawing
from ocr_app import recipes


def test_only_the_named_places_have_a_wrong_date():
    made = list(drawing.parts(4, (2,)))
    assert [part.good for part in made] == [True, True, False, True]
    assert [drawing.WRONG_EXPIRY in part.text for part in made] == [False, False, True, False]
    assert len({part.lines[1] for part in made}) == 4, "lots differ"


def test_a_frame_is_the_same_every_time_and_has_ink():
    part = next(drawing.parts(1))
    frame = drawing.draw(part, 0)
    assert frame.shape == (300, 640, 3) and frame.min() < 80 and np.median(frame) > 180
    assert np.array_equal(frame, drawing.draw(part, 0))


def test_frames_are_written_in_their_order(tmp_path):
    made = drawing.write(tmp_path / "in", drawing.parts(2))
    assert len(made) == 2
    assert [path.name for path in sorted((tmp_path / "in").iterdir())] == ["0000.jpg", "0001.jpg"]


def test_the_recipe_takes_what_is_drawn():
    recipe = recipes.load(str(drawing.RECIPE))
    assert recipe.name == "demo-line" and {field.name for field in recipe.fields} >= {"expiry", "lot"}
