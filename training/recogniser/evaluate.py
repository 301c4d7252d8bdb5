"""Measures what the shipped recogniser reads: the figures of its model card.

python -m training.recogniser.evaluate            measure, write docs/models/code-recogniser.json and fill the card
python -m training.recogniser.evaluate --check    measure, compare with the committed figures
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.datasets.crops import MARGIN
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.geometry import grow, rectify, sides
from ocr_app.networks import ctc
from ocr_app.networks.count import count as count_network
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.recogniser import CodeRecogniser, CodeRecogniserSettings
from ocr_app.scoring.metrics import Score, score_forms
from training import cards
from training.recogniser import lines
from training.render import fonts

NAME = "code-recogniser"
MODEL = cards.ROOT / "ocr_app" / "data" / "models" / f"{NAME}.onnx"
REAL = cards.ROOT.parent / "shared" / "real" / "labels.tsv"
_HELD_OUT_SEED, _UNSEEN_SEED = 77, 78
FORMS = ("alnum", "nospace", "spaced")


@dataclass(frozen=True)
class EvaluationLine:
    """A crop with its ground truth and the group in which it is reported."""

    pixels: NDArray[np.uint8]
    text: str
    group: str


def rendered(seed: int, use: str, count: int) -> Iterable[EvaluationLine]:
    """Lines of the pool's renderer with the fonts reserved for ``use``; the training uses other seeds."""
    for index in range(count):
        crop = lines.render(seed, index, fonts.names(use))
        yield EvaluationLine(crop.pixels, crop.text, crop.kind)


def drawn(folder: Path) -> Iterable[EvaluationLine]:
    """The lines of a nano-codes set, cut by their true quads."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["images"]:
        frame = np.asarray(cv2.imread(str(folder / entry["image"])), dtype=np.uint8)
        for line in entry["lines"]:
            quad = np.asarray(line["quad"], dtype=np.float32)
            crop = rectify(frame, grow(quad, MARGIN * sides(quad)[1]))
            yield EvaluationLine(crop, line["text"], entry["tags"]["print"])


def real(split: str) -> Iterable[EvaluationLine]:
    """Real crops (evaluation only)."""
    for sample in open_dataset(f"{REAL}:{split}").samples:
        yield EvaluationLine(np.asarray(cv2.imread(sample.path), dtype=np.uint8), sample.truth or "", split)


def measure(recogniser: CodeRecogniser, chosen: list[EvaluationLine]) -> dict[str, Any]:
    """Exact lines and CER in three forms by greedy decoding, over all and by group."""
    posteriors = recogniser([line.pixels for line in chosen])
    texts = [ctc.decode(np.exp(rows), recogniser.characters).text.strip() for rows in posteriors]
    scores = [score_forms(line.text.upper(), [text]) for line, text in zip(chosen, texts, strict=True)]
    groups = sorted({line.group for line in chosen})
    by_group = {
        group: _figures([s for s, line in zip(scores, chosen, strict=True) if line.group == group]) for group in groups
    }
    return {**_figures(scores), "by_print": by_group if len(groups) > 1 else {}}


def _figures(scores: list[dict[str, Score]]) -> dict[str, Any]:
    figures: dict[str, Any] = {"lines": len(scores)}
    for form in FORMS:
        figures[form] = round(100.0 * sum(s[form].exact for s in scores) / len(scores), 1)
    edits, length = (sum(getattr(s["alnum"], part) for s in scores) for part in ("distance", "length"))
    figures["cer"] = round(100.0 * edits / max(1, length), 2)
    return figures


def sets(count: int) -> dict[str, list[EvaluationLine]]:
    """Every set that exists on this machine, by name."""
    found = {
        "rendered, held out": list(rendered(_HELD_OUT_SEED, "train", count)),
        "rendered, unseen typefaces": list(rendered(_UNSEEN_SEED, "test", count)),
        "nano-codes-100, true quads": list(drawn(cards.ROOT / "data" / "nano-codes-100")),
    }
    if REAL.is_file():
        found.update({"real dates": list(real("dates")), "real lines": list(real("lines"))})
    else:
        print(f"not measured: real dates and lines ({REAL.parent.name}/ is not there)", file=sys.stderr)
    return found


def run(count: int = 1500, model: Path = MODEL) -> dict[str, Any]:
    """All measurements of the card."""
    cv2.setNumThreads(1)
    network = OnnxNetwork(str(model), "cpu", 1)
    recogniser = CodeRecogniser(network, CodeRecogniserSettings())
    return {
        "file": model.name,
        "size": model.stat().st_size,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "parameters": count_network(str(model), (1, 1, lines.HEIGHT, 256)).parameters,
        "training": json.loads(network.metadata["training"]),
        "sets": {name: measure(recogniser, chosen) for name, chosen in sets(count).items()},
    }


def tables(measured: dict[str, Any]) -> dict[str, str]:
    """The blocks of the card."""
    head = ["set", "lines", "A-Z 0-9", "spaces ignored", "with spaces", "CER %"]
    rows = [head, *(_row(name, figures) for name, figures in measured["sets"].items())]
    held = measured["sets"]["rendered, held out"]["by_print"]
    unseen = measured["sets"]["rendered, unseen typefaces"]["by_print"]
    prints = [["print", "held out", "unseen typefaces"]]
    prints += [[kind, f"{held[kind]['alnum']:.1f} %", f"{unseen[kind]['alnum']:.1f} %"] for kind in held]
    training = measured["training"]
    facts = [["fact", "value"], ["file", f"{measured['size'] / 1e6:.2f} MB, {measured['parameters']:,} parameters"]]
    facts += [["sha256", f"`{measured['sha256']}`"]]
    steps = " + ".join(map(str, training["steps"]))
    facts += [["trained", f"{steps} steps, seed {training['seed']}, {training['lines']:,} lines seen"]]
    facts += [["machine", f"{training['machine']}, one core, {training['hours']:.1f} h"]]
    return {"facts": cards.markdown(facts), "metrics": cards.markdown(rows), "prints": cards.markdown(prints)}


def _row(name: str, figures: dict[str, Any]) -> list[str]:
    return [name, str(figures["lines"]), *(f"{figures[form]:.1f} %" for form in FORMS), f"{figures['cer']:.2f}"]


def main(arguments: list[str] | None = None) -> int:
    """See the module. Returns 0, or 1 when figures differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--count", type=int, default=1500, help="rendered lines per set (default %(default)s)")
    wanted = parser.parse_args(arguments)
    measured = run(wanted.count)
    try:
        if wanted.check:
            cards.check(NAME, measured, tuple(measured))
        else:
            cards.save(NAME, measured, tables(measured))
    except cards.CardError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    print(cards.markdown([["set", "A-Z 0-9"], *([n, f"{f['alnum']:.1f} %"] for n, f in measured["sets"].items())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
