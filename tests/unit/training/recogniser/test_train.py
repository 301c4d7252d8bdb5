"""The configuration of the shipped recogniser, and greedy decoding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.recogniser import pool
from training.recogniser.feed import RecogniserTarget
from training.recogniser.network import RecogniserNetwork
from training.recogniser.train import CLASSES, blind_to_case, greedy, mixed, read_config, stage_folder

CONFIG = Path(__file__).resolve().parents[4] / "training" / "recogniser" / "config" / "code-recogniser.toml"


def test_the_shipped_configuration_is_complete_and_within_its_budget() -> None:
    config = read_config(CONFIG)
    assert config.name == "code-recogniser" and config.stages
    assert all(stage.sources(Path("pools")) for stage in config.stages)
    assert sum(p.numel() for p in RecogniserNetwork(CLASSES, config.widths).parameters()) < 1_000_000


def test_an_unknown_field_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.read_text(encoding="utf-8").replace("[train]", "[train]\nsurprise = 1"), encoding="utf-8")
    with pytest.raises(TypeError, match="surprise"):
        read_config(path)


@pytest.mark.parametrize(("best", "text"), [([], ""), ([0, 1, 1, 0, 1, 2], "AAB"), ([0, 0], ""), ([2, 2, 2], "B")])
def test_greedy_decoding_drops_blanks_and_repetitions(best: list[int], text: str) -> None:
    assert greedy(np.array(best, dtype=int), "AB") == text


def test_stages_have_folders_of_their_own() -> None:
    assert stage_folder(Path("out"), 2) == Path("out/stage-2")


def test_a_letter_of_unclear_case_beats_a_clear_rival() -> None:
    chances = torch.tensor([[[0.1, 0.3, 0.3, 0.2, 0.1]]])  # blank, A, a, B, b
    folded = blind_to_case(chances.log(), RecogniserTarget("AaBb"))
    torch.testing.assert_close(folded, torch.tensor([[[0.1, 0.6, 0.0, 0.3, 0.0]]]))


def test_a_packed_training_takes_the_shards_that_are_there(tmp_path: Path) -> None:
    stage = read_config(CONFIG).stages[-1]
    first = stage.sources(tmp_path)[0]
    folder = pool.path(tmp_path, first.seed, 0).parent
    folder.mkdir()
    for number in range(2):
        (folder / f"{number:05d}.npz").touch()
    (source,) = stage.sources(tmp_path, as_packed=True)
    assert (source.seed, source.shards, source.first, source.share) == (first.seed, 2, 2, first.share)


def test_what_was_known_at_the_start_is_mixed_in_and_the_states_stay() -> None:
    now, start = ({"w": torch.tensor([value]), "n": torch.tensor(int(value))} for value in (2.0, 12.0))
    found = mixed(now, start, 0.4)
    assert (float(found["w"]), int(found["n"])) == (pytest.approx(6.0), 2)
    assert float(now["w"]) == 2.0 and torch.equal(mixed(now, start, 0.0)["w"], now["w"])
