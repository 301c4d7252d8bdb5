"""Compares the PP-OCR networks of the package with the published ones they are cut from; fills their card.

On the bundled samples: the largest difference of a probability as cut, in float32, and with weights stored as halves;
and how many lines (recognisers) or frames (detectors) are read or found differently by what is shipped.
"""

from __future__ import annotations

import json
import logging
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fleet.core.errors import BlockError
from fleet.core.files import ROOT, write_whole
from fleet.core.pages import markdown_table
from fleet.environments import cut_models, model_files
from fleet.environments.cut_models import Cut
from ocr_app.core.types import Image
from ocr_app.datasets.crops import line_crops
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.load import load_image
from ocr_app.networks import ctc, onnx_runtime
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.ppocr import detector, reader
from ocr_app.readers.ppocr.detector import FoundText
from ocr_app.readers.ppocr.recogniser import AS_PUBLISHED, PpocrRecogniser

log = logging.getLogger(__name__)

SCHEMA = "nano-ocr/cut/1"
SAMPLES = "data/nano-codes-100"
CARD = ROOT / "docs" / "models" / "ppocr-v6.md"
_EVERY = 10  # of the frames, for detectors
_SAME = 1.0  # px of the map; quads whose corners are closer are the same
_MARKS = re.compile(r"(<!-- cut: [^\n]*-->\n).*?(<!-- /cut -->)", re.S)

Compared = dict[str, Any]


def main(card: Path = CARD) -> int:
    """`./inv models --compare`: compare every network that is only cut, and fill the card and the JSON beside it."""
    networks = [compared(cut) for cut in cut_models.cuts() if not cut.tuned]
    record = {
        "schema": SCHEMA,
        "samples": SAMPLES,
        "runtime": f"onnxruntime {onnx_runtime.version()}",
        "networks": networks,
    }
    write_whole(card.with_suffix(".json"), json.dumps(record, indent=1) + "\n")
    write_whole(card, filled(card.read_text(), networks))
    return 0


def filled(text: str, networks: Sequence[Compared]) -> str:
    """The card with its table. Raises BlockError without its marks."""
    if not _MARKS.search(text):
        raise BlockError("the card has no block to fill", "<!-- cut: ... --> and <!-- /cut -->")
    return _MARKS.sub(lambda found: found[1] + table(networks) + "\n" + found[2], text)


def table(networks: Sequence[Compared]) -> str:
    """One row per network."""
    head = ("network", "published MB", "here MB", "error as cut", "error as shipped", "compared", "different")
    rows = [
        (
            f"`{own['file']}`",
            f"{own['source_bytes'] / 1e6:.1f}",
            f"{own['bytes'] / 1e6:.1f}",
            f"{own['error']:.1g}",
            f"{own['stored_error']:.1g}",
            f"{own['items']} {own['kind']}",
            str(own["different"]),
        )
        for own in networks
    ]
    return markdown_table(head, rows)


def compared(cut: Cut, folder: Path = model_files.MODELS) -> Compared:
    """One network of the package against the published file. Raises ArtefactError, ModelError."""
    log.info("%s ...", cut.network)
    record = reader.catalogue()["models"][cut.model][cut.part]
    with tempfile.TemporaryDirectory(prefix="nano-ocr-") as scratch:
        plain = Path(scratch) / "cut.onnx"
        plain.write_bytes(cut_models.made(cut, folder, half=False))
        paths = [str(folder / cut.source), str(plain), str(cut_models.PACKAGED / record["file"])]
        found = _recognisers(cut, paths, folder) if cut.characters else _detectors(cut, paths)
    sizes = {"bytes": record["size"], "source_bytes": (folder / cut.source).stat().st_size}
    return {"network": cut.network, "file": record["file"], "sha256": record["sha256"], **sizes, **found}


def _recognisers(cut: Cut, paths: Sequence[str], folder: Path) -> Compared:
    networks = [OnnxNetwork(path, threads=1) for path in paths]
    characters = cut_models.published_characters(cut, folder)
    kept = "".join(cut_models.kept_characters())
    settings = AS_PUBLISHED._replace(logits=True)
    readers = [
        PpocrRecogniser(networks[0], characters, kept),
        *(PpocrRecogniser(own, ["", *kept], settings=settings) for own in networks[1:]),
    ]
    order = [readers[0].characters.index(character) for character in readers[1].characters]
    crops = [crop.image for crop in line_crops(open_dataset(str(ROOT / SAMPLES)))]
    answers = [_alone(own, crops) for own in readers]
    expected = [answer[:, order] for answer in answers[0]]
    texts = [[ctc.decode_log(answer, readers[1].characters).text for answer in own] for own in (expected, answers[2])]
    return _difference("lines", expected, answers[1:], sum(a != b for a, b in zip(*texts, strict=True)), np.exp)


def _alone(own: PpocrRecogniser, crops: Sequence[Image]) -> list[np.ndarray]:
    """Each crop in a call of its own, so that none depends on its neighbours."""
    return [own([crop])[0] for crop in crops]


def _detectors(cut: Cut, paths: Sequence[str]) -> Compared:
    settings = detector.settings_from(reader.model_record(cut.model)["detector"])
    samples = open_dataset(str(ROOT / SAMPLES)).samples[::_EVERY]
    images = [load_image(sample.path).pixels for sample in samples]
    blobs = [detector.prepare(image, settings.side)[0] for image in images]
    networks = [OnnxNetwork(path, threads=1) for path in paths]
    maps = [[own.infer_one(blob)[0, 0] for blob in blobs] for own in networks]
    found = [[detector.boxes_from_map(marks, settings) for marks in own] for own in (maps[0], maps[2])]
    different = sum(not same_lines(*pair) for pair in zip(*found, strict=True))
    return _difference("frames", maps[0], maps[1:], different, np.asarray)


def same_lines(first: Sequence[FoundText], second: Sequence[FoundText]) -> bool:
    """Whether two detectors found the same lines in the same order, to a pixel."""
    pairs = list(zip(first, second, strict=False))
    return len(first) == len(second) and all(np.abs(a.quad - b.quad).max() <= _SAME for a, b in pairs)


def _difference(
    kind: str,
    expected: Sequence[np.ndarray],
    others: Sequence[Sequence[np.ndarray]],
    different: int,
    probability: Callable[[np.ndarray], np.ndarray],
) -> Compared:
    errors = [
        max(float(np.abs(probability(a) - probability(b)).max()) for a, b in zip(expected, own, strict=True))
        for own in others
    ]
    return {
        "kind": kind,
        "items": len(expected),
        "error": errors[0],
        "stored_error": errors[1],
        "different": different,
    }
