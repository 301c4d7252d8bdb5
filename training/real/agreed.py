"""Lines of the photographs whose text two teachers agree on, packed to train the recogniser with.

    python -m training.real.agreed --teacher build/teacher --folder build/recogniser-pool

A line counts where PP-OCRv6 small and tiny read the same, signs and case included, and both are sure. It makes the
pools ``photographs``, to train on, and ``photographs-held-out``, of the photographs that no training sees. With
``--small-alone`` a line counts where small is very sure, whatever tiny reads: this is for a training of tiny, which has
most to learn where it is wrong. Groups that the teachers have not been asked about are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocr_app.imaging.geometry import grow, rectify, sides
from training.real import photographs, teacher
from training.real.packing import crop_of, pack
from training.real.photographs import FOLDER, GROUPS
from training.real.receipts import Grey
from training.real.teacher import Quad, TeacherLine
from training.recogniser.lines import HEIGHT, Crop
from training.render.seeds import between, stream

SURE = 0.9  # what both teachers have to say of their reading
VERY_SURE = 0.95  # what one teacher alone has to say
_SMALLEST = 8.0  # pixels; lower lines cannot be read without knowing the word
_MARGINS = (-0.02, 0.2)  # of a line's height; the detectors' quads are tight
_SEED = 62


def agreed(line: TeacherLine) -> bool:
    """Whether both teachers are sure of the same text, and it is more than one character repeated."""
    return line.small_text == line.tiny_text and min(line.small_conf, line.tiny_conf) > SURE and _is_readable(line)


def believed(line: TeacherLine) -> bool:
    """Whether small is very sure of its text, and it is more than one character repeated."""
    return line.small_conf > VERY_SURE and _is_readable(line)


def _is_readable(line: TeacherLine) -> bool:
    text = line.small_text
    varied = len(set(text)) > 1 or (len(text) == 1 and text.isalnum())
    return varied and sides(line.corners())[1] >= _SMALLEST


def cut(image: Grey, quad: Quad, rng: np.random.Generator) -> Grey:
    """The pixels of a line with a random margin."""
    return np.asarray(rectify(image, grow(quad, between(rng, *_MARGINS) * sides(quad)[1])), dtype=np.uint8)


@dataclass(frozen=True)
class Choice:
    """Which lines are packed: those that ``counts``, ``height`` px high, of the photographs below ``folder``."""

    counts: Callable[[TeacherLine], bool] = agreed
    height: int = HEIGHT
    folder: Path = FOLDER


def crops(group: str, lines: dict[str, list[TeacherLine]], held_out: bool, choice: Choice = Choice()) -> Iterator[Crop]:
    """The chosen lines of a group's photographs, of those that are held out or of the others."""
    rng = stream(_SEED, int(held_out), group)
    chosen = [p for p in photographs.catalogue(group, choice.folder) if p.held_out == held_out and p.member in lines]
    for photograph, image in photographs.pictures(chosen, choice.folder):
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        for line in filter(choice.counts, lines[photograph.member]):
            crop = crop_of(cut(grey, line.corners(), rng), line.small_text, group, choice.height)
            if crop:
                yield crop


def all_crops(asked: Path, groups: Iterable[str], held_out: bool, choice: Choice = Choice()) -> Iterator[Crop]:
    """The chosen lines of every group that the teachers have been asked about; ``asked`` is the teacher's folder."""
    for group in groups:
        if (asked / f"{group}.json").is_file():
            yield from crops(group, teacher.read(asked, group), held_out, choice)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, required=True, help="what training.real.teacher wrote")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--photographs", type=Path, default=FOLDER)
    parser.add_argument("--small-alone", action="store_true", help="the lines that small is very sure of")
    parser.add_argument("--height", type=int, default=HEIGHT, help="of the crops, px (default %(default)s)")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    choice = Choice(believed if wanted.small_alone else agreed, wanted.height, wanted.photographs)
    for name, held_out in (("photographs", False), ("photographs-held-out", True)):
        pack(wanted.folder, name, all_crops(wanted.teacher, GROUPS, held_out, choice))


if __name__ == "__main__":
    main()
