"""Comparing the cut networks with the published ones: the table of the card, and what counts as the same."""

import json

import numpy as np
import pytest

from fleet.core.errors import BlockError
from fleet.environments import cut_models
from fleet.measurement import cuts
from ocr_app.datasets.loading import open_dataset
from ocr_app.readers.ppocr.detector import FoundText

QUAD = np.array([[0, 0], [10, 0], [10, 5], [0, 5]], np.float32)
NETWORK = {
    "network": "a", "file": "a.onnx", "sha256": "0" * 64, "bytes": 1_200_000, "source_bytes": 4_500_000,
    "kind": "lines", "items": 151, "error": 6.6e-07, "stored_error": 0.077, "different": 3,
}  # fmt: skip


def test_a_row_says_what_was_compared_and_what_changed():
    row = cuts.table([NETWORK]).splitlines()[-1]
    assert row == "| `a.onnx` | 4.5 | 1.2 | 7e-07 | 0.08 | 151 lines | 3 |"


def test_the_table_goes_between_the_marks_of_the_card():
    card = "before\n<!-- cut: written by x -->\nold\n<!-- /cut -->\nafter\n"
    made = cuts.filled(card, [NETWORK])
    assert "old" not in made and "| `a.onnx` |" in made and made.endswith("<!-- /cut -->\nafter\n")
    assert cuts.filled(made, [NETWORK]) == made
    with pytest.raises(BlockError):
        cuts.filled("no marks", [NETWORK])


@pytest.mark.parametrize("moved, same", [(0.5, True), (3.0, False)])
def test_lines_are_the_same_to_a_pixel(moved, same):
    assert cuts.same_lines([FoundText(QUAD, 0.9)], [FoundText(QUAD + moved, 0.8)]) is same


def test_another_number_of_lines_is_not_the_same():
    assert not cuts.same_lines([FoundText(QUAD, 0.9)], []) and cuts.same_lines([], [])


@pytest.mark.usefixtures("ppocr_models")
@pytest.mark.parametrize("network", ["ppocr-v6-tiny-codes-detector", "ppocr-v6-small-codes-recogniser"])
def test_a_cut_network_gives_what_the_published_one_gives(monkeypatch, network):
    """A few of the samples: as cut, nothing differs; as shipped, little does."""
    monkeypatch.setattr(cuts, "open_dataset", lambda path: open_dataset(path, None, 4))
    (cut,) = [own for own in cut_models.cuts() if own.network == network]
    found = cuts.compared(cut)
    assert found["error"] < 1e-5 and found["stored_error"] < 0.2 and found["items"] >= 1
    assert found["bytes"] < found["source_bytes"] / 1.9 and found["different"] <= 1


def test_the_committed_card_has_the_committed_figures():
    record = json.loads(cuts.CARD.with_suffix(".json").read_text())
    text = cuts.CARD.read_text()
    assert cuts.filled(text, record["networks"]) == text
    known = {own["file"]: own["sha256"] for own in record["networks"]}
    catalogue = json.loads(cut_models.CATALOGUE.read_text())["models"]
    files = [catalogue[cut.model][cut.part] for cut in cut_models.cuts() if not cut.tuned]
    assert known == {own["file"]: own["sha256"] for own in files}
