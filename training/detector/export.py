"""Exports the detector from the folder of a training into the package.

python -m training.detector.export --config training/detector/config/code-detector.toml --out build/detector
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from training import cards
from training import export as exporting
from training.detector.network import DetectorNetwork, folded
from training.detector.train import DetectorConfig, read_config

_OPSET = 13  # the newest that TensorRT 8.2.1 parses


def averaged(config: DetectorConfig, out: Path) -> tuple[DetectorNetwork, int, float]:
    """The network with the averaged weights of a checkpoint in evaluation mode, its step, and the seconds spent on it.

    Raises:
        FileNotFoundError: there is no checkpoint.
    """
    saved = torch.load(out / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = config.network()
    network.load_state_dict(saved["average"])
    return network.eval(), int(saved["step"]), float(saved["seconds"])


def export(config: DetectorConfig, out: Path, target: Path) -> float:
    """Write the ONNX file and return its largest error against the trained network."""
    network, step, seconds = averaged(config, out)
    training = {"config": config.name, "seed": config.seed, "steps": step, "crops": step * config.batch}
    training.update(machine=cards.machine(), hours=round(seconds / 3600, 2))
    metadata = {"training": json.dumps(training)}
    sample = torch.randn(2, 1, 96, 128, generator=torch.Generator().manual_seed(0))
    axes = {0: "frames", 2: "height", 3: "width"}
    cells = {0: "frames", 2: "rows", 3: "columns"}
    return exporting.export(folded(network), network, sample, target, "maps", axes, cells, metadata, _OPSET)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    exporting.command(
        "detector", __doc__, lambda config, out, target: export(read_config(config), out, target), arguments
    )


if __name__ == "__main__":
    main()
