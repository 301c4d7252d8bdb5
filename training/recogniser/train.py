"""Trains the recogniser by a configuration file.

python -m training.recogniser.train --config training/recogniser/config/code-recogniser.toml --out build/recogniser
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training import cards
from training.loop import Schedule, TrainingRun, command_line, seed_everything
from training.recogniser import pool, warm
from training.recogniser.feed import (
    SHIPPED,
    RecogniserBatch,
    RecogniserFeed,
    RecogniserSource,
    RecogniserTarget,
    pack,
)
from training.recogniser.network import RecogniserNetwork, Widths
from training.render import fonts
from training.toml import load_toml

CLASSES = SHIPPED.classes
START = "start.pt"  # the weights that a training began with, in its folder
_STATISTICS = 400  # lines on which the normalisations of a start from a file are set


@dataclass(frozen=True)
class Stage:
    """One part of a training, with its own schedule and lines; it starts from the averaged weights of the part before.

    ``pools``: the seed, style and shards of each, and when they are used (see ``feed.RecogniserSource``).
    ``remembered``: the share of the weights that the training started from, mixed into those of the part before, so
    that what those weights were good at comes back (Wortsman et al. 2022, robust fine-tuning).
    """

    schedule: Schedule
    narrow_from: int
    pools: tuple[dict[str, Any], ...]
    remembered: float = 0.0

    def sources(self, folder: Path, as_packed: bool = False) -> list[RecogniserSource]:
        """The sources of its lines in ``folder``; ``as_packed``: of the shards that are there, all from the start."""
        plain = [{key: value for key, value in row.items() if key != "style"} for row in self.pools]
        sources = [RecogniserSource(folder, **row) for row in plain]
        if not as_packed:
            return sources
        counts = [len(list(pool.path(folder, source.seed, 0).parent.glob("*.npz"))) for source in sources]
        return [replace(source, shards=n, first=n) for source, n in zip(sources, counts, strict=True) if n]


@dataclass(frozen=True)
class RecogniserConfig:
    """A configuration file; its tables are named like the fields.

    ``check_real``: pools of real lines, of which the first shard is measured too.
    ``start``: an exported file to start from, below the repository's root; empty for a training from random weights.
    ``shipped``: the stages (counted from 1) whose averaged weights are averaged once more for the shipped file; without
    any, the last stage is shipped. ``remembered``: the share of the start in the shipped weights (see ``Stage``).
    """

    name: str
    seed: int
    batch: int
    decay: float
    threads: int
    widths: Widths
    stages: tuple[Stage, ...]
    check_seed: int
    check_shards: int
    check_real: tuple[str, ...]
    shipped: tuple[int, ...]
    start: str = ""
    remembered: float = 0.0


def read_config(path: Path) -> RecogniserConfig:
    """Read a configuration file.

    Raises:
        TypeError, KeyError: a field is unknown or missing.
    """
    data = load_toml(path)
    stages = [
        Stage(Schedule(**row["schedule"]), row["narrow_from"], tuple(row["pool"]), row.get("remembered", 0.0))
        for row in data["stage"]
    ]
    return RecogniserConfig(
        name=data["name"],
        widths=Widths(**data["widths"]),
        stages=tuple(stages),
        check_seed=data["check"]["seed"],
        check_shards=data["check"]["shards"],
        check_real=tuple(data["check"].get("real", ())),
        shipped=tuple(data.get("shipped", ())),
        start=data.get("start", ""),
        remembered=data.get("remembered", 0.0),
        **data["train"],
    )


def stage_folder(out: Path, number: int) -> Path:
    """The folder with the checkpoint and log of a stage (counted from 1)."""
    return out / f"stage-{number}"


def train(
    config: RecogniserConfig,
    out: Path,
    folder: Path,
    resume: bool,
    until: int | None = None,
    device: str = "cpu",
    as_packed: bool = False,
) -> RecogniserNetwork:
    """Train all stages, or continue, and return the network with averaged weights in evaluation mode.

    Args:
        config: what to train.
        out: folder of the checkpoints and logs of the stages.
        folder: folder of the pools (see ``pool``); the training waits for shards that do not exist yet.
        resume: continue from the checkpoints in ``out``.
        until: stop the last stage at this step, for a training in parts.
        device: ``cpu`` or ``cuda``; evaluation runs on the CPU.
        as_packed: be content with the shards that are there (see ``packed``).
    """
    torch.set_num_threads(config.threads)
    cv2.setNumThreads(1)
    seed_everything(config.seed)
    network = RecogniserNetwork(CLASSES, config.widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    judged = RecogniserNetwork(CLASSES, config.widths).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    for shard in range(config.check_shards):
        pool.draw(folder, config.check_seed, shard, fonts.names("train"))
    checks = [pool.load(folder, config.check_seed, shard) for shard in range(config.check_shards)]
    if config.start:
        warm.start_from(network, cards.ROOT / config.start, SHIPPED, checks[0], _STATISTICS)

    start = {name: value.clone() for name, value in network.state_dict().items()}
    out.mkdir(parents=True, exist_ok=True)
    torch.save(start, out / START)

    def measure(state: dict[str, Tensor]) -> dict[str, float]:
        judged.load_state_dict(state)
        figures = exact(judged.eval(), checks)
        real = {name: [pool.load(folder, name, 0)] for name in config.check_real}
        return {**figures, **{name: exact(judged, shards)["alnum"] for name, shards in real.items()}}

    for number, stage in enumerate(config.stages, 1):
        seed = config.seed + number - 1
        network.load_state_dict(mixed(network.state_dict(), start, stage.remembered))
        run = TrainingRun(
            folder=stage_folder(out, number),
            network=network,
            loss=lambda batch: loss(network, batch),
            batches=RecogniserFeed(stage.sources(folder, as_packed), seed, config.batch, stage.narrow_from),
            measure=measure,
            schedule=stage.schedule,
            seed=config.seed,
            decay=config.decay,
            device=device,
        )
        network.load_state_dict(run.train(resume, until if number == len(config.stages) else None))
    return network.eval()


def mixed(now: dict[str, Tensor], start: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The weights and statistics of now with a share of those of the start; counters are those of now."""
    pairs = ((name, value, start[name].to(value.device)) for name, value in now.items())
    return {name: (v.lerp(s, share) if v.is_floating_point() else v).clone() for name, v, s in pairs}


def loss(network: RecogniserNetwork, batch: RecogniserBatch) -> Tensor:
    """CTC loss (Graves et al. 2006) per character, in float32; convolutions run in bfloat16."""
    images = batch.images.contiguous(memory_format=torch.channels_last)
    with torch.autocast(images.device.type, torch.bfloat16):
        logits = network(images)
    return ctc_loss(logits, batch)


def ctc_loss(logits: Tensor, batch: RecogniserBatch) -> Tensor:
    """CTC loss per character of logits (N, T, classes), in float32."""
    scores = functional.log_softmax(logits.float(), dim=2).transpose(0, 1)
    return functional.ctc_loss(scores, batch.targets, batch.steps, batch.lengths, zero_infinity=True)


@torch.no_grad()
def exact(network: nn.Module, shards: list[pool.Shard], target: RecogniserTarget = SHIPPED) -> dict[str, float]:
    """The percentage of held-out lines read without an error, greedily: strictly, and on letters and digits only.

    Upper and lower case count as equal, so that alphabets can be compared; the texts of the shards are upper case.
    """
    strict = plain = total = 0
    for shard in shards:
        order = np.argsort(np.diff(shard.starts))
        for cut in range(0, len(order), 100):
            chosen = order[cut : cut + 100]
            rows = [target.row(shard.crop(int(k))) for k in chosen]
            batch = pack(rows, [shard.texts[k] for k in chosen], target)
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(batch.images.contiguous(memory_format=torch.channels_last)).float()
            best = blind_to_case(logits, target).argmax(2).numpy()
            for row, steps, k in zip(best, batch.steps.tolist(), chosen, strict=True):
                text, truth = greedy(row[:steps], target.characters).upper(), shard.texts[k]
                strict += text.strip() == truth
                plain += _alnum(text) == _alnum(truth)
                total += 1
    return {"strict": 100.0 * strict / total, "alnum": 100.0 * plain / total}


def blind_to_case(logits: Tensor, target: RecogniserTarget) -> Tensor:
    """The probabilities of the classes where both cases of a letter count for the upper one."""
    chances = torch.softmax(logits, dim=2)
    return torch.zeros_like(chances).index_add_(2, torch.tensor(target.upper), chances)


def greedy(best: np.ndarray[Any, Any], characters: str = SHIPPED.characters) -> str:
    """The best-path text, from the best class of each step."""
    before = np.concatenate([[0], best[:-1]])
    return "".join(characters[k - 1] for k in best[(best != 0) & (best != before)])


def _alnum(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = command_line(__doc__, "build/recogniser-pool")
    parser.add_argument("--until", type=int)
    parser.add_argument("--as-packed", action="store_true", help="be content with the shards that are there")
    wanted = parser.parse_args(arguments)
    config, rest = read_config(wanted.config), (wanted.resume, wanted.until, wanted.device, wanted.as_packed)
    train(config, wanted.out, wanted.pool, *rest)


if __name__ == "__main__":
    main()
