"""Fine-tunes a published detector by a configuration file: to find what a better one finds, and print that we draw.

    python -m training.tuning.train_detector \\
        --config training/tuning/config/ppocr-v6-tiny-det.toml --out build/tuning-detector
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.ppocr import detector as ppocr_detector
from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.readers.ppocr.detector import PpocrDetectorSettings
from training import cards
from training.loop import Schedule, TrainingRun, command_line, seed_everything
from training.toml import load_toml
from training.tuning import frames
from training.tuning.frames import FrameBatch, FrameFeed, StoredFrame
from training.tuning.graph import TrainableGraph

_NEGATIVES = 3.0  # pixels without a mark that count, per pixel with one; the worst ones are taken
_FEWEST = 2000  # at least this many such pixels
_MARKED = 0.1  # a map above it is a mark
_SMALL_PICTURE, _ENLARGED = 500, 2.0  # px; pictures up to this long side are seen at this scale too
_EDGE = 1e-5  # probabilities are kept this far from 0 and 1


@dataclass(frozen=True)
class DetectorTuningConfig:
    """A configuration file.

    ``start``, ``teacher``: the files to begin with and to learn from, below the repository's root. ``model``: of the
    catalogue of PP-OCR, whose detector is tuned. ``photographs``, ``receipts``, ``drawn``: the share of the crops that
    are of each; ``groups``, ``every``, ``seeds``: which ones. ``teacher_side``: the longest side that the teacher sees,
    in px. ``checks``: batches that are measured and not trained on. ``remembered``: the share of the first weights in
    the shipped ones.
    """

    name: str
    model: str
    start: str
    teacher: str
    teacher_side: int
    seed: int
    batch: int
    side: int
    decay: float
    threads: int
    schedule: Schedule
    photographs: float
    receipts: float
    drawn: float
    groups: tuple[str, ...]
    every: int
    seeds: tuple[int, ...]
    checks: int
    remembered: float = 0.0


def read_detector_config(path: Path) -> DetectorTuningConfig:
    """Read a configuration file. Raises TypeError, KeyError: a field is unknown or missing."""
    data = load_toml(path)
    schedule = Schedule(**data.pop("schedule"))
    groups, seeds = tuple(data.pop("groups")), tuple(data.pop("seeds"))
    return DetectorTuningConfig(schedule=schedule, groups=groups, seeds=seeds, **data)


def map_loss(found: Tensor, wanted: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy over marked pixels and the hardest others (3 per marked one), plus dice (Milletari et al. 2016).

    Args:
        found: maps (N, H, W) of 0..1, in float32.
        wanted: maps (N, H, W) of 0..1.
        known: (N, H, W) of 0 and 1; only where it is 1 something is learnt.
    """
    chance = found.clamp(_EDGE, 1.0 - _EDGE)
    least = functional.binary_cross_entropy(wanted.clamp(_EDGE, 1.0 - _EDGE), wanted, reduction="none")
    each = (functional.binary_cross_entropy(chance, wanted, reduction="none") - least) * known  # 0 for equal maps
    marked = (wanted > _MARKED) & (known > 0)
    others = each[~marked]
    count = min(others.numel(), max(_FEWEST, int(_NEGATIVES * float(marked.sum()))))
    hardest = torch.topk(others, count, sorted=False).values
    entropy = (each[marked].sum() + hardest.sum()) / (marked.sum() + count)
    chance, wanted = chance * known, wanted * known
    dice = 1.0 - (2.0 * (chance * wanted).sum() + 1.0) / ((chance * chance).sum() + (wanted * wanted).sum() + 1.0)
    return 3.0 * entropy + dice


class MapTeacher:
    """The better detector: it looks at a picture, reduced to ``side`` px at most, and at small ones enlarged too."""

    def __init__(self, file: Path, settings: PpocrDetectorSettings, side: int, threads: int) -> None:
        self._network, self._settings, self._side = OnnxNetwork(str(file), threads=threads), settings, side

    def __call__(self, image: NDArray[np.uint8]) -> frames.Seen:
        """Its map at half of the picture's size, 0..255, and the quads of the lines in pixels of the picture."""
        height, width = image.shape[:2]
        half = (-(-width // 2), -(-height // 2))
        seen, quads = np.zeros(half[::-1], np.uint8), []
        for scale in (1.0, _ENLARGED) if max(height, width) <= _SMALL_PICTURE else (1.0,):
            blob, (across, down) = ppocr_detector.prepare(
                image, min(self._side, round(max(height, width) * scale)), scale
            )
            marks = self._network.infer_one(blob)[0, 0]
            small = cv2.resize(marks, half, interpolation=cv2.INTER_AREA)
            seen = np.maximum(seen, np.clip(np.rint(255 * small), 0, 255).astype(np.uint8))
            quads += [line.quad * (across, down) for line in ppocr_detector.boxes_from_map(marks, self._settings)]
        return seen, quads


def feed_of(config: DetectorTuningConfig, folder: Path) -> FrameFeed:
    """All frames in memory. Raises PhotographError, PoolError: something is missing."""
    settings = ppocr_detector.settings_from(ppocr.model_record(config.model)["detector"])
    teacher = MapTeacher(cards.ROOT / config.teacher, settings, config.teacher_side, config.threads)
    sources: list[tuple[float, Sequence[StoredFrame]]] = [
        (config.drawn, list(frames.drawn(folder, config.seeds))),
        (config.receipts, list(frames.receipts(config.every))),
        (config.photographs, list(frames.photographs_of(config.groups, teacher))),
    ]
    print({"frames": [len(part) for _, part in sources]}, flush=True)
    return FrameFeed(sources, settings.unclip_ratio, config.seed, config.batch, config.side)


def train(config: DetectorTuningConfig, out: Path, folder: Path, resume: bool, device: str = "cpu") -> TrainableGraph:
    """Train, or continue, and return the network with the averaged weights.

    Args:
        config: what to train.
        out: folder of the checkpoint and the log.
        folder: folder of the drawn pools.
        resume: continue from the checkpoint in ``out``.
        device: ``cpu`` or ``cuda``; evaluation runs on the CPU.
    """
    torch.set_num_threads(config.threads)
    cv2.setNumThreads(1)
    seed_everything(config.seed)
    network = TrainableGraph(cards.ROOT / config.start)
    judged = copy.deepcopy(network)
    feed = feed_of(config, folder)
    checks = [
        feed.one(config.schedule.steps + number) for number in range(config.checks)
    ]  # steps that training never reaches
    run = TrainingRun(
        folder=out,
        network=network,
        loss=lambda batch: _loss(network, batch),
        batches=feed,
        measure=_measured(judged, checks),
        schedule=config.schedule,
        seed=config.seed,
        decay=config.decay,
        device=device,
        measure_every=100,
        save_every=50,
        report_every=20,
    )
    print({"step": 0, **run.measure(network.state_dict())}, flush=True)
    network.load_state_dict(run.train(resume))
    return network.eval()


def _loss(network: TrainableGraph, batch: FrameBatch) -> Tensor:
    found = network(batch.images.contiguous(memory_format=torch.channels_last))
    return map_loss(found[:, 0].float(), batch.maps, batch.known)


def _measured(judged: TrainableGraph, checks: Sequence[FrameBatch]) -> Callable[[dict[str, Tensor]], dict[str, float]]:
    """The mean loss of the checks under given weights."""

    @torch.no_grad()
    def measure(state: dict[str, Tensor]) -> dict[str, float]:
        judged.load_state_dict(state)
        return {"check": round(float(np.mean([float(_loss(judged.eval(), batch)) for batch in checks])), 4)}

    return measure


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    wanted = command_line(__doc__, "build/tuning-detector-pool").parse_args(arguments)
    train(read_detector_config(wanted.config), wanted.out, wanted.pool, wanted.resume, wanted.device)


if __name__ == "__main__":
    main()
