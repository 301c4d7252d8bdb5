"""Model cards: blocks filled from measurements, and figures that are compared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training import cards

CARD = "# x\n\nwords\n\n<!-- metrics: made by a command -->\nold\n<!-- /metrics -->\n\nmore\n"


def test_a_block_is_replaced_and_words_stay() -> None:
    text = cards.filled(CARD, {"metrics": "| new |"})
    assert "| new |" in text and "old" not in text
    assert text.startswith("# x\n\nwords") and text.endswith("more\n")


def test_a_card_without_the_block_is_an_error() -> None:
    with pytest.raises(cards.CardError, match="no block 'prints'"):
        cards.filled(CARD, {"prints": "x"})


def test_a_card_without_prose_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(cards.CardError, match=r"net\.md does not exist"):
        cards.save("net", {"a": 1}, {"metrics": "x"}, tmp_path)


def test_saved_figures_are_those_that_check_compares(tmp_path: Path) -> None:
    (tmp_path / "net.md").write_text(CARD)
    cards.save("net", {"a": 1, "b": 2}, {"metrics": "x"}, tmp_path)
    assert json.loads((tmp_path / "net.json").read_text()) == {"a": 1, "b": 2}
    cards.check("net", {"a": 1, "b": 3}, ("a",), tmp_path)
    with pytest.raises(cards.CardError, match="b: committed 2, now 3"):
        cards.check("net", {"a": 1, "b": 3}, ("a", "b"), tmp_path)


def test_a_table_sets_numbers_to_the_right() -> None:
    assert cards.markdown([["a", "b"], ["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
