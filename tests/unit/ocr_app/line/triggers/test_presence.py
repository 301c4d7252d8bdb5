"""A part shows in the picture: one part for each passage."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from ocr_app.line.settings.production import TriggerSettings
from ocr_app.line.triggers.presence import PresenceGate, small_grey


def picture(at=None, shade=90, noise=0, size=(320, 240)):
    """The empty line in grey, with a light box at column ``at``."""
    dice = np.random.RandomState(noise)
    pixels = np.full((size[1], size[0]), shade, np.float32) + dice.normal(0, 2, (size[1], size[0]))
    if at is not None:
        pixels[40:200, max(0, at) : at + 150] = 220
    stream = io.BytesIO()
    Pillow.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def run(status, make_frame):
    def go(pictures, **settings):
        took = []
        gate = PresenceGate(TriggerSettings(kind="presence", **settings), status, took.append)
        for number, data in enumerate(pictures):
            gate.take(make_frame(str(number), data=data))
        return [int(frame.name) for frame in took]

    return go


def test_a_passage_is_one_part_with_the_first_frame_that_holds_still(run, metric):
    passage = [picture(at, noise=abs(at)) for at in (-100, 20, 80, 80, 81, 81)]
    empty = [picture(noise=n) for n in (7, 8, 9)]
    assert run(empty + passage + empty + passage) == [6, 15]
    assert metric('frames_total{fate="skipped"}') == 2 * 9 - 2


def test_a_light_that_slowly_changes_is_no_part(run):
    assert run([picture(shade=90 + step // 4, noise=step) for step in range(200)]) == []


def test_what_is_no_image_or_of_another_size_is_skipped(run):
    assert run([picture(), b"", b"nothing", picture(noise=1), picture(50, size=(640, 480)), picture(50, noise=2)]) == []


def test_a_sensitivity_can_be_set(run):
    pictures = [picture(noise=1), picture(shade=95, noise=2), picture(shade=95, noise=3)]
    assert run(pictures) == [] and run(pictures, presence_level=3.0) == [2]


def test_pictures_are_looked_at_small(run):
    assert small_grey(picture(size=(4000, 3000))).shape == (120, 160) and small_grey(b"x") is None
