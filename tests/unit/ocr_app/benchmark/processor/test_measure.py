"""The processor's part of a frame: networks run once, every frame counts once a round, the shortest round counts."""

import numpy as np
import pytest
from one_network import Doubles, OneNetwork
from posteriors import frame_of

from ocr_app.benchmark.processor import measure as module
from ocr_app.benchmark.processor.frames import ComposedFrame
from ocr_app.benchmark.processor.measure import NO_RECIPE, measure
from ocr_app.core.types import TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.recipes import loads

RECIPE = loads("name: four\nwitnesses: 1\nlines: [[{letters: 4}]]")
FRAMES = [ComposedFrame("a", np.zeros((20, 20, 3), np.uint8), 3), ComposedFrame("b", np.zeros((20, 20), np.uint8), 2)]


class Letters(OneNetwork):
    """Reads ABCD wherever its network answers."""

    def read(self, image, timer=None):
        self.network.infer_one(np.ones(1))
        return [TextLine("ABCD", box_quad(0, 0, 9, 9), 0.9)]

    def posteriors(self, image, timer=None):
        self.network.infer_one(np.ones(1))
        return frame_of("ABCD")


@pytest.fixture(scope="module")
def measured():
    network = Doubles()
    return network, measure(Letters(network), FRAMES, [RECIPE], 2, lambda message: None, 2946)


def test_networks_run_once_for_each_frame_and_recipe(measured):
    network, record = measured
    assert network.runs == len(FRAMES) * 2
    assert set(record["recipes"]) == {NO_RECIPE, "four"} and record["frames"] == 2
    assert record["lines"] == {"2": 1, "3": 1}


def test_stages_add_up_to_the_total(measured):
    for name, stage in ((NO_RECIPE, "write the result"), ("four", "decode under the recipe")):
        under = measured[1]["recipes"][name]
        assert under["texts"] == 2 and under["total"]["n"] == 2
        assert under["stages"][stage]["median"] > 0
        assert "networks" not in under["stages"]
        assert sum(times["mean"] for times in under["stages"].values()) <= under["total"]["mean"] + 0.05


def test_a_nano_is_estimated_from_the_ratio_of_ratings(measured):
    nano = measured[1]["nano"]
    assert nano["slower"] == pytest.approx(2.0 * nano["python"], abs=0.01)
    expected = {name: each["total"]["median"] * nano["slower"] for name, each in measured[1]["recipes"].items()}
    assert nano["estimate_ms"] == pytest.approx(expected, abs=0.1)


def test_the_shortest_round_counts():
    rounds = [[{"verify": 2.0, "networks": 9.0}], [{"verify": 1.0, "everything else": 0.5}]]
    summary = module._summary(rounds, [3])
    assert summary["total"]["median"] == 1.5 and summary["stages"]["verify"]["median"] == 1.0
