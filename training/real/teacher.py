"""What the teachers (PP-OCRv6 small and tiny) see and read on the photographs: pseudo-labels for both trainings.

python -m training.real.teacher --out build/teacher [--group medicine metal ...]

Per group the file GROUP.json holds, per picture, a list of lines: the quad in pixels of the picture, clockwise from
top-left along the reading direction, and the text and confidence of both readers. GROUP-maps/NAME.png is the map of
PP-OCRv6 small's detector, 0..255, at a quarter of the picture's size. A pass that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.core import model_files
from ocr_app.imaging.geometry import rectify, shared_part
from ocr_app.networks import ctc
from ocr_app.networks.ctc import Decoded
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.ppocr import detector as ppocr_detector
from ocr_app.readers.ppocr.reader import model_record, open_recogniser
from training.real import photographs
from training.real.photographs import FOLDER, GROUPS

Quad = NDArray[np.float32]
REDUCTION = 4  # a stored map has a quarter of the picture's size
_SMALL_PICTURE = 700  # px; pictures up to this long side are seen enlarged too
_SIDE = 1280  # px; the longest side of the detector's input
_SAME = 0.3  # quads that share this part of the smaller one are one line
_SURE = 0.6  # a line read with less confidence is tried upside down as well
_SAVE_EVERY = 20


@dataclass(frozen=True)
class TeacherLine:
    """A line: its quad (four corners), and what the two readers read with which confidence."""

    quad: list[list[float]]
    small_text: str
    small_conf: float
    tiny_text: str
    tiny_conf: float

    def corners(self) -> Quad:
        """The quad as an array (4, 2)."""
        return np.asarray(self.quad, np.float32)


class Teacher:
    """PP-OCRv6 small's detector and recogniser, and tiny's recogniser on the same quads."""

    def __init__(self, threads: int = 1) -> None:
        """Raises ModelError where the model files are not installed (./inv models)."""
        record = model_record("v6-small")
        self._settings = ppocr_detector.settings_from(record["detector"])._replace(side=_SIDE)
        self._detector = OnnxNetwork(model_files.locate(record["detector"]["file"]), threads=threads)
        self._small = _recogniser("v6-small", threads)
        self._tiny = _recogniser("v6-tiny", threads)

    def __call__(self, image: NDArray[np.uint8]) -> tuple[list[TeacherLine], NDArray[np.uint8]]:
        """The lines of a picture, the surest first, and the detector's map at a quarter of its size."""
        height, width = image.shape[:2]
        size = (-(-width // REDUCTION), -(-height // REDUCTION))
        seen = np.zeros(size[::-1], np.uint8)
        quads: list[Quad] = []
        for scale in (2, 1) if max(height, width) <= _SMALL_PICTURE else (1,):
            shown = image if scale == 1 else cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            blob, (across, down) = ppocr_detector.prepare(np.asarray(shown, np.uint8), _SIDE)
            marks = self._detector.infer_one(blob)[0, 0]
            small = cv2.resize(marks, size, interpolation=cv2.INTER_AREA)
            seen = np.maximum(seen, np.clip(np.rint(255 * small), 0, 255).astype(np.uint8))
            found = ppocr_detector.boxes_from_map(marks, self._settings)
            placed = [np.asarray(mark.quad * (across, down) / scale, np.float32) for mark in found]
            quads += [quad for quad in placed if all(shared_part(quad, other) < _SAME for other in quads)]
        return self._read(image, quads), seen

    def _read(self, image: NDArray[np.uint8], quads: list[Quad]) -> list[TeacherLine]:
        answers = self._small([rectify(image, quad) for quad in quads])
        lines = [(a.confidence, a.text.strip(), quad) for a, quad in zip(answers, quads, strict=True)]
        unsure = [i for i, (confidence, _, _) in enumerate(lines) if confidence < _SURE]
        turned = [np.roll(quads[i], 2, axis=0) for i in unsure]
        for i, answer, quad in zip(unsure, self._small([rectify(image, q) for q in turned]), turned, strict=True):
            if answer.confidence > lines[i][0] + 0.1:
                lines[i] = (answer.confidence, answer.text.strip(), quad)
        kept = without_doubles(lines)
        second = self._tiny([rectify(image, quad) for _, _, quad in kept])
        return [
            TeacherLine(
                np.round(quad.astype(float), 1).tolist(),
                text,
                round(float(confidence), 3),
                other.text.strip(),
                round(float(other.confidence), 3),
            )
            for (confidence, text, quad), other in zip(kept, second, strict=True)
        ]


def _recogniser(name: str, threads: int) -> Callable[[list[NDArray[np.uint8]]], list[Decoded]]:
    options = ReaderOptions(device="cpu", model=name, threads=threads)
    recogniser = open_recogniser(model_record(name), options)
    return lambda crops: [ctc.decode_log(answer, recogniser.characters) for answer in recogniser(crops)]


def without_doubles(lines: list[tuple[float, str, Quad]]) -> list[tuple[float, str, Quad]]:
    """The lines by falling confidence, without those that share much of their quad with a surer one."""
    kept: list[tuple[float, str, Quad]] = []
    for line in sorted(lines, key=lambda line: -line[0]):
        if all(shared_part(line[2], other[2]) < _SAME for other in kept):
            kept.append(line)
    return kept


def teach(
    group: str, out: Path, folder: Path = FOLDER, teacher: Teacher | None = None, most: int | None = None
) -> None:
    """Complete GROUP.json and GROUP-maps in ``out``, or the first ``most`` pictures of them."""
    chosen = photographs.catalogue(group, folder)[:most]
    path, maps = out / f"{group}.json", out / f"{group}-maps"
    maps.mkdir(parents=True, exist_ok=True)
    done = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    missing = [photograph for photograph in chosen if photograph.member not in done]
    if missing:
        teacher = teacher or Teacher()
        for count, (photograph, image) in enumerate(photographs.pictures(missing, folder), 1):
            lines, seen = teacher(image)
            cv2.imwrite(str(map_path(out, group, photograph.member)), seen)
            done[photograph.member] = [asdict(line) for line in lines]
            if count % _SAVE_EVERY == 0 or count == len(missing):
                _write(path, done)
                print(f"{group}: {len(done)} of {len(chosen)}", flush=True)


def map_path(out: Path, group: str, member: str) -> Path:
    """Where the map of a picture lies."""
    return out / f"{group}-maps" / f"{Path(member).stem}.png"


def read(out: Path, group: str) -> dict[str, list[TeacherLine]]:
    """The lines of a group by picture. Raises FileNotFoundError where the teachers have not been asked."""
    data = json.loads((out / f"{group}.json").read_text(encoding="utf-8"))
    return {member: [TeacherLine(**line) for line in lines] for member, lines in data.items()}


def _write(path: Path, done: dict[str, list[dict[str, object]]]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(done, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/teacher"))
    parser.add_argument("--group", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--most", type=int, help="only so many pictures of each group")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    teacher = Teacher()
    for group in wanted.group:
        teach(group, wanted.out, teacher=teacher, most=wanted.most)


if __name__ == "__main__":
    main()
