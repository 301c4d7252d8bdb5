"""The recogniser from a training's folder into the package.

python -m training.recogniser.export --config training/recogniser/config/code-recogniser.toml --out build/recogniser
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from training import cards
from training import export as exporting
from training.recogniser.network import Deployed, Recogniser
from training.recogniser.texts import CHARACTERS
from training.recogniser.train import CLASSES, Config, read_config

DATA = Path(__file__).resolve().parents[2] / "ocr_app" / "data"


def averaged(config: Config, out: Path) -> tuple[Recogniser, int, float]:
    """The network with a checkpoint's averaged weights, in evaluation, its step, and the seconds spent on it.

    Raises:
        FileNotFoundError: no checkpoint.
    """
    saved = torch.load(out / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = Recogniser(CLASSES, config.widths)
    network.load_state_dict(saved["average"])
    return network.eval(), int(saved["step"]), float(saved["seconds"])


def export(config: Config, out: Path, target: Path) -> float:
    """Write the ONNX file and return its largest error against the trained network, in logits."""
    network, step, seconds = averaged(config, out)
    training = {"config": config.name, "seed": config.seed, "steps": step, "lines": step * config.batch}
    training.update(machine=cards.machine(), hours=round(seconds / 3600, 2))
    metadata = {
        "characters": json.dumps(["", *CHARACTERS]),
        "training": json.dumps(training),
    }
    generator = torch.Generator().manual_seed(0)
    sample = torch.randn(3, 1, 32, 256, generator=generator)
    axes, steps = {0: "lines", 3: "width"}, {0: "lines", 1: "steps"}
    return exporting.export(Deployed(network).eval(), network, sample, target, "logits", axes, steps, metadata)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=DATA / "models" / "code-recogniser.onnx")
    wanted = parser.parse_args(arguments)
    error = export(read_config(wanted.config), wanted.out, wanted.target)
    if wanted.target.parent == DATA / "models":
        exporting.register(DATA / "codes.json", "recogniser", wanted.target)
    print(f"{wanted.target.name}: {wanted.target.stat().st_size} bytes, largest error {error:.2g}")


if __name__ == "__main__":
    main()
