"""Measures what the shipped recogniser reads: the figures of its model card.

python -m training.recogniser.evaluate            measure, write docs/models/code-recogniser.json and fill the card
python -m training.recogniser.evaluate --check    measure, compare with the committed figures
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr_app import recipes
from ocr_app.core.types import LinePosterior
from ocr_app.imaging.geometry import image_quad
from ocr_app.networks import ctc
from ocr_app.networks.count import count as count_network
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.recogniser import CodeRecogniser, CodeRecogniserSettings
from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.scoring.metrics import Score, score_forms
from training import cards
from training.recogniser import lines, witnesses
from training.recogniser.evaluation_sets import EvaluationLine, real_sets, rendered_sets

NAME = "code-recogniser"
MODEL = cards.ROOT / "ocr_app" / "data" / "models" / f"{NAME}.onnx"
FORMS = ("alnum", "nospace", "spaced")


def measure(recogniser: CodeRecogniser, chosen: list[EvaluationLine]) -> dict[str, Any]:
    """Exact lines and CER in three forms by greedy decoding, over all and by group."""
    texts, printed = read(recogniser, chosen)
    scores = [score_forms(line.text.upper(), [text]) for line, text in zip(chosen, texts, strict=True)]
    groups = sorted({line.group for line in chosen})
    by_group = {
        group: _figures([s for s, line in zip(scores, chosen, strict=True) if line.group == group]) for group in groups
    }
    cased = [line.shown == text for line, text in zip(chosen, printed, strict=True) if _same_letters(line, text)]
    case = {"case": round(100.0 * sum(cased) / len(cased), 1)} if cased else {}
    return {**_figures(scores), **case, "by_print": by_group if len(groups) > 1 else {}}


def read(recogniser: CodeRecogniser, chosen: Sequence[EvaluationLine]) -> tuple[list[str], list[str]]:
    """The greedy text of each line in upper case, and without a recipe in the case that was printed, where known."""
    rows = recogniser([line.pixels for line in chosen])
    quads = [image_quad(line.pixels) for line in chosen]
    posteriors = [LinePosterior(*each, recogniser.characters) for each in zip(quads, rows, strict=True)]
    folded = [recipes.fold_case(posterior) for posterior in posteriors]
    upper = [ctc.decode(np.exp(each.log_probs), each.characters).text.strip() for each in folded]
    known = [posterior if line.shown else None for line, posterior in zip(chosen, posteriors, strict=True)]
    return upper, [recipes.decode_free(posterior).text.strip() if posterior else "" for posterior in known]


def _same_letters(line: EvaluationLine, text: str) -> bool:
    """Whether a line whose printed case is known was read right but for its case."""
    return bool(line.shown) and any(c.isalpha() for c in line.shown) and line.shown.upper() == text.upper()


def _figures(scores: list[dict[str, Score]]) -> dict[str, Any]:
    figures: dict[str, Any] = {"lines": len(scores)}
    for form in FORMS:
        figures[form] = round(100.0 * sum(s[form].exact for s in scores) / len(scores), 1)
    edits, length = (sum(getattr(s["alnum"], part) for s in scores) for part in ("distance", "length"))
    figures["cer"] = round(100.0 * edits / max(1, length), 2)
    return figures


def run(count: int = 1500, model: Path = MODEL) -> dict[str, Any]:
    """All measurements of the card."""
    cv2.setNumThreads(1)
    network = OnnxNetwork(str(model), "cpu", 1)
    recogniser = CodeRecogniser(network, CodeRecogniserSettings())
    real = real_sets()
    evaluated = {**rendered_sets(count), **real}
    photographed = [line for name, chosen in real.items() if name.startswith("real") for line in chosen]
    return {
        "file": model.name,
        "size": model.stat().st_size,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "parameters": count_network(str(model), (1, 1, lines.HEIGHT, 256)).parameters,
        "training": json.loads(network.metadata["training"]),
        "sets": {name: measure(recogniser, chosen) for name, chosen in evaluated.items()},
        "witnesses": independence(recogniser, photographed),
    }


def independence(recogniser: CodeRecogniser, chosen: list[EvaluationLine]) -> dict[str, Any]:
    """How often this recogniser and others read the same wrong text on real lines; nothing without those readers."""
    if not chosen or ppocr.probe().problem is not None:
        return {}
    own, truths = read(recogniser, chosen)[0], [line.text for line in chosen]
    return {name: witnesses.agreement(truths, own, witnesses.readings(name, chosen)) for name in witnesses.OTHERS}


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
    blocks = {"facts": facts, "metrics": rows, "prints": prints}
    blocks.update(photographs=_photographs(measured["sets"]), witnesses=_witnesses(measured["witnesses"]))
    return {name: cards.markdown(block) for name, block in blocks.items()}


def _photographs(measured: dict[str, Any]) -> list[list[str]]:
    by_kind = measured.get("real photos2, true quads", {"by_print": {}})["by_print"]
    rows = [[kind, str(figures["lines"]), f"{figures['alnum']:.1f} %"] for kind, figures in by_kind.items()]
    return [["photographs", "lines", "read"], *rows]


def _witnesses(measured: dict[str, Any]) -> list[list[str]]:
    head = ["with", "lines", "right: this one", "right: the other", "wrong: both", "same wrong text"]
    keys = ("lines", "own_right", "other_right", "both_wrong", "same_wrong")
    return [head, *([f"PP-OCR{name}", *(str(figures[key]) for key in keys)] for name, figures in measured.items())]


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
