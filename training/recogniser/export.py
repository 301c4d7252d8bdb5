"""The recogniser from a training's folder into the package.

python -m training.recogniser.export --config training/recogniser/config/code-recogniser.toml --out build/recogniser
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from training import cards
from training import export as exporting
from training.recogniser.network import Deployed, Recogniser
from training.recogniser.texts import CHARACTERS
from training.recogniser.train import CLASSES, Config, read_config, stage_folder


def averaged(config: Config, out: Path) -> tuple[Recogniser, list[int], float]:
    """The averaged weights of the last stage that has begun, in evaluation; steps of each stage; seconds of all.

    Raises:
        FileNotFoundError: no stage has a checkpoint.
    """
    network = Recogniser(CLASSES, config.widths)
    steps, seconds = [], 0.0
    for number in range(1, len(config.stages) + 1):
        path = stage_folder(out, number) / "checkpoint.pt"
        if number > 1 and not path.is_file():
            break
        saved = torch.load(path, map_location="cpu", weights_only=True)
        network.load_state_dict(saved["average"])
        steps.append(int(saved["step"]))
        seconds += float(saved["seconds"])
    return network.eval(), steps, seconds


def export(config: Config, out: Path, target: Path) -> float:
    """Write the ONNX file and return its largest error against the trained network, in logits."""
    network, steps, seconds = averaged(config, out)
    training = {"config": config.name, "seed": config.seed, "steps": steps, "lines": sum(steps) * config.batch}
    training.update(machine=cards.machine(), hours=round(seconds / 3600, 2))
    metadata = {
        "characters": json.dumps(["", *CHARACTERS]),
        "training": json.dumps(training),
    }
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn(3, 1, 32, 256, generator=generator)
    axes, times = {0: "lines", 3: "width"}, {0: "lines", 1: "steps"}
    return exporting.export(Deployed(network).eval(), network, sample, target, "logits", axes, times, metadata)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    exporting.command(
        "recogniser", __doc__, lambda config, out, target: export(read_config(config), out, target), arguments
    )


if __name__ == "__main__":
    main()
