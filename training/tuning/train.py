"""Fine-tunes a published recogniser by a configuration file, on drawn codes and on real lines.

    python -m training.tuning.train --config training/tuning/config/ppocr-v6-tiny.toml --out build/tuning

It begins with the published network, cut to the characters of codes. Everything learns but the statistics of its
normalisations. Its drawn lines come from other seeds than those of our own recogniser, so that both see different
prints.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import torch
from torch import Tensor

from training import cards
from training.loop import Schedule, TrainingRun, command_line, seed_everything
from training.recogniser import pool
from training.recogniser.feed import RecogniserBatch, RecogniserFeed, RecogniserSource
from training.recogniser.train import ctc_loss, exact, mixed
from training.toml import load_toml
from training.tuning.graph import TrainableGraph
from training.tuning.target import target_of


@dataclass(frozen=True)
class TuningConfig:
    """A configuration file.

    ``start``: the file to begin with, below the repository's root. ``remembered``: its share in the shipped weights
    (Wortsman et al. 2022, robust fine-tuning). ``pools``: the sources of lines (``feed.RecogniserSource``), each with
    the ``style`` that its lines are drawn in. ``checks``: pools of which the first shard is measured, not trained on.
    """

    name: str
    start: str
    remembered: float
    seed: int
    batch: int
    decay: float
    threads: int
    narrow_from: int
    schedule: Schedule
    pools: tuple[dict[str, Any], ...]
    checks: tuple[str, ...]

    def sources(self, folder: Path) -> list[RecogniserSource]:
        """The sources of its lines in ``folder``."""
        plain = [{key: value for key, value in row.items() if key != "style"} for row in self.pools]
        return [RecogniserSource(folder, **row) for row in plain]


def read_config(path: Path) -> TuningConfig:
    """Read a configuration file. Raises TypeError, KeyError: a field is unknown or missing."""
    data = load_toml(path)
    schedule = Schedule(**data.pop("schedule"))
    return TuningConfig(schedule=schedule, pools=tuple(data.pop("pool")), checks=tuple(data.pop("checks")), **data)


def train(config: TuningConfig, out: Path, folder: Path, resume: bool, device: str = "cpu") -> TrainableGraph:
    """Train, or continue, and return the network with the averaged weights, mixed with those of the start.

    Args:
        config: what to train.
        out: folder of the checkpoint and the log.
        folder: folder of the pools; the training waits for shards that do not exist yet.
        resume: continue from the checkpoint in ``out``.
        device: ``cpu`` or ``cuda``; evaluation runs on the CPU.
    """
    torch.set_num_threads(config.threads)
    cv2.setNumThreads(1)
    seed_everything(config.seed)
    network = TrainableGraph(cards.ROOT / config.start)
    judged, start = copy.deepcopy(network), {name: value.clone() for name, value in network.state_dict().items()}
    target = target_of(network.model)
    checks = {name: [pool.load(folder, name, 0)] for name in config.checks}

    def measure(state: dict[str, Tensor]) -> dict[str, float]:
        judged.load_state_dict(state)
        return {name: exact(judged.eval(), shards, target)["alnum"] for name, shards in checks.items()}

    print({"step": 0, **measure(start)}, flush=True)
    run = TrainingRun(
        folder=out,
        network=network,
        loss=lambda batch: loss(network, batch),
        batches=RecogniserFeed(config.sources(folder), config.seed, config.batch, config.narrow_from, target),
        measure=measure,
        schedule=config.schedule,
        seed=config.seed,
        decay=config.decay,
        device=device,
    )
    network.load_state_dict(mixed(run.train(resume), start, config.remembered))
    return network.eval()


def loss(network: TrainableGraph, batch: RecogniserBatch) -> Tensor:
    """CTC loss (Graves et al. 2006) per character."""
    return ctc_loss(network(batch.images.contiguous(memory_format=torch.channels_last)), batch)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    wanted = command_line(__doc__, "build/tuning-pool").parse_args(arguments)
    train(read_config(wanted.config), wanted.out, wanted.pool, wanted.resume, wanted.device)


if __name__ == "__main__":
    main()
