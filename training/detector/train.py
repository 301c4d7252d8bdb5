"""Trains the detector by a configuration file.

python -m training.detector.train --config training/detector/config/code-detector.toml --out build/detector
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from ocr_app.readers.codes.detector import CodeDetectorSettings, lines_from_maps
from training.detector import augment, pool
from training.detector.feed import DetectorFeed, DetectorSource, PoolSchedule
from training.detector.loss import DetectorBatch, loss
from training.detector.matching import Tally, overlap
from training.detector.network import DetectorNetwork
from training.detector.scenes import Scene
from training.detector.start import warm_start
from training.loop import Schedule, TrainingRun, command_line, seed_everything
from training.toml import load_toml

ROOT = Path(__file__).resolve().parent.parent.parent
_STRIDE = 32
_CALIBRATION = 4  # batches from which a warm start takes its normalisation


@dataclass(frozen=True)
class CheckPool:
    """Held-out scenes that are measured during training: the first ``scenes`` of the pool ``seed``."""

    name: str
    seed: int
    scenes: int


@dataclass(frozen=True)
class DetectorConfig:
    """A configuration file."""

    name: str
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    neck: int
    dilations: tuple[int, ...]
    start: Path | None
    schedule: Schedule
    seed: int
    batch: int
    side: int
    decay: float
    threads: int
    pool: tuple[PoolSchedule, ...]
    check: tuple[CheckPool, ...]

    def network(self) -> DetectorNetwork:
        """A network of this configuration with fresh weights."""
        return DetectorNetwork(self.widths, self.depths, self.neck, self.dilations)


def read_config(path: Path) -> DetectorConfig:
    """Read a configuration file.

    Raises:
        TypeError, KeyError: a field is unknown or missing.
    """
    data = load_toml(path)
    shape = data["network"]
    return DetectorConfig(
        name=data["name"],
        widths=tuple(shape["widths"]),
        depths=tuple(shape["depths"]),
        neck=shape["neck"],
        dilations=tuple(shape.get("dilations", ())),
        start=ROOT / shape["start"] if "start" in shape else None,
        schedule=Schedule(**data["schedule"]),
        pool=tuple(PoolSchedule(**part) for part in data["pool"]),
        check=tuple(CheckPool(**part) for part in data["check"]),
        **data["train"],
    )


def train(
    config_path: Path, out: Path, folder: Path, resume: bool, until: int | None = None, device: str = "cpu"
) -> DetectorNetwork:
    """Train, or continue, and return the network with averaged weights in evaluation mode.

    Args:
        config_path: what to train.
        out: folder of the checkpoint and the log.
        folder: folder of the pool (see ``pool``); the training waits for shards that do not exist yet.
        resume: continue from the checkpoint in ``out``.
        until: stop at this step, for a training in parts.
        device: ``cpu`` or ``cuda``; evaluation runs on the CPU.
    """
    config = read_config(config_path)
    torch.set_num_threads(config.threads)
    cv2.setNumThreads(1)
    seed_everything(config.seed)
    network = config.network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    judged = config.network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    held_out = {part.name: pool.load(folder, part.seed).scenes[: part.scenes] for part in config.check}
    feed = DetectorFeed(DetectorSource(folder, config.pool), config.seed, config.batch, config.side)
    if config.start is not None and not (out / "checkpoint.pt").is_file():
        warm_start(network, config.start, torch.cat([feed.one(step).images for step in range(_CALIBRATION)]))

    def measure(state: dict[str, Tensor]) -> dict[str, float]:
        judged.load_state_dict(state)
        judged.eval()
        figures = {name: found_in(judged, chosen) for name, chosen in held_out.items()}
        return {f"{name}_{key}": value for name, part in figures.items() for key, value in part.items()}

    run = TrainingRun(
        folder=out,
        network=network,
        loss=lambda batch: _loss(network, batch),
        batches=feed,
        measure=measure,
        schedule=config.schedule,
        seed=config.seed,
        decay=config.decay,
        device=device,
        save_every=100,
    )
    judged.load_state_dict(run.train(resume, until))
    return judged.eval()


def _loss(network: DetectorNetwork, batch: DetectorBatch) -> Tensor:
    """The loss in float32; convolutions run in bfloat16."""
    with torch.autocast(batch.images.device.type, torch.bfloat16):
        maps = network(batch.images.contiguous(memory_format=torch.channels_last))
    return loss(maps.float(), batch.labels)


@torch.no_grad()
def found_in(network: DetectorNetwork, scenes: list[Scene]) -> dict[str, float]:
    """The figures over scenes at their own size: codes found, text found, and texts sorted rightly by class."""
    codes, text = Tally(), Tally()
    right, sorted_lines = 0, 0
    for scene in scenes:
        with torch.autocast("cpu", torch.bfloat16):
            maps = network(blob(scene))
        found = lines_from_maps(maps[0].float().numpy(), CodeDetectorSettings())
        codes.add(*scene.whole(), [line.quad for line in found])
        text.add(*scene.whole_text(), [line.quad for line in found])
        for quads, is_code in ((scene.lines, True), (scene.words, False)):
            met = [line.code > 0.5 for line in found if any(overlap(quad, line.quad) >= 0.5 for quad in quads)]
            right, sorted_lines = right + sum(code == is_code for code in met), sorted_lines + len(met)
    return {
        "codes": codes.figures()["recall"],
        "text": text.figures()["recall"],
        "precision": text.figures()["precision"],
        "class": round(100.0 * right / max(1, sorted_lines), 2),
    }


def blob(scene: Scene) -> Tensor:
    """A scene as input of the network: (1, 1, H, W), padded with 0 to multiples of 32."""
    h, w = scene.grey.shape
    padded = np.zeros((1, 1, -(-h // _STRIDE) * _STRIDE, -(-w // _STRIDE) * _STRIDE), np.float32)
    padded[0, 0, :h, :w] = (scene.grey.astype(np.float32) - augment.MEAN) / augment.SPREAD
    return torch.from_numpy(padded).contiguous(memory_format=torch.channels_last)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = command_line(__doc__, "build/detector-pool")
    parser.add_argument("--until", type=int)
    wanted = parser.parse_args(arguments)
    train(wanted.config, wanted.out, wanted.pool, wanted.resume, wanted.until, wanted.device)


if __name__ == "__main__":
    main()
