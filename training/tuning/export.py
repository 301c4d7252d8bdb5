"""Writes a fine-tuned network from the folder of its training into the package, in the form of its first file.

    python -m training.tuning.export --config training/tuning/config/ppocr-v6-tiny.toml --out build/tuning
    python -m training.tuning.export --part detector \\
        --config training/tuning/config/ppocr-v6-tiny-det.toml --out build/tuning-detector
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from training import cards
from training.export import DATA, LARGEST_ERROR, ExportError, register
from training.recogniser.train import mixed
from training.tuning.graph import TrainableGraph
from training.tuning.train import TuningConfig, read_config
from training.tuning.train_detector import DetectorTuningConfig, read_detector_config

AnyConfig = TuningConfig | DetectorTuningConfig

CATALOGUE, MODEL = DATA / "ppocr.json", "v6-tiny-codes"
_HALF, _SMALLEST = 2.0**-10, 2.0**-24  # relative and absolute rounding of a half
_TOLERANCE = 5.0 * LARGEST_ERROR  # in logits; ONNX Runtime and torch add up in another order
_PROBES = {"recogniser": (2, 3, 48, 256), "detector": (1, 3, 96, 160)}  # shapes of an input that is computed both ways
_READ: dict[str, Callable[[Path], AnyConfig]] = {"recogniser": read_config, "detector": read_detector_config}


def averaged(config: AnyConfig, out: Path) -> tuple[TrainableGraph, dict[str, object]]:
    """The network that is shipped, in evaluation mode, and how it was trained. Raises FileNotFoundError."""
    saved = torch.load(out / "checkpoint.pt", map_location="cpu", weights_only=True)
    network = TrainableGraph(cards.ROOT / config.start)
    start = {name: value.clone() for name, value in network.state_dict().items()}
    network.load_state_dict(mixed(saved["average"], start, config.remembered))
    training = {"config": config.name, "seed": config.seed, "steps": int(saved["step"])}
    seen = "lines" if isinstance(config, TuningConfig) else "crops"
    training.update({seen: int(saved["step"]) * config.batch, "remembered": config.remembered})
    training.update(machine=cards.machine(), hours=round(float(saved["seconds"]) / 3600, 2))
    return network.eval(), training


def export(config: AnyConfig, out: Path, target: Path, part: str = "recogniser") -> float:
    """Write the ONNX file whole or not at all, and return its largest error against its own weights.

    The weights are those that were trained, rounded to halves where the file that training began with has halves.

    Raises:
        ExportError: the file's weights are not the trained ones, or it does not compute what they say.
    """
    network, training = averaged(config, out)
    written = target.with_suffix(".part")
    written.write_bytes(network.written({"training": json.dumps(training)}))
    try:
        error = _error(written, network, _PROBES[part])
    except ExportError:
        written.unlink()
        raise
    written.replace(target)
    return error


@torch.no_grad()
def _error(file: Path, trained: TrainableGraph, shape: tuple[int, ...]) -> float:
    stored = TrainableGraph(file).eval()
    for name, value in trained.state_dict().items():
        if not torch.allclose(stored.state_dict()[name], value, rtol=_HALF, atol=_SMALLEST):
            raise ExportError(f"{file.name}: {name} is not what was trained")
    image = torch.rand(*shape, generator=torch.Generator().manual_seed(0)) * 2.0 - 1.0
    session = onnxruntime.InferenceSession(file.read_bytes(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {session.get_inputs()[0].name: image.numpy()})
    error = float(np.abs(found - stored(image).numpy()).max())
    if error > _TOLERANCE:
        raise ExportError(f"{file.name}: differs by {error:.2g} from its weights")
    return error


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--target", type=Path)
    parser.add_argument("--part", choices=tuple(_PROBES), default="recogniser")
    wanted = parser.parse_args(arguments)
    config = _READ[wanted.part](wanted.config)
    target = wanted.target or DATA / "models" / f"{config.name}.onnx"
    error = export(config, wanted.out, target, wanted.part)
    if target.parent == DATA / "models":
        register(CATALOGUE, wanted.part, target, MODEL)
    print(f"{target.name}: {target.stat().st_size} bytes, largest error {error:.2g}")


if __name__ == "__main__":
    main()
