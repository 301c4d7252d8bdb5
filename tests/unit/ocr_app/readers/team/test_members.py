"""Tests of ocr_app.readers.team.members: which networks a member opens, and what its detector hands on."""

import json
import os

import numpy as np
import pytest
from posteriors import CHARACTERS

from ocr_app.imaging.geometry import box_quad, sides
from ocr_app.networks.contract import Network
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import FoundLine
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.team.members import chosen_lines, open_member

RULES = codes.CodesSettings(
    margin=0.25, most_lines=2, least_confidence=0.5, sure_place=0.6, sure_text=0.8, doubtful_lines=1
)


class Nothing(Network):
    """A network that finds nothing."""

    inputs, outputs = ("image",), ("answer",)
    metadata = {"characters": json.dumps(list(CHARACTERS))}

    def __init__(self):
        self.shapes = []

    def infer(self, arrays):
        shape = arrays["image"].shape
        self.shapes.append(shape)
        return {"answer": np.zeros((1, 1) + shape[2:], np.float32)}


@pytest.fixture
def opened():
    """Opens a member with networks that find nothing; ``opened.files`` are those that were opened, by name."""

    def open_network(path, device, threads, precision):
        opened.files[os.path.basename(path)] = network = Nothing()
        opened.options.append((device, threads, precision))
        return network

    def opened(name, looks=True):
        return open_member(name, looks, ReaderOptions("cpu", "fp32", 3), open_network)

    opened.files, opened.options = {}, []
    return opened


def test_our_own_networks_are_both_opened(opened, code_models):
    member = opened("codes")
    assert list(opened.files) == [code_models["detector"]["file"], code_models["recogniser"]["file"]]
    assert set(member.holders) == {"detector", "recogniser"} and member.characters == CHARACTERS
    assert opened.options == [("cpu", 3, "fp32")] * 2


def test_a_member_whose_detector_the_team_does_not_use_opens_its_recogniser_alone(opened):
    member = opened("small", looks=False)
    assert list(opened.files) == ["ppocr-v6-small-codes-rec.onnx"]
    assert member.detect is None and set(member.holders) == {"recogniser"}


def test_a_second_detector_enlarges_a_small_frame_for_a_larger_scale_only(opened):
    member = opened("tiny")
    network = opened.files["ppocr-v6-tiny-codes-det.onnx"]
    image = np.zeros((160, 320, 3), np.uint8)
    assert member.detect(image, 1.0, 9) == [] and member.detect(image, 2.0, 9) == []
    assert network.shapes == [(1, 3, 160, 320), (1, 3, 480, 960)]


def line(score, x=0.0):
    return FoundLine(box_quad(x, 0, 100, 20), score)


def test_lines_that_are_read_have_margins():
    (seen,) = chosen_lines([line(0.9)], RULES)
    assert sides(seen.quad) == pytest.approx((110.0, 30.0)) and (seen.score, seen.sure) == (0.9, True)


def test_the_best_of_the_sure_and_of_the_doubtful_places_are_read():
    found = [line(0.9, 1), line(0.8, 2), line(0.7, 3), line(0.5, 4), line(0.4, 5)]
    assert [(seen.score, seen.sure) for seen in chosen_lines(found, RULES)] == [(0.9, True), (0.8, True), (0.5, False)]
