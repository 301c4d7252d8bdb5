"""Packs real lines into shards like those of the drawn pools, 32 pixels high.

    python -m training.real.packing --cased build/real/cased.tsv --folder build/recogniser-pool

Makes the pools ``receipts``, to train on, and ``receipts-held-out``. Lines that are too wide for a training batch are
left out, and so are most of those with a single character, which are common on receipts and teach little.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import cv2

from training.real import casing, receipts
from training.real.receipts import Grey, ReceiptLine
from training.recogniser import lines, pool, texts
from training.recogniser.lines import Crop
from training.render.seeds import chance, stream

WIDEST = 640  # pixels at a height of 32
_SINGLE = 0.15  # share of the lines with one character that is kept
_SEED = 61


def crop_of(pixels: Grey, text: str, kind: str, height: int = lines.HEIGHT) -> Crop | None:
    """The line as it is trained on, ``height`` px high.

    None where the network has no class for a character, or the line is too wide.
    """
    text = " ".join(text.split())
    if not text or not set(text) <= set(texts.CASED):
        return None
    small = lines.to_height(pixels, height)
    if not 4 <= small.shape[1] <= WIDEST * height // lines.HEIGHT:
        return None
    return Crop(small, texts.fold(text), text, kind)


def receipt_crops(
    chosen: Sequence[ReceiptLine],
    cased: dict[tuple[str, str], str],
    folder: Path = receipts.FOLDER,
    height: int = lines.HEIGHT,
) -> Iterator[Crop]:
    """The lines whose case is known, ``height`` px high."""
    rng = stream(_SEED, 0, "receipts")
    known = [line for line in chosen if (line.shard, line.member) in cased]
    known = [line for line in known if len(line.text.strip()) > 1 or chance(rng, _SINGLE)]
    for line, pixels in zip(known, receipts.crops(known, folder), strict=True):
        crop = crop_of(pixels, cased[line.shard, line.member], "receipt", height)
        if crop:
            yield crop


def pack(folder: Path, name: str, crops: Iterable[Crop]) -> int:
    """Write the pool ``name`` in shards of ``pool.SHARD`` lines in random order; returns the number of its shards."""
    found = list(crops)
    order = stream(_SEED, 1, name).permutation(len(found))
    shards = [order[cut : cut + pool.SHARD] for cut in range(0, len(found), pool.SHARD)]
    for number, places in enumerate(shards):
        pool.save(pool.path(folder, name, number), [found[int(k)] for k in places])
    print(f"{name}: {len(found)} lines in {len(shards)} shards", flush=True)
    return len(shards)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cased", type=Path, required=True, help="what training.real.casing wrote")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--receipts", type=Path, default=receipts.FOLDER)
    parser.add_argument("--height", type=int, default=lines.HEIGHT, help="of the crops, px (default %(default)s)")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    split = receipts.split(receipts.read(wanted.receipts))
    cased = casing.read(wanted.cased)
    pack(wanted.folder, "receipts", receipt_crops(split.train, cased, wanted.receipts, wanted.height))
    pack(wanted.folder, "receipts-held-out", receipt_crops(split.held_out, cased, wanted.receipts, wanted.height))


if __name__ == "__main__":
    main()
