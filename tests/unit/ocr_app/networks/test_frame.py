"""A frame of the team: how often each network runs, and what the frame costs."""

import pytest

from ocr_app.networks.frame import FrameRates, FrameStage, runs_of, whole
from ocr_app.networks.roofline import Band


def test_recognisers_run_for_lines_and_detectors_for_looks():
    rates = FrameRates(lines=4, second_lines=0.3, second_detector=1.5, third_lines=0.1, third_detector=0.2)
    runs = runs_of(rates)
    assert runs == pytest.approx(
        {"second_lines": 1.2, "second_detector": 1.5, "third_lines": 0.4, "third_detector": 0.2}
    )


def test_a_member_that_is_not_asked_does_not_run():
    assert not any(runs_of(FrameRates()).values())


def test_a_frame_is_the_sum_of_its_networks_and_the_processor():
    stages = [FrameStage("a", 1.0, Band(0.01, 0.004)), FrameStage("b", 0.5, Band(0.02, 0.01))]
    assert stages[1].per_frame == pytest.approx((0.01, 0.005))
    assert whole(stages, 5.0) == pytest.approx((0.025, 0.014))
