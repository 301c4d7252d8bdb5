"""Every source fulfils the contract, and a frame tells its source what becomes of it."""

import pytest

from ocr_app.line.sources.contract import CapturedFrame, FrameSource
from ocr_app.line.sources.pushed import PushedSource
from ocr_app.line.sources.replay import ReplaySource
from ocr_app.line.sources.watched import WatchedSource


@pytest.mark.parametrize("source", [PushedSource, ReplaySource, WatchedSource])
def test_a_source_has_all_of_it(source):
    assert issubclass(source, FrameSource) and not source.__abstractmethods__


def test_by_default_a_source_goes_on_for_ever():
    assert PushedSource(1).ended is False


def test_a_frame_leaves_its_source():
    left = []
    CapturedFrame(b"", "a", 0.0).leave()
    CapturedFrame(b"", "a", 0.0, on_part=lambda: left.append(1)).leave()
    assert left == [1]
