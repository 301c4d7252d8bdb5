"""Labelled lines for the calibration of the team: what each member reads in them, and what is printed.

Five kinds, of equal weight: lines of held-out receipts, drawn lines in typefaces that no training uses, whole drawn
frames and receipt pages as the detectors cut them, and photographs. Nothing of ``shared/real`` is used.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.core.types import Quad
from ocr_app.imaging.geometry import image_quad, rectify, shared_area, shared_part
from ocr_app.imaging.preprocess import gray
from ocr_app.readers.team.arbiter import Said, comparable
from ocr_app.readers.team.members import Member
from ocr_app.readers.team.place import said_of
from training import make_nano_codes
from training.real import photographs, receipts
from training.recogniser import lines as drawn
from training.render import fonts
from training.render.substrate import UNSEEN_SURFACES

SEED = 9091  # of drawn lines and frames; no training and no evaluation uses it
UNTAUGHT = ("barcodes",)  # groups of photographs that no training uses
SHORTEST = 3  # letters and digits
MOST_PLACES = 32  # of one detector in one frame
_HIGH = 48  # px of a drawn line: as much as any member sees
_INSIDE = 0.6  # a labelled line is part of a place if it shares this part of its area

Image = NDArray[np.uint8]


@dataclass(frozen=True)
class TeamExample:
    """What every member reads at one place, what is printed there (letters and digits), and where it comes from."""

    said: dict[str, Said]
    truth: str
    domain: str


@dataclass(frozen=True)
class LabelledPlace:
    """A picture, a quad in it, and the letters and digits that are printed there."""

    image: Image
    quad: Quad
    truth: str
    domain: str


def examples(members: tuple[Member, ...], count: int) -> Iterator[TeamExample]:
    """About ``count`` examples of each kind."""
    for place in labelled(members, count):
        yield TeamExample(_said_of_all(members, place.image, place.quad), place.truth, place.domain)
    yield from photograph_examples(members, count)


def photograph_examples(members: tuple[Member, ...], count: int) -> Iterator[TeamExample]:
    """Places in photographs that no training uses and that have no labels: what two of the members read alike is true.

    Places that all members read otherwise are left out, so that this kind is a little easier than photographs are.
    """
    left = count
    for group in UNTAUGHT:
        for _, image in photographs.pictures(photographs.catalogue(group)):
            for quad in _seen_by_all(members, image):
                said = _said_of_all(members, image, quad)
                truth = _majority([comparable(each.text) for each in said.values()])
                if truth and left:
                    left -= 1
                    yield TeamExample(said, truth, "photographs")


def _seen_by_all(members: tuple[Member, ...], image: Image) -> Iterator[Quad]:
    for member in members:
        if member.detect is not None:
            frame = image if member.colour else gray(image)
            yield from (seen.quad for seen in member.detect(frame, 1.0, MOST_PLACES) if seen.sure)


def _said_of_all(members: tuple[Member, ...], image: Image, quad: Quad) -> dict[str, Said]:
    crop = rectify(image, quad)
    return {
        member.name: said_of(member.name, (member.recognise([crop])[0], member.characters), quad) for member in members
    }


def _majority(texts: list[str]) -> str:
    """The text that two members read, if it is long enough to be no accident; otherwise empty."""
    return next((text for text in texts if len(text) >= SHORTEST and texts.count(text) > 1), "")


def labelled(members: tuple[Member, ...], count: int) -> Iterator[LabelledPlace]:
    """The places of all kinds."""
    yield from receipt_lines(count)
    yield from drawn_lines(count)
    yield from detected_places(members, drawn_frames(count // 3), count // 2)
    yield from detected_places(members, receipt_pages(), count // 2)


def receipt_lines(count: int) -> Iterator[LabelledPlace]:
    """Lines of receipts that no training uses, evenly spread; also those whose label and reading differ."""
    held_out = receipts.split(receipts.read()).held_out
    chosen = held_out[:: max(1, len(held_out) // count)][:count]
    for line, pixels in zip(chosen, receipts.crops(chosen), strict=True):
        if comparable(line.text):
            yield LabelledPlace(pixels, image_quad(pixels), comparable(line.text), "receipt lines")


def drawn_lines(count: int) -> Iterator[LabelledPlace]:
    """Drawn lines in typefaces for tests, hard and plain ones in turn."""
    typefaces, styles = fonts.names("test"), [drawn.STYLES["hard"], drawn.STYLES["plain"]]
    for index in range(count):
        crop = drawn.render(SEED, index, typefaces, styles[index % 2], _HIGH)
        if comparable(crop.text):
            yield LabelledPlace(crop.pixels, image_quad(crop.pixels), comparable(crop.text), "drawn lines")


@dataclass(frozen=True)
class LabelledFrame:
    """A frame with the quads and texts of its lines. ``complete``: all text that is in it is labelled."""

    image: Image
    quads: list[Quad]
    texts: list[str]
    domain: str
    complete: bool


def drawn_frames(count: int) -> Iterator[LabelledFrame]:
    """Frames as in nano-codes-100, in unseen typefaces on unseen surfaces; label text in them has no label."""
    typefaces = fonts.names("test")
    for index in range(count):
        made = make_nano_codes.frame(SEED, index, typefaces, UNSEEN_SURFACES)
        quads = [np.asarray(line.quad, np.float32) for line in made.lines]
        texts = [line.text for line in made.lines]
        yield LabelledFrame(np.asarray(made.pixels, np.uint8), quads, texts, "drawn frames", complete=False)


def receipt_pages(folder: Path = receipts.FOLDER) -> Iterator[LabelledFrame]:
    """Whole held-out receipts; all text in them has a label."""
    held_out = {line.receipt for line in receipts.split(receipts.read(folder)).held_out}
    pages = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    for member, page in pages.items():
        if Path(member).stem in held_out:
            with zipfile.ZipFile(folder / page["shard"]) as archive:
                grey = receipts.decoded(archive.read(member), member)
            quads = [np.asarray(line["quad"], np.float32) for line in page["lines"]]
            yield LabelledFrame(grey, quads, [line["text"] for line in page["lines"]], "receipt pages", complete=True)


def detected_places(
    members: tuple[Member, ...], frames: Iterator[LabelledFrame], count: int
) -> Iterator[LabelledPlace]:
    """The places that detectors find, with what is printed in them; at most ``count``."""
    left = count
    for frame in frames:
        for place in _places_of(members, frame):
            yield place
            left -= 1
            if left == 0:
                return


def _places_of(members: tuple[Member, ...], frame: LabelledFrame) -> Iterator[LabelledPlace]:
    for member in members:
        if member.detect is None:
            continue
        for seen in member.detect(frame.image, 1.0, MOST_PLACES):
            truth = _printed_in(seen.quad, frame)
            if truth or frame.complete:
                yield LabelledPlace(frame.image, seen.quad, truth, frame.domain)


def _printed_in(quad: Quad, frame: LabelledFrame) -> str:
    """The labelled lines in a quad along its direction. A quad that holds a part of a line only gets no full text."""
    along = quad[1] - quad[0]
    inside = [k for k, line in enumerate(frame.quads) if shared_part(line, quad) > _INSIDE and _covers(quad, line)]
    ordered = sorted(inside, key=lambda k: float(frame.quads[k].mean(axis=0) @ along))
    return "".join(comparable(frame.texts[k]) for k in ordered)


def _covers(quad: Quad, line: Quad) -> bool:
    """Whether most of the line's own area lies in the quad."""
    own = abs(cv2.contourArea(np.asarray(line, np.float32)))
    return bool(own > 0 and shared_area(quad, line) > _INSIDE * own)
