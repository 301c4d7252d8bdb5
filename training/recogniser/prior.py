"""Measures what the prior of the generic grammar gains and harms when lines are read without a recipe.

python -m training.recogniser.prior [--count 1500] [--model FILE]

Counts lines that are exact on A-Z 0-9 by the best path alone and by `decode_free`: lines whose truth holds a date, a
time or a keyword, and lines without one, which show the harm.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from ocr_app.core.types import LinePosterior
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.recogniser import CodeRecogniser, CodeRecogniserSettings
from ocr_app.recipes import decode_free
from ocr_app.recipes.decoding.free_decoding.generic_grammar import compile_grammar
from ocr_app.scoring.metrics import score_forms
from training import cards
from training.recogniser.evaluate import MODEL
from training.recogniser.evaluation_sets import EvaluationLine, drawn, rendered

_SEED = 604  # no set of the training or of the card uses it
_BATCH = 64
_QUAD = np.zeros((4, 2), np.float32)
_COLUMNS = ("lines", "best path", "free", "put right", "spoilt")


def holds_piece(text: str) -> bool:
    """Whether some part of ``text`` is a date, a time or a keyword of the grammar."""
    registry, kinds = compile_grammar()
    for start in range(len(text)):
        states = {kind.root for kind in kinds if not kind.follows_keyword}
        for sign in text[start:]:
            states = {registry.arcs[state][sign] for state in states if sign in registry.arcs[state]}
            if any(registry.final[state] for state in states):
                return True
    return False


def measure(recogniser: CodeRecogniser, chosen: Iterable[EvaluationLine]) -> dict[str, Counter[str]]:
    """Counts of ``_COLUMNS`` for lines with and without pieces."""
    found = {"with dates, times or keywords": Counter[str](), "with none": Counter[str]()}
    several = list(chosen)
    for first in range(0, len(several), _BATCH):
        batch = several[first : first + _BATCH]
        for line, rows in zip(batch, recogniser([line.pixels for line in batch]), strict=True):
            read = decode_free(LinePosterior(_QUAD, rows, recogniser.characters))
            plain, after = _exact(line.text, read.best_path), _exact(line.text, read.text)
            found["with dates, times or keywords" if holds_piece(line.text.upper()) else "with none"].update(
                {"lines": 1, "best path": plain, "free": after, "put right": after > plain, "spoilt": plain > after}
            )
    return found


def _exact(truth: str, read: str) -> int:
    return int(score_forms(truth.upper(), [read.strip()])["alnum"].exact)


def main(arguments: list[str] | None = None) -> int:
    """See the module. Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1500, help="rendered lines (default %(default)s)")
    parser.add_argument("--model", type=Path, default=MODEL, help="the recogniser's file")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    recogniser = CodeRecogniser(OnnxNetwork(str(wanted.model), "cpu", 1), CodeRecogniserSettings())
    sets = {
        "rendered": rendered(_SEED, "train", wanted.count),
        "nano-codes-100, true quads": drawn(cards.ROOT / "data" / "nano-codes-100"),
    }
    table = [["set", "holding", *_COLUMNS]]
    for name, chosen in sets.items():
        for group, counts in measure(recogniser, chosen).items():
            table.append([name, group, *(str(counts[column]) for column in _COLUMNS)])
    print(cards.markdown(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
