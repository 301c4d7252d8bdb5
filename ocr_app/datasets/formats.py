"""The file formats of data sets: each function reads one file into samples.

Every error names the file, the key in it, and what was expected.
"""

import json
import os
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ocr_app.core.errors import DatasetError
from ocr_app.core.types import Quad
from ocr_app.datasets.sample import Box, Sample
from ocr_app.datasets.tables import read_table, read_text
from ocr_app.scoring.line_matching import TruthLine

MANIFEST = "nano-codes/1"
_MOST_PIXELS = 1e9
TSV_COLUMNS = ("filename", "text")


def problem(file: str, key: str, found: Any, expected: str) -> DatasetError:
    """The error of every format."""
    return DatasetError("{}: {}: {}".format(file, key, found), expected, "correct the file; docs/reference/metrics.md")


def load_json(file: str) -> Dict[str, Any]:
    """A JSON object. Raises DatasetError if the file does not contain one."""
    try:
        record = json.loads(read_text(file), object_pairs_hook=_distinct)
    except RecursionError as error:
        raise problem(file, "file", "it is nested too deeply", "a readable JSON file in UTF-8") from error
    except ValueError as error:
        raise problem(file, "file", error, "a readable JSON file in UTF-8") from error
    if not isinstance(record, dict):
        raise problem(file, "top level", type(record).__name__, "an object")
    return record


def _distinct(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """An object. Raises ValueError for a key that comes twice, of which JSON would keep the last one in silence."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError("{} comes twice".format(next(key for key in keys if keys.count(key) > 1)))
    return found


def read_manifest(file: str) -> List[Sample]:
    """nano-codes/1: ``{"format", "name", "images": [{"id", "image", "code", "lines", "box", "tags"}]}``."""
    record = load_json(file)
    if record.get("format") != MANIFEST:
        raise problem(file, "format", record.get("format"), MANIFEST)
    images = record.get("images")
    if not isinstance(images, list):
        raise problem(file, "images", type(images).__name__, "a list of images")
    return [_manifest_sample(file, "images[{}]".format(i), entry) for i, entry in enumerate(images)]


def _manifest_sample(file: str, key: str, entry: Any) -> Sample:
    code = _text(file, key, entry, "code")
    lines = tuple(
        _line(file, "{}.lines[{}]".format(key, i), line) for i, line in enumerate(_list(file, key, entry, "lines"))
    )
    path = existing(file, key + ".image", _text(file, key, entry, "image"))
    tags = {str(name): str(value) for name, value in (entry.get("tags") or {}).items()}
    return Sample(str(entry.get("id", key)), path, code, "page", _box(file, key, entry.get("box")), lines, tags)


def read_thesis(file: str) -> List[Sample]:
    """The thesis's dataset.json: ``{id: {"img_path", "code", "box"?}}``; box is ``[x, y, width, height]``.

    ``img_path`` was absolute on its author's machine. If it does not exist, ever shorter tails of it are looked for in
    the folder of the file.
    """
    samples = []
    for name, entry in load_json(file).items():
        path = existing(file, name + ".img_path", _text(file, name, entry, "img_path"))
        samples.append(Sample(name, path, _text(file, name, entry, "code"), "page", _box(file, name, entry.get("box"))))
    return samples


def read_tsv(file: str, split: Optional[str] = None) -> List[Sample]:
    """Crops of one line: a table with a header, the columns ``filename`` and ``text``, and optionally ``split``.

    Separated by tabs, semicolons or commas. Every other column becomes a tag. Raises DatasetError if no row has the
    requested split.
    """
    columns, rows = read_table(file)
    for column in TSV_COLUMNS:
        if rows and column not in columns:
            found = "no column {}; it has {}".format(column, ", ".join(columns)[:200])
            raise problem(file, "line 1", found, "columns " + ", ".join(TSV_COLUMNS))
    splits = sorted({row.cells.get("split", "") for row in rows})
    if split is not None and split not in splits:
        raise problem(file, "split", split, "one of " + ", ".join(splits))
    chosen = [row for row in rows if split in (None, row.cells.get("split"))]
    return [_tsv_sample(file, "line {}".format(row.line), row.cells) for row in chosen]


def _tsv_sample(file: str, key: str, row: Dict[str, str]) -> Sample:
    name, text = row.get("filename"), row.get("text")
    if not name or text is None:
        raise problem(file, key, row, "a filename and a text")
    tags = {k: v for k, v in row.items() if k and v and k not in TSV_COLUMNS + ("split",)}
    return Sample(name, existing(file, key, name), text, "line", None, (), tags)


def read_photos(file: str) -> List[Sample]:
    """Photos with labelled lines: ``{path: {"width", "height", "lines": [{"text", "ignore", "quad"}]}}``."""
    samples = []
    for name, entry in load_json(file).items():
        entries = _list(file, name, entry, "lines")
        lines = tuple(_line(file, "{}.lines[{}]".format(name, i), line) for i, line in enumerate(entries))
        truth = " ".join(line.text or "" for line in lines if line.scored)
        samples.append(Sample(name, existing(file, name, name), truth, "page", None, lines))
    return samples


def existing(file: str, key: str, path: str) -> str:
    """The file that ``path`` or a tail of it names in the folder of ``file``, or ``path`` itself.

    Raises DatasetError if there is no such file.
    """
    parts = path.replace("\\", "/").split("/")
    tails = [os.path.join(os.path.dirname(file), *parts[i:]) for i in range(len(parts)) if parts[i]]
    for candidate in tails + [path]:
        if os.path.isfile(candidate):
            return candidate
    raise problem(file, key, "{} is not there".format(path), "an image file, given from the folder of this file")


def _text(file: str, key: str, entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(value, str):
        raise problem(file, "{}.{}".format(key, name), value, "a text")
    return value


def _list(file: str, key: str, entry: Any, name: str) -> List[Any]:
    value = entry.get(name, []) if isinstance(entry, dict) else None
    if not isinstance(value, list):
        raise problem(file, "{}.{}".format(key, name), value, "a list")
    return value


def _box(file: str, key: str, value: Any) -> Optional[Box]:
    if value is None:
        return None
    numbers = value if isinstance(value, list) and all(_is_number(v) for v in value) else []
    if len(numbers) != 4 or min(numbers[:2]) < 0 or min(numbers[2:]) < 1:
        raise problem(file, key + ".box", value, "[x, y, width, height], x and y from 0, width and height from 1")
    x, y, width, height = (int(round(v)) for v in numbers)
    return x, y, width, height


def _is_number(value: Any) -> bool:
    """Whether it is a number of pixels: no infinity, which JSON spells 1e999."""
    return isinstance(value, (int, float)) and abs(value) < _MOST_PIXELS


def _line(file: str, key: str, entry: Any) -> TruthLine:
    ignore = bool(isinstance(entry, dict) and entry.get("ignore"))
    text = None if ignore and entry.get("text") is None else _text(file, key, entry, "text")
    return TruthLine(text, _quad(file, key, entry.get("quad")), ignore)


def _quad(file: str, key: str, value: Any) -> Optional[Quad]:
    if value is None:
        return None
    try:
        return np.array(value, np.float32).reshape(4, 2)
    except (TypeError, ValueError):
        raise problem(file, key + ".quad", value, "four [x, y] pairs")


def quad_to_json(quad: Optional[Quad]) -> Optional[List[Tuple[float, float]]]:
    """Pairs of x and y, rounded to a thousandth of a pixel."""
    return None if quad is None else [(round(float(x), 3), round(float(y), 3)) for x, y in quad]
