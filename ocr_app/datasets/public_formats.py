"""Label files of public data sets and their tools: PaddleOCR's rec_gt.txt and Label.txt, and ICDAR's gt_*.txt."""

import glob
import json
import os
import re
from typing import Any, List, Optional, Tuple

import numpy as np

from ocr_app.core.types import Quad
from ocr_app.datasets.formats import existing, problem
from ocr_app.datasets.sample import Sample
from ocr_app.datasets.tables import read_text
from ocr_app.imaging.containers import EXTENSIONS
from ocr_app.imaging.geometry import box_quad
from ocr_app.scoring.line_matching import TruthLine

IGNORED = ("###", "*")
"""Transcriptions of lines that are not scored: ICDAR, PaddleOCR."""
_ICDAR = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*[,\s]\s*")


def kind_of(file: str) -> Optional[str]:
    """ "paddle-lines", "paddle-pages" or "icdar" for a text file without a header; None for any other."""
    if os.path.basename(file).lower().startswith("gt_"):
        return "icdar"
    first = next((line for line in read_text(file).splitlines() if line.strip()), "")
    name, tab, label = first.partition("\t")
    if not tab or not name.lower().endswith(EXTENSIONS):
        return None
    return "paddle-pages" if label.lstrip().startswith("[{") or label.strip() == "[]" else "paddle-lines"


def read_paddle_lines(file: str) -> List[Sample]:
    """rec_gt.txt: ``PATH<tab>TEXT``, one crop of a line each."""
    return [Sample(name, existing(file, key, name), text, "line") for key, name, text in _rows(file)]


def _rows(file: str) -> List[Tuple[str, str, str]]:
    """("line 3", path, label) of each line that is not empty."""
    found = []
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if line.strip():
            name, tab, label = line.partition("\t")
            key = "line {}".format(number)
            if not tab:
                raise problem(file, key, line[:80], "a path, a tab, and the label")
            found.append((key, name, label))
    return found


def read_paddle_pages(file: str) -> List[Sample]:
    """Label.txt of PPOCRLabel: ``PATH<tab>[{"transcription", "points", "difficult"}]``."""
    samples = []
    for key, name, label in _rows(file):
        try:
            entries = json.loads(label)
            lines = tuple(_paddle_line(entry) for entry in entries)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise problem(file, key, error, 'a list of {"transcription", "points"}') from error
        samples.append(_page(name, existing(file, key, name), lines))
    return samples


def _paddle_line(entry: Any) -> TruthLine:
    text, points = str(entry["transcription"]), entry["points"]
    quad = np.array(points, np.float32).reshape(-1, 2)
    ignore = bool(entry.get("difficult")) or text in IGNORED
    return TruthLine(text, quad if len(quad) == 4 else _around(quad), ignore)


def _around(points: Quad) -> Quad:
    """The upright box around the corners of a polygon. Raises ValueError for none."""
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return box_quad(left, top, right - left, bottom - top)


def _page(name: str, path: str, lines: Tuple[TruthLine, ...]) -> Sample:
    return Sample(name, path, " ".join(line.text or "" for line in lines if line.scored), "page", None, lines)


def read_icdar(file: str) -> List[Sample]:
    """All ``gt_NAME.txt`` in the folder of ``file``: one image each, one line of text per line of the file.

    ``x1,y1,...,x4,y4,text`` (2015) or ``left,top,right,bottom,"text"`` (2013, also with spaces); ``###`` is not scored.
    The image NAME is beside the file, or in a folder beside its folder.
    """
    files = sorted(glob.glob(os.path.join(glob.escape(os.path.dirname(file) or "."), "gt_*.txt")))
    return [_icdar_sample(each) for each in files]


def _icdar_sample(file: str) -> Sample:
    name = os.path.basename(file)[len("gt_") : -len(".txt")]
    lines = []
    for number, line in enumerate(read_text(file).splitlines(), 1):
        if line.strip():
            lines.append(_icdar_line(file, "line {}".format(number), line))
    return _page(name, _image_of(file, name), tuple(lines))


def _image_of(file: str, name: str) -> str:
    folder = os.path.dirname(os.path.abspath(file))
    beside = [folder] + sorted(path for path in glob.glob(os.path.join(glob.escape(os.path.dirname(folder)), "*")))
    for place in beside:
        for extension in EXTENSIONS:
            for candidate in (name + extension, name + extension.upper()):
                if os.path.isfile(os.path.join(place, candidate)):
                    return os.path.join(place, candidate)
    raise problem(
        file, "image", "{}.* is not there".format(name), "an image beside it, or in a folder beside its folder"
    )


def _icdar_line(file: str, key: str, line: str) -> TruthLine:
    numbers: List[float] = []
    rest = line
    while len(numbers) < 8:
        found = _ICDAR.match(rest)
        if not found or (len(numbers) == 4 and rest.lstrip().startswith('"')):
            break
        numbers.append(float(found.group(1)))
        rest = rest[found.end() :]
    if len(numbers) not in (4, 8) or not rest.strip():
        raise problem(file, key, line[:80], 'x1,y1,...,x4,y4,text or left,top,right,bottom,"text"')
    text = rest.strip()
    text = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    points = np.array(numbers, np.float32).reshape(-1, 2)
    return TruthLine(text, points if len(points) == 4 else _around(points), text in IGNORED)
