"""The figures of the recogniser's card."""

from __future__ import annotations

import numpy as np
import pytest

from training.recogniser import evaluate
from training.recogniser.evaluate import EvaluationLine


def line(text: str, group: str) -> EvaluationLine:
    return EvaluationLine(np.zeros((32, 64), np.uint8), text, group)


class Knowing:
    """A recogniser that answers the texts it is given."""

    characters = ("", *"AB1 ")

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def __call__(self, crops: list[object]) -> list[np.ndarray]:
        assert len(crops) == len(self.texts)
        return [self.posterior(text) for text in self.texts]

    def posterior(self, text: str) -> np.ndarray:
        rows = np.full((2 * len(text) + 1, len(self.characters)), -20.0, np.float32)
        rows[::2, 0] = 0.0
        for k, character in enumerate(text):
            rows[2 * k + 1, self.characters.index(character)] = 0.0
        return rows


def test_figures_are_given_over_all_and_by_group() -> None:
    chosen = [line("AB1", "dot"), line("A B", "dot"), line("B1", "font")]
    figures = evaluate.measure(Knowing(["AB1", "AB", "BB"]), chosen)  # type: ignore[arg-type]
    assert (figures["lines"], figures["alnum"], figures["spaced"]) == (3, 66.7, 33.3)
    assert figures["by_print"]["dot"]["alnum"] == 100.0 and figures["by_print"]["font"]["alnum"] == 0.0
    assert figures["cer"] == pytest.approx(100 / 7, abs=0.01)


def test_one_group_needs_no_figures_of_its_own() -> None:
    assert evaluate.measure(Knowing(["A"]), [line("A", "dot")])["by_print"] == {}  # type: ignore[arg-type]


def test_the_case_is_that_of_lines_read_right_but_for_it() -> None:
    chosen = [EvaluationLine(np.zeros((32, 64), np.uint8), "AB", "dot", shown) for shown in ("Ab", "AB", "aB")]
    recogniser = Knowing(["Ab", "Ab", "BB"])
    recogniser.characters = ("", *"ABab ")
    assert evaluate.measure(recogniser, chosen)["case"] == 50.0  # type: ignore[arg-type]


def test_the_tables_are_made_from_the_figures() -> None:
    figures = {"lines": 10, "alnum": 90.0, "nospace": 80.0, "spaced": 70.0, "cer": 1.25}
    by_print = {"dot-5x7": {"alnum": 95.0}}
    sets = {name: {**figures, "by_print": by_print} for name in ("rendered, held out", "rendered, unseen typefaces")}
    training = {"steps": [3, 2], "seed": 1, "lines": 500, "machine": "m", "hours": 1.0}
    measured = {"size": 1_000_000, "parameters": 5, "sha256": "ab", "training": training, "sets": sets}
    sets["real photos2, true quads"] = {**figures, "by_print": {"bottle": {"lines": 2, "alnum": 50.0}}}
    counts = {"lines": 9, "own_right": 7, "other_right": 6, "both_wrong": 1, "same_text": 6, "same_wrong": 0}
    measured["witnesses"] = {"v6-tiny": counts}
    tables = evaluate.tables(measured)
    assert "| rendered, held out | 10 | 90.0 % | 80.0 % | 70.0 % | 1.25 |" in tables["metrics"]
    assert "| dot-5x7 | 95.0 % | 95.0 % |" in tables["prints"]
    assert "| bottle | 2 | 50.0 % |" in tables["photographs"]
    assert "| PP-OCRv6-tiny | 9 | 7 | 6 | 1 | 0 |" in tables["witnesses"]
    assert "3 + 2 steps, seed 1, 500 lines seen" in tables["facts"]
