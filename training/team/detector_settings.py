"""Compares settings of the code detector by what is read in the end, on data that is for training or calibration.

python -m training.team.detector_settings    measure, write docs/models/detector-settings-read.json and fill the card

``training.detector.choose`` compares settings by the lines that are found. Reading asks for more: ends that are neither
cut off nor too far out, and prints that are not torn into pieces.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2

from ocr_app.imaging.geometry import grow, rectify, shared_part, sides
from ocr_app.imaging.preprocess import gray
from ocr_app.networks import ctc
from ocr_app.readers import catalogues
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import CodeDetector, CodeDetectorSettings, FoundLine
from ocr_app.readers.codes.recogniser import CodeRecogniser
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.team.arbiter import comparable
from training import cards
from training.team.examples import LabelledFrame, drawn_frames, receipt_pages

NAME = "detector-settings-read"
FRAMES, PAGES = 150, 12
_SAME = 0.5

CANDIDATES = (
    {"side": 640, "shrink": 0.75, "largest_side": 960, "pixel_threshold": 0.3, "line_threshold": 0.4},
    {"side": 640, "shrink": 1.0, "largest_side": 1280, "pixel_threshold": 0.3, "line_threshold": 0.4},
    {"side": 960, "shrink": 1.0, "largest_side": 1280, "pixel_threshold": 0.3, "line_threshold": 0.4},
    {"side": 960, "shrink": 0.75, "largest_side": 960, "pixel_threshold": 0.4, "line_threshold": 0.5},
)


@dataclass(frozen=True)
class ReadShare:
    """Labelled lines of some frames: how many there are, how many a detector found, how many were read right."""

    lines: int
    found: int
    right: int

    def percent(self, count: int) -> float:
        """``count`` of the lines, in percent."""
        return round(100.0 * count / self.lines, 1) if self.lines else 0.0


def read_share(
    detector: CodeDetector, recogniser: CodeRecogniser, frames: Iterable[LabelledFrame], margin: float
) -> ReadShare:
    """What becomes of every labelled line with letters or digits; of several quads on it, the widest one counts."""
    lines = found = right = 0
    for frame in frames:
        grey = gray(frame.image)
        seen = detector(grey)
        for quad, text in zip(frame.quads, frame.texts, strict=True):
            if not comparable(text):
                continue
            lines += 1
            near = [line for line in seen if shared_part(quad, line.quad) > _SAME]
            if near:
                found += 1
                widest = max(near, key=lambda line: sides(line.quad)[0])
                right += comparable(_text(recogniser, grey, widest, margin)) == comparable(text)
    return ReadShare(lines, found, right)


def _text(recogniser: CodeRecogniser, grey: Any, line: FoundLine, margin: float) -> str:
    crop = rectify(grey, grow(line.quad, margin * sides(line.quad)[1]))
    log_probs = recogniser([crop])[0]
    return "".join(recogniser.characters[index] for index in ctc.best_path(log_probs)[1])


def measure(frames: int = FRAMES, pages: int = PAGES) -> dict[str, Any]:
    """The figures of every candidate, with the shipped networks and margin."""
    cv2.setNumThreads(1)
    record = catalogues.record("codes", None)
    options = ReaderOptions(threads=1)
    network = codes.open_detector(record, options).network
    recogniser = codes.open_recogniser(record, options)
    shipped = {name: record["detector"][name] for name in CodeDetectorSettings._fields}
    sets = {
        "drawn frames": list(drawn_frames(frames)),
        "receipt pages": list(itertools.islice(itertools.islice(receipt_pages(), 0, None, 4), pages)),
    }
    rows = []
    for candidate in CANDIDATES:
        detector = CodeDetector(network, CodeDetectorSettings(**{**shipped, **candidate}))
        shares = {name: read_share(detector, recogniser, made, record["margin"]) for name, made in sets.items()}
        rows.append({"settings": candidate, **{name: _figures(share) for name, share in shares.items()}})
    return {"detector": record["detector"]["sha256"], "recogniser": record["recogniser"]["sha256"], "rows": rows}


def _figures(share: ReadShare) -> dict[str, float]:
    return {"lines": share.lines, "found": share.percent(share.found), "read": share.percent(share.right)}


def table(measured: dict[str, Any]) -> str:
    """The block of the detector's card."""
    names = ("drawn frames", "receipt pages")
    head = ["side", "shrink", "largest side", "pixel, line threshold"]
    rows = [head + [f"{name}, {what}" for name in names for what in ("found", "read")]]
    for row in measured["rows"]:
        chosen = row["settings"]
        thresholds = f"{chosen['pixel_threshold']}, {chosen['line_threshold']}"
        figures = [f"{row[name][what]:.1f} %" for name in names for what in ("found", "read")]
        rows.append([str(chosen["side"]), str(chosen["shrink"]), str(chosen["largest_side"]), thresholds, *figures])
    return cards.markdown(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=FRAMES)
    parser.add_argument("--pages", type=int, default=PAGES)
    wanted = parser.parse_args(arguments)
    measured = measure(wanted.frames, wanted.pages)
    (cards.CARDS / f"{NAME}.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    page = cards.CARDS / "code-detector.md"
    page.write_text(cards.filled(page.read_text(encoding="utf-8"), {"read": table(measured)}), encoding="utf-8")
    print(table(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
