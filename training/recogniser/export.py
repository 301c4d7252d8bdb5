"""Exports the recogniser from the folder of a training into the package.

python -m training.recogniser.export --config training/recogniser/config/code-recogniser.toml --out build/recogniser
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from training import cards
from training import export as exporting
from training.recogniser.network import FoldedRecogniser, RecogniserNetwork
from training.recogniser.texts import CASED
from training.recogniser.train import CLASSES, START, RecogniserConfig, mixed, read_config, stage_folder


def averaged(config: RecogniserConfig, out: Path) -> tuple[RecogniserNetwork, list[int], float]:
    """The network that is shipped, in evaluation mode; the steps of each stage that has begun; the seconds of all.

    Raises:
        FileNotFoundError: no stage has a checkpoint, or a stage that the configuration ships has none.
    """
    numbers = [n for n in range(1, len(config.stages) + 1) if n == 1 or _checkpoint(out, n).is_file()]
    saved = {n: torch.load(_checkpoint(out, n), map_location="cpu", weights_only=True) for n in numbers}
    wanted = config.shipped or (numbers[-1],)
    for number in wanted:
        if number not in saved:
            raise FileNotFoundError(f"{_checkpoint(out, number)}: this stage is to be shipped and has not begun")
    network = RecogniserNetwork(CLASSES, config.widths)
    state = mean([saved[number]["average"] for number in wanted])
    if config.remembered:
        state = mixed(state, torch.load(out / START, map_location="cpu", weights_only=True), config.remembered)
    network.load_state_dict(state)
    return network.eval(), [int(saved[n]["step"]) for n in numbers], sum(float(saved[n]["seconds"]) for n in numbers)


def mean(states: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of several networks' weights and statistics; counters are those of the last one."""
    return {
        name: torch.stack([state[name] for state in states]).mean(dim=0) if last.is_floating_point() else last
        for name, last in states[-1].items()
    }


def _checkpoint(out: Path, number: int) -> Path:
    return stage_folder(out, number) / "checkpoint.pt"


def export(config: RecogniserConfig, out: Path, target: Path) -> float:
    """Write the ONNX file and return its largest error against the trained network, in logits."""
    network, steps, seconds = averaged(config, out)
    training = {"config": config.name, "seed": config.seed, "steps": steps, "lines": sum(steps) * config.batch}
    training.update(machine=cards.machine(), hours=round(seconds / 3600, 2))
    metadata = {
        "characters": json.dumps(["", *CASED]),
        "training": json.dumps(training),
    }
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn(3, 1, 32, 256, generator=generator)
    axes, times = {0: "lines", 3: "width"}, {0: "lines", 1: "steps"}
    return exporting.export(FoldedRecogniser(network).eval(), network, sample, target, "logits", axes, times, metadata)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    exporting.command(
        "recogniser", __doc__, lambda config, out, target: export(read_config(config), out, target), arguments
    )


if __name__ == "__main__":
    main()
