"""The case of a label comes from a reading, its characters from the label."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.real import casing
from training.real.receipts import ReceiptLine


@pytest.mark.parametrize(
    ("label", "reading", "text"),
    [
        ("TAX INVOICE", "Tax Invoice", "Tax Invoice"),
        ("TOTAL: 5.00", "Total:5.00", "Total: 5.00"),  # the label's spaces count
        ("TEL 03-55", "Tel. 0355", "Tel 03-55"),
        ("COSMOS 1", "COsMOs 1", "COSMOS 1"),  # s looks like S
        ("BOX", "box", "box"),
        ("COS", "cos", "cos"),
        ("TOTAL", "Tota1", None),
        ("TOTAL", "", None),
        ("5.00", "5.00", "5.00"),
    ],
)
def test_a_label_in_the_case_of_its_reading(label: str, reading: str, text: str | None) -> None:
    assert casing.cased(label, reading) == text


def test_only_lines_with_a_case_are_written_and_read_back(tmp_path: Path) -> None:
    lines = [ReceiptLine("z.zip", f"{k}.png", "X", "1", 0.0) for k in range(2)]
    assert casing.write(tmp_path / "new" / "cased.tsv", lines, ['5" "nail', None]) == 1
    assert casing.read(tmp_path / "new" / "cased.tsv") == {("z.zip", "0.png"): '5" "nail'}
