"""Tests of ocr_app.readers.team.frame: what is read, by whom, and how long a step takes."""

import numpy as np
import pytest
from fake_team import FakeMember, frame_of, painted, team

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.frame import THIRD_MEMBER, GivenLines, measured


def test_a_crop_of_a_frame_is_cut_from_the_pixels_that_the_member_uses():
    image = np.dstack([painted(g10=(20, 20, 100, 20))] * 3)
    frame = frame_of(image)._replace(grey=image[:, :, 0])
    quad = box_quad(20, 20, 100, 20)
    assert frame.crop(0, quad, True).shape == (20, 100, 3) and frame.crop(0, quad, False).shape == (20, 100)


def test_a_crop_of_given_lines_is_cut_from_the_image_of_its_number():
    images = [np.full((20, 100), 10, np.uint8), np.full((20, 80, 3), 20, np.uint8)]
    lines = GivenLines(images, Timer(), Budget(None))
    assert lines.crop(1, box_quad(0, 0, 80, 20), False).shape == (20, 80)
    assert int(lines.crop(0, box_quad(0, 0, 100, 20), True).max()) == 10


def test_detectors_come_in_the_order_in_which_they_are_named():
    chosen = team(FakeMember("first", {}), FakeMember("second", {}))
    assert [each.name for each in chosen.detectors(("second", "first"))] == ["second", "first"]
    assert chosen.first.name == "first"


def test_a_step_that_took_long_is_not_begun_again_in_a_short_budget(monkeypatch):
    budget = Budget(50.0)
    budget.begin()
    ticks = iter([0.0, 100.0])
    monkeypatch.setattr("ocr_app.readers.team.frame.time.perf_counter", lambda: next(ticks))
    with measured(budget, THIRD_MEMBER):
        pass
    monkeypatch.undo()
    budget.begin()
    assert not budget.allows(THIRD_MEMBER) and budget.refused == [THIRD_MEMBER]


@pytest.mark.parametrize("colour", [True, False])
def test_a_crop_has_the_size_of_its_quad(colour):
    assert frame_of(painted()).crop(0, box_quad(0, 0, 60, 30), colour).shape[:2] == (30, 60)
