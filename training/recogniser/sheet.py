"""Draws a contact sheet of rendered lines with their texts, for comparison with real ones.

python -m training.recogniser.sheet --out docs/images/rendered-lines.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.recogniser import lines
from training.render import fonts

_CELL = (300, 56)  # width, height of a cell in pixels
_SHOWN = 292  # pixels of a line that are visible in a cell


def sheet(seed: int, start: int, columns: int, rows: int, use: str, style: str) -> Image.Image:
    """Lines of a seed from ``start`` on, in the network's contrast, above their texts and kinds of print."""
    image = Image.new("L", (columns * _CELL[0], rows * _CELL[1]), 24)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(11)
    for k in range(columns * rows):
        crop = lines.render(seed, start + k, fonts.names(use), lines.STYLES[style])
        x, y = (k % columns) * _CELL[0], (k // columns) * _CELL[1]
        grey = crop.pixels.astype(np.float32)
        seen = np.clip((grey - grey.mean()) / (grey.std() + 4.0) * 48 + 128, 0, 255).astype(np.uint8)
        image.paste(Image.fromarray(seen[:, :_SHOWN]), (x + 4, y + 4))
        pen.text((x + 4, y + 39), f"{crop.text}   {crop.kind}", fill=190, font=font)
    return image


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=77)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--fonts", choices=("train", "test"), default="train")
    parser.add_argument("--style", choices=tuple(lines.STYLES), default="hard")
    wanted = parser.parse_args(arguments)
    wanted.out.parent.mkdir(parents=True, exist_ok=True)
    sheet(wanted.seed, wanted.start, wanted.columns, wanted.rows, wanted.fonts, wanted.style).save(
        wanted.out, optimize=True
    )


if __name__ == "__main__":
    main()
