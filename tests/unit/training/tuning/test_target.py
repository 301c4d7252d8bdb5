"""What a published recogniser sees: the same numbers as when the reader feeds it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

from ocr_app.readers.ppocr import recogniser as ppocr
from training.recogniser.feed import pack
from training.tuning.target import PublishedTarget, target_of


def test_a_crop_is_fed_as_the_reader_feeds_it() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (48, 100), dtype=np.uint8)
    target = PublishedTarget("AB")
    batch = pack([target.row(pixels)], ["AB"], target)
    fed = ppocr.pack([pixels], [100], ppocr.PpocrRecogniserSettings(least_width=128))
    np.testing.assert_allclose(batch.images.numpy(), fed, atol=1e-6)
    assert batch.steps.tolist() == [ppocr.frames(100)]


def test_the_characters_are_those_of_the_file() -> None:
    model = SimpleNamespace(metadata_props=[SimpleNamespace(key="characters", value='["", "A", "b", " "]')])
    assert target_of(model).characters == "Ab "
    with pytest.raises(KeyError):
        target_of(SimpleNamespace(metadata_props=[]))
