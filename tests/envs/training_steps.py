"""Run by the environment `train`: a few real steps of training, and what they prove, as JSON on the last line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch

from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.recogniser import CodeRecogniser as Reader
from ocr_app.readers.codes.recogniser import CodeRecogniserSettings
from training import export as exporting
from training.loop import Schedule, TrainingRun, read_log, seed_everything
from training.recogniser import pool
from training.recogniser.feed import RecogniserFeed, RecogniserSource
from training.recogniser.network import FoldedRecogniser, RecogniserNetwork, Widths
from training.recogniser.texts import CASED
from training.recogniser.train import CLASSES, exact, loss, read_config
from training.render.fonts import EMBEDDED

SMALL = Widths(stem=8, half=8, quarter=16, eighth=16, neck=16, quarter_depth=1, eighth_depth=1, neck_depth=1)
STEPS = 6


def trained(folder: Path, lines: Path, stops: list[int]) -> RecogniserNetwork:
    """A network after STEPS steps, stopped and resumed at ``stops``."""
    for until in [*stops, STEPS]:
        seed_everything(3)
        network = RecogniserNetwork(CLASSES, SMALL)
        checks = [pool.load(lines, 1, 0)]
        run = TrainingRun(
            folder=folder,
            network=network,
            loss=lambda batch, network=network: loss(network, batch),
            batches=RecogniserFeed([RecogniserSource(lines, 1, 1, 1, 1)], 3, 8),
            measure=lambda state: {},
            schedule=Schedule(STEPS, 2, 0.002),
            seed=3,
            report_every=2,
            measure_every=1000,
            save_every=1000,
        )
        state = run.train(resume=True, until=until)
    network.load_state_dict(state)
    assert set(exact(network.eval(), checks)) == {"strict", "alnum"}
    return network.eval()


def main(folder: Path) -> None:
    """Everything, in ``folder``."""
    torch.set_num_threads(1)
    lines = folder / "lines"
    pool.draw(lines, 1, 0, (EMBEDDED,))
    straight = trained(folder / "straight", lines, [])
    resumed = trained(folder / "resumed", lines, [2, 4])
    pairs = zip(straight.state_dict().values(), resumed.state_dict().values(), strict=True)
    difference = max(float((a.double() - b.double()).abs().max()) for a, b in pairs)
    sample = torch.randn(2, 1, 32, 128)
    with torch.no_grad():
        folded = float((FoldedRecogniser(straight)(sample) - straight(sample)).abs().max())
    config = Path("training/recogniser/config/code-recogniser.toml")
    shipped = RecogniserNetwork(CLASSES, read_config(config).widths)
    target = folder / "small.onnx"
    axes, steps = {0: "lines", 3: "width"}, {0: "lines", 1: "steps"}
    characters = {"characters": json.dumps(["", *CASED])}
    error = exporting.export(
        FoldedRecogniser(straight).eval(), straight, sample, target, "logits", axes, steps, characters
    )
    reader = Reader(OnnxNetwork(str(target), "cpu", 1), CodeRecogniserSettings())
    (posterior,) = reader([np.zeros((20, 100), np.uint8)])
    print(
        json.dumps(
            {
                "difference": difference,
                "folded": folded,
                "exported": error,
                "posterior": list(posterior.shape),
                "steps": [row["step"] for row in read_log(folder / "resumed")],
                "parameters": sum(p.numel() for p in shipped.parameters()),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
