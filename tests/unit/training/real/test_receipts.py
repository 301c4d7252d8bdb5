"""The receipts: their table, the split by receipt, and the pixels in the archives."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.real import receipts
from training.real.receipts import ReceiptLine


def line(receipt: str, member: str = "a.png", cer: float | None = 0.0) -> ReceiptLine:
    return ReceiptLine("lines-00.zip", member, "TOTAL 5", receipt, cer)


def saved(folder: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(folder / "lines-00.zip", "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def test_the_table_is_read_as_it_is(tmp_path: Path) -> None:
    rows = 'shard\tmember\ttext\treceipt\tcer\nz.zip\ta.png\t5" "NAIL\t007\t0.250\nz.zip\tb.png\t--\t007\tnull\n'
    (tmp_path / "lines.tsv").write_text(rows, encoding="utf-8")
    first, second = receipts.read(tmp_path)
    assert first == ReceiptLine("z.zip", "a.png", '5" "NAIL', "007", 0.25) and second.cer is None


def test_a_receipt_is_on_one_side_of_the_split() -> None:
    lines = [line(f"{k:03d}") for k in range(40) for _ in range(2)]
    split = receipts.split(reversed(lines))
    assert {each.receipt for each in split.held_out} == {"009", "019", "029", "039"}
    assert len(split.train) == 72 and not {each.receipt for each in split.train} & {"009", "019"}


def test_lines_whose_label_is_doubtful_are_not_trusted() -> None:
    lines = (line("1", cer=0.0), line("1", cer=0.01), line("1", cer=None))
    assert receipts.trusted(lines) == lines[:1]


def test_the_pixels_come_from_the_archive(tmp_path: Path) -> None:
    pixels = np.arange(600, dtype=np.uint8).reshape(20, 30)
    saved(tmp_path, {"a.png": cv2.imencode(".png", pixels)[1].tobytes()})
    (found,) = receipts.crops([line("1")], tmp_path)
    np.testing.assert_array_equal(found, pixels)


def test_a_member_that_is_no_picture_is_named(tmp_path: Path) -> None:
    saved(tmp_path, {"a.png": b"text"})
    with pytest.raises(ValueError, match=r"a\.png is no picture"):
        list(receipts.crops([line("1")], tmp_path))
