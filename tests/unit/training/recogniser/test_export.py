"""Which averaged weights are exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from training.recogniser.export import averaged, mean
from training.recogniser.network import RecogniserNetwork
from training.recogniser.train import CLASSES, START, RecogniserConfig, read_config, stage_folder

CONFIG = Path(__file__).resolve().parents[4] / "training" / "recogniser" / "config" / "code-recogniser.toml"


def test_the_mean_is_of_weights_and_not_of_counters() -> None:
    states = [{"w": torch.tensor([k * 1.0]), "n": torch.tensor(k)} for k in (1, 3)]
    assert {name: float(value) for name, value in mean(states).items()} == {"w": 2.0, "n": 3.0}


def config(shipped: tuple[int, ...]) -> RecogniserConfig:
    found = read_config(CONFIG)
    return replace(found, stages=found.stages[:1] * 2, shipped=shipped, remembered=0.0)


def test_the_shipped_stages_are_averaged(tmp_path: Path) -> None:
    for number in (1, 2):
        state = RecogniserNetwork(CLASSES, config(()).widths).state_dict()
        filled = {name: torch.full_like(value, number) for name, value in state.items()}
        stage_folder(tmp_path, number).mkdir()
        torch.save(
            {"average": filled, "step": 10 * number, "seconds": 1.0}, stage_folder(tmp_path, number) / "checkpoint.pt"
        )
    network, steps, seconds = averaged(config((1, 2)), tmp_path)
    assert set(network.head.bias.tolist()) == {1.5} and (steps, seconds) == ([10, 20], 2.0)
    assert set(averaged(config(()), tmp_path)[0].head.bias.tolist()) == {2.0}


def test_a_stage_that_has_not_begun_cannot_be_shipped(tmp_path: Path) -> None:
    stage_folder(tmp_path, 1).mkdir()
    torch.save({"average": {}, "step": 1, "seconds": 1.0}, stage_folder(tmp_path, 1) / "checkpoint.pt")
    with pytest.raises(FileNotFoundError, match="has not begun"):
        averaged(config((2,)), tmp_path)


def test_a_share_of_the_start_is_shipped(tmp_path: Path) -> None:
    state = RecogniserNetwork(CLASSES, config(()).widths).state_dict()
    stage_folder(tmp_path, 1).mkdir()
    ones, fives = ({name: torch.full_like(value, n) for name, value in state.items()} for n in (1, 5))
    torch.save({"average": ones, "step": 1, "seconds": 1.0}, stage_folder(tmp_path, 1) / "checkpoint.pt")
    torch.save(fives, tmp_path / START)
    network, _, _ = averaged(replace(config(()), remembered=0.25), tmp_path)
    assert set(network.head.bias.tolist()) == {2.0}
