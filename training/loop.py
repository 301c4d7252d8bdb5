"""What all trainings share: a command line, a resumable loop with averaged weights, a log, a learning curve, seeds."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


def command_line(description: str | None, pool: str) -> argparse.ArgumentParser:
    """The arguments that every training takes. ``description``: of its module; ``pool``: the usual folder of pools."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pool", type=Path, default=Path(pool))
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    return parser


@dataclass(frozen=True)
class Schedule:
    """Steps and learning rate: a linear warm-up, then half a cosine down to ``floor`` times the peak."""

    steps: int
    warmup: int
    peak: float
    floor: float = 0.01

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        if step < self.warmup:
            return self.peak * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.peak * (self.floor + (1.0 - self.floor) * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done))))


class WeightAverage:
    """The exponential moving average of weights and buffers, with the usual correction of the decay at the start."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        """``decay`` per step, 0..1."""
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the average towards the network's weights; counters are copied."""
        decay = min(self.decay, (1.0 + step) / (10.0 + step))
        for name, value in network.state_dict().items():
            if value.dtype.is_floating_point:
                self.state[name].lerp_(value, 1.0 - decay)
            else:
                self.state[name].copy_(value)


@dataclass
class TrainingRun:
    """A training in a folder: ``checkpoint.pt``, ``log.jsonl``.

    ``loss(batch)`` returns the loss of one batch; ``batches(start)`` yields the batches from that step on, always the
    same ones; ``measure(state)`` evaluates averaged weights and returns figures for the log.
    """

    folder: Path
    network: nn.Module
    loss: Callable[[Any], Tensor]
    batches: Callable[[int], Iterator[Any]]
    measure: Callable[[dict[str, Tensor]], dict[str, float]]
    schedule: Schedule
    seed: int
    decay: float = 0.999
    weight_decay: float = 0.01
    clip: float = 5.0
    report_every: int = 50
    measure_every: int = 500
    save_every: int = 250
    device: str = "cpu"
    _spent: float = field(default=0.0, init=False)

    def train(self, resume: bool, until: int | None = None) -> dict[str, Tensor]:
        """Train to the end of the schedule (or to step ``until``) and return the averaged weights.

        Raises:
            FileExistsError: the folder holds a checkpoint and ``resume`` is false.
            RuntimeError: a GPU is requested and torch has none.
        """
        seed_everything(self.seed)
        if self.device != "cpu" and not torch.cuda.is_available():
            raise RuntimeError(f"torch {torch.__version__} has no GPU here: train with --device cpu")
        self.network.to(self.device)
        optimiser = torch.optim.AdamW(_groups(self.network, self.weight_decay), lr=self.schedule.peak)
        average = WeightAverage(self.network, self.decay)
        start = self._begin(optimiser, average, resume)
        last = min(self.schedule.steps, until or self.schedule.steps)
        window: list[float] = []
        clock, spent = time.monotonic(), self._spent
        for step, batch in zip(range(start, last), self.batches(start), strict=False):
            window.append(self._step(optimiser, batch, step))
            average.update(self.network, step)
            done = step + 1
            self._spent = spent + time.monotonic() - clock
            if done % self.report_every == 0:
                self._log(step=done, loss=float(np.mean(window)), rate=self.schedule.rate(step))
                window = []
            if done % self.measure_every == 0 or done == last:
                figures = self.measure(average.state)
                if figures:
                    self._log(step=done, **figures)
                self.network.train()
            if done % self.save_every == 0 or done == last:
                self._save(done, optimiser, average)
        return average.state

    def _step(self, optimiser: torch.optim.Optimizer, batch: Any, step: int) -> float:
        for group in optimiser.param_groups:
            group["lr"] = self.schedule.rate(step)
        self.network.train()
        optimiser.zero_grad(set_to_none=True)
        value = self.loss(on(batch, self.device))
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
        optimiser.step()
        return float(value.detach())

    def _begin(self, optimiser: torch.optim.Optimizer, average: WeightAverage, resume: bool) -> int:
        self._spent = 0.0
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return 0
        if not resume:
            raise FileExistsError(f"{path} exists: continue with --resume, or name another folder")
        saved = torch.load(path, map_location=self.device, weights_only=True)
        self.network.load_state_dict(saved["network"])
        optimiser.load_state_dict(saved["optimiser"])
        average.state = saved["average"]
        self._spent = float(saved["seconds"])
        torch.set_rng_state(saved["random"].cpu())
        return int(saved["step"])

    def _save(self, step: int, optimiser: torch.optim.Optimizer, average: WeightAverage) -> None:
        """Write the checkpoint completely or not at all."""
        path = self.folder / "checkpoint.pt"
        state = {
            "step": step,
            "network": self.network.state_dict(),
            "optimiser": optimiser.state_dict(),
            "average": average.state,
            "seconds": self._spent,
            "random": torch.get_rng_state(),
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def _log(self, **figures: float) -> None:
        line = json.dumps({**figures, "seconds": round(self._spent, 1)})
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        print(line, flush=True)


def on(batch: Any, device: str) -> Any:
    """Move a batch (a tensor, or a dataclass of tensors and such dataclasses) to a device."""
    if isinstance(batch, Tensor):
        return batch.to(device)
    if is_dataclass(batch) and not isinstance(batch, type):
        return replace(batch, **{part.name: on(getattr(batch, part.name), device) for part in fields(batch)})
    return batch


def seed_everything(seed: int) -> None:
    """Seed every source of randomness in the process."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def _groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Parameter groups: weight decay for kernels, none for scales and biases."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    rest = [p for p in network.parameters() if p.ndim <= 1]
    return [{"params": kernels, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]


def read_log(folder: Path) -> list[dict[str, float]]:
    """Every line of a training's log; where it was interrupted and resumed, the later line of a step counts."""
    rows: dict[tuple[float, bool], dict[str, float]] = {}
    for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        rows[(row["step"], "loss" in row)] = row
    return sorted(rows.values(), key=lambda row: (row["step"], "loss" not in row))


def plot_curve(log: list[dict[str, float]], target: Path, title: str, figures: tuple[str, ...]) -> None:
    """The learning curve: loss on the left axis, measured figures (percent) on the right one."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    losses = [(row["step"], row["loss"]) for row in log if "loss" in row]
    figure, left = pyplot.subplots(figsize=(8, 4.2), layout="constrained")
    left.plot(*zip(*losses, strict=True), color="#9aa5b1", linewidth=1)
    left.set_yscale("log")
    left.set_xlabel("step")
    left.set_ylabel("training loss")
    right = left.twinx()
    for name in figures:
        points = [(row["step"], row[name]) for row in log if name in row]
        if points:
            right.plot(*zip(*points, strict=True), marker=".", label=name)
    right.set_ylim(0, 100)
    right.set_ylabel("percent")
    right.legend(loc="center right", frameon=False)
    left.set_title(title)
    target.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(target)
    pyplot.close(figure)
