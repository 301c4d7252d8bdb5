"""Measures what fine-tuning changed: the figures of docs/models/ppocr-v6-tuned.md.

    python -m training.tuning.evaluate --start build/tuning/ppocr-v6-tiny-codes-recogniser.onnx

The network as it was cut, the fine-tuned one of the package, and our own recogniser read the same lines.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2

from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.recogniser import CodeRecogniser, CodeRecogniserSettings
from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.readers.ppocr.recogniser import HEIGHT, PpocrRecogniser, settings_from
from training import cards
from training.export import DATA
from training.recogniser import witnesses
from training.recogniser.evaluate import MODEL as OWN
from training.recogniser.evaluate import measure, read
from training.recogniser.evaluation_sets import EvaluationLine, real_sets, rendered_sets
from training.tuning.export import MODEL as TUNED

NAME = "ppocr-v6-tuned"
READERS = ("as cut", "fine-tuned", "codes")


def recogniser_of(file: Path) -> PpocrRecogniser:
    """A cut recogniser, fed as the package's one is."""
    record = ppocr.model_record(TUNED)["recogniser"]
    network = OnnxNetwork(str(file), threads=1)
    characters = json.loads(network.metadata["characters"])
    return PpocrRecogniser(network, characters, settings=settings_from(record))


def run(start: Path, count: int) -> dict[str, Any]:
    """All measurements of the card."""
    cv2.setNumThreads(1)
    tuned = DATA / "models" / ppocr.model_record(TUNED)["recogniser"]["file"]
    own = CodeRecogniser(OnnxNetwork(str(OWN), "cpu", 1), CodeRecogniserSettings())
    recognisers: dict[str, Any] = dict(zip(READERS, (recogniser_of(start), recogniser_of(tuned), own), strict=True))
    sets = {**rendered_sets(count, HEIGHT), **real_sets()}
    return {
        "file": tuned.name,
        "sha256": ppocr.model_record(TUNED)["recogniser"]["sha256"],
        "training": json.loads(recognisers["fine-tuned"].network.metadata["training"]),
        "sets": {
            name: {"lines": len(chosen), **{who: measure(each, chosen)["alnum"] for who, each in recognisers.items()}}
            for name, chosen in sets.items()
        },
        "witnesses": {name: _independence(own, recognisers, chosen) for name, chosen in _kinds(sets).items()},
    }


def _kinds(sets: dict[str, list[EvaluationLine]]) -> dict[str, list[EvaluationLine]]:
    """The lines drawn, and the lines photographed."""
    drawn = [line for name, chosen in sets.items() if name.startswith(("rendered", "nano")) for line in chosen]
    real = [line for name, chosen in sets.items() if name.startswith(("real", "receipts")) for line in chosen]
    return {"drawn": drawn, "real": real} if real else {"drawn": drawn}


def _independence(own: Any, recognisers: dict[str, Any], chosen: Sequence[EvaluationLine]) -> dict[str, Any]:
    truths, ours = [line.text for line in chosen], read(own, chosen)[0]
    return {
        who: witnesses.agreement(truths, ours, read(recognisers[who], chosen)[0]) for who in ("as cut", "fine-tuned")
    }


def tables(measured: dict[str, Any]) -> dict[str, str]:
    """The blocks of the card."""
    training = measured["training"]
    facts = [["fact", "value"], ["file", f"`{measured['file']}`"], ["sha256", f"`{measured['sha256']}`"]]
    facts += [["trained", f"{training['steps']} steps, seed {training['seed']}, {training['lines']:,} lines seen"]]
    facts += [["machine", f"{training['machine']}, one core, {training['hours']:.1f} h"]]
    rows = [["set", "lines", *READERS]]
    for name, own in measured["sets"].items():
        rows.append([name, str(own["lines"]), *(f"{own[who]:.1f} %" for who in READERS)])
    head = ["lines", "`codes` and", "lines", "right: codes", "right: the other", "same text", "same wrong text"]
    keys = ("lines", "own_right", "other_right", "same_text", "same_wrong")
    pairs = [
        [kind, who, *(str(found[key]) for key in keys)]
        for kind, both in measured["witnesses"].items()
        for who, found in both.items()
    ]
    blocks = {"facts": facts, "metrics": rows, "witnesses": [head, *pairs]}
    return {name: cards.markdown(block) for name, block in blocks.items()}


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True, help="the network as it was cut")
    parser.add_argument("--count", type=int, default=700, help="rendered lines per set (default %(default)s)")
    wanted = parser.parse_args(arguments)
    measured = run(wanted.start, wanted.count)
    blocks = tables(measured)
    cards.save(NAME, measured, blocks)
    print(blocks["metrics"] + "\n\n" + blocks["witnesses"])


if __name__ == "__main__":
    main()
