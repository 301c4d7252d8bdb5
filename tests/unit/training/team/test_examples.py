"""Tests of training.team.examples: what a place is labelled with."""

import numpy as np
import pytest
from fake_team import FakeMember, painted

from ocr_app.imaging.geometry import box_quad
from training.real import receipts
from training.team import examples
from training.team.examples import LabelledFrame, LabelledPlace

UPPER, LOWER = (20, 20, 200, 20), (20, 80, 200, 20)


def frame(texts, boxes, complete=False):
    image = painted(g10=UPPER, g20=LOWER)
    return LabelledFrame(image, [box_quad(*box) for box in boxes], texts, "made up", complete)


def places(found, labelled, count=9):
    """The places that a detector finds in a frame."""
    member = FakeMember("first", {}, {1.0: found}).member
    blind = FakeMember("second", {}).member
    return list(examples.detected_places((member, blind), iter([labelled]), count))


def test_a_place_is_labelled_with_the_letters_and_digits_of_its_line():
    (place,) = places([(15, 17, 210, 26)], frame(["Lat: 1", "EXP 2"], [UPPER, LOWER]))
    assert (place.truth, place.domain) == ("LAT1", "made up")


def test_lines_side_by_side_in_one_place_are_labelled_from_left_to_right():
    boxes = [(130, 20, 90, 20), (20, 20, 90, 20)]
    (place,) = places([(15, 17, 210, 26)], frame(["EXP 2", "LAT 1"], boxes))
    assert place.truth == "LAT1EXP2"


def test_a_place_with_a_part_of_a_line_has_no_label():
    assert places([(20, 20, 60, 20)], frame(["LAT 1"], [UPPER])) == []


def test_a_place_without_a_label_is_empty_only_where_all_text_is_labelled():
    assert places([LOWER], frame(["LAT 1"], [UPPER])) == []
    (place,) = places([LOWER], frame(["LAT 1"], [UPPER], complete=True))
    assert place.truth == ""


def test_no_more_places_than_wanted_are_taken():
    assert len(places([UPPER, LOWER], frame(["LAT 1", "EXP 2"], [UPPER, LOWER]), count=1)) == 1


def test_every_member_reads_every_place(monkeypatch):
    fakes = [FakeMember(name, {10: ("LAT 1", 0.9)}) for name in ("first", "second")]
    place = LabelledPlace(painted(g10=UPPER), box_quad(*UPPER), "LAT1", "made up")
    monkeypatch.setattr(examples, "labelled", lambda members, count: iter([place]))
    monkeypatch.setattr(examples, "photograph_examples", lambda members, count: iter(()))  # ../shared/train has them
    (found,) = examples.examples(tuple(fake.member for fake in fakes), 1)
    assert {name: said.text for name, said in found.said.items()} == {"first": "LAT 1", "second": "LAT 1"}
    assert (found.truth, found.domain, found.said["first"].height) == ("LAT1", "made up", 20.0)


def test_lines_of_receipts_are_those_that_no_training_uses():
    if not (receipts.FOLDER / "pages.json").is_file():
        pytest.skip("../shared/train is not there")
    held_out = receipts.split(receipts.read()).held_out
    texts = {examples.comparable(line.text) for line in held_out}
    found = list(examples.receipt_lines(12))
    assert 6 <= len(found) <= 12
    assert all(place.truth in texts and place.image.dtype == np.uint8 for place in found)
