"""The loop of both trainings: schedule, averages, checkpoints and log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch
from torch import Tensor, nn

from training import loop
from training.loop import Schedule, TrainingRun, WeightAverage


def test_the_rate_warms_up_and_falls_to_its_floor() -> None:
    schedule = Schedule(steps=100, warmup=10, peak=0.4, floor=0.05)
    rates = [schedule.rate(step) for step in range(101)]
    assert rates[0] == pytest.approx(0.04) and rates[9] == rates[10] == 0.4
    assert rates[100] == pytest.approx(0.02)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_an_average_moves_towards_the_weights_and_copies_counters() -> None:
    network = nn.BatchNorm1d(2)
    average = WeightAverage(network, 0.5)
    with torch.no_grad():
        network.weight.fill_(3.0)
        network.num_batches_tracked.fill_(7)
    average.update(network, 1000)
    assert average.state["weight"].tolist() == [2.0, 2.0] and int(average.state["num_batches_tracked"]) == 7


def batches(start: int) -> Iterator[Tensor]:
    step = start
    while True:
        yield torch.full((4, 1), float(step % 3))
        step += 1


def run(folder: Path) -> TrainingRun:
    torch.manual_seed(0)
    network = nn.Linear(1, 1)
    return TrainingRun(
        folder=folder, network=network, loss=lambda batch: ((network(batch) - 1.0) ** 2).mean(), batches=batches,
        measure=lambda state: {"figure": 1.0}, schedule=Schedule(8, 2, 0.05), seed=1, report_every=4, measure_every=8,
    )  # fmt: skip


def test_a_resumed_training_gives_the_same_weights(tmp_path: Path) -> None:
    straight = run(tmp_path / "straight").train(resume=False)
    run(tmp_path / "resumed").train(resume=False, until=4)
    resumed = run(tmp_path / "resumed").train(resume=True)
    assert all(torch.equal(straight[name], resumed[name]) for name in straight)
    assert [row["step"] for row in loop.read_log(tmp_path / "resumed")] == [4, 4, 8, 8]


def test_a_checkpoint_is_not_overwritten_by_accident(tmp_path: Path) -> None:
    run(tmp_path).train(resume=False)
    with pytest.raises(FileExistsError, match="continue with --resume"):
        run(tmp_path).train(resume=False)


def test_the_later_line_of_a_step_counts(tmp_path: Path) -> None:
    rows = [{"step": 2, "loss": 3.0}, {"step": 1, "loss": 5.0}, {"step": 2, "loss": 2.0}, {"step": 2, "strict": 9.0}]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert loop.read_log(tmp_path) == [rows[1], rows[2], rows[3]]


@dataclass(frozen=True)
class Nested:
    values: Tensor
    name: str


def test_a_batch_is_moved_with_what_is_in_it() -> None:
    moved = loop.on(Nested(torch.zeros(2), "n"), "cpu")
    assert moved.name == "n" and torch.equal(moved.values, torch.zeros(2))


def test_a_missing_gpu_is_an_error(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    training = run(tmp_path)
    training.device = "cuda"
    with pytest.raises(RuntimeError, match="no GPU here"):
        training.train(resume=False)
