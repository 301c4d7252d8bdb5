"""The figures of the fine-tuned recogniser's card."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

from training import cards
from training.export import DATA
from training.tuning import evaluate

MEASURED = {
    "file": "a.onnx",
    "sha256": "ab",
    "training": {"steps": 10, "seed": 1, "lines": 480, "machine": "a processor", "hours": 0.5},
    "sets": {"rendered, held out": {"lines": 7, "as cut": 30.0, "fine-tuned": 50.0, "codes": 60.0}},
    "witnesses": {
        "drawn": {
            name: {"lines": 7, "own_right": 4, "other_right": 3, "both_wrong": 1, "same_text": 3, "same_wrong": 0}
            for name in ("as cut", "fine-tuned")
        }
    },
}


def test_the_card_has_a_block_for_every_table() -> None:
    tables = evaluate.tables(MEASURED)
    text = cards.filled((cards.CARDS / f"{evaluate.NAME}.md").read_text(encoding="utf-8"), tables)
    assert "| rendered, held out | 7 | 30.0 % | 50.0 % | 60.0 % |" in text
    assert "| drawn | fine-tuned | 7 | 4 | 3 | 3 | 0 |" in text


def test_the_cut_recogniser_is_fed_as_in_the_package() -> None:
    recogniser = evaluate.recogniser_of(DATA / "models" / "ppocr-v6-tiny-codes-rec.onnx")
    assert recogniser.characters[0] == "" and len(recogniser.characters) == 96
