"""Fine-tuning a detector for real: a few steps of the shipped network on drawn frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.readers.ppocr.detector import settings_from
from training.loop import Schedule
from training.tuning import export as exporting
from training.tuning import train_detector as tuning
from training.tuning.frames import FrameFeed, stored
from training.tuning.graph import TrainableGraph

ROOT = Path(__file__).resolve().parents[4]
MODELS = ROOT / "ocr_app" / "data" / "models"
CONFIG = ROOT / "training" / "tuning" / "config" / "ppocr-v6-tiny-det.toml"
LINE = np.array([[20, 40], [140, 40], [140, 60], [20, 60]], np.float32)


def config(steps: int) -> tuning.DetectorTuningConfig:
    chosen = replace(tuning.read_detector_config(CONFIG), start=str(MODELS / "ppocr-v6-tiny-codes-det.onnx"))
    return replace(chosen, name="tried", batch=2, side=96, checks=1, schedule=Schedule(steps, 1, 0.00002))


def frames(chosen: tuning.DetectorTuningConfig, folder: Path) -> FrameFeed:
    image = np.full((120, 160, 3), 90, np.uint8)
    image[44:56, 24:136:6] = 230
    return FrameFeed([(1.0, [stored(image, [LINE])])], 1.4, chosen.seed, chosen.batch, chosen.side)


def test_equal_maps_cost_nothing_and_what_is_not_known_does_not_count() -> None:
    wanted = torch.zeros(1, 40, 40)
    wanted[0, 10:20, 5:35] = 1.0
    known = torch.ones_like(wanted)
    assert float(tuning.map_loss(wanted.clone(), wanted, known)) == pytest.approx(0.0, abs=1e-3)
    wrong = 1.0 - wanted
    assert float(tuning.map_loss(wrong, wanted, known)) > 3.0
    assert float(tuning.map_loss(wrong, wanted, torch.zeros_like(known))) == pytest.approx(0.0, abs=1e-3)


def test_a_soft_map_is_learnt_as_it_is() -> None:
    wanted = torch.full((1, 40, 40), 0.6)
    known = torch.ones_like(wanted)
    same = tuning.map_loss(wanted.clone(), wanted, known)
    assert float(same) < float(tuning.map_loss(torch.full_like(wanted, 0.9), wanted, known))
    assert float(same) < float(tuning.map_loss(torch.full_like(wanted, 0.3), wanted, known))


def test_it_learns_is_resumed_and_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "feed_of", frames)
    tuning.train(config(1), tmp_path, tmp_path, resume=False)
    tuned = tuning.train(config(3), tmp_path, tmp_path, resume=True)
    before = TrainableGraph(Path(config(1).start)).state_dict()
    assert any(not torch.equal(value, before[name]) for name, value in tuned.state_dict().items())
    target = tmp_path / "tried.onnx"
    assert exporting.export(config(3), tmp_path, target, "detector") < 0.005
    training = exporting.averaged(config(3), tmp_path)[1]
    assert training["crops"] == 6 and training["steps"] == 3


def test_the_teacher_looks_at_small_pictures_enlarged_too() -> None:
    record = ppocr.model_record("v6-tiny-codes")["detector"]
    teacher = tuning.MapTeacher(MODELS / record["file"], settings_from(record), 1024, 1)
    small, quads = teacher(np.full((100, 150, 3), 128, np.uint8))
    assert small.shape == (50, 75) and small.dtype == np.uint8 and not quads
    large, _ = teacher(np.full((301, 600, 3), 128, np.uint8))
    assert large.shape == (151, 300)


def test_the_committed_configuration_is_whole(tmp_path: Path) -> None:
    chosen = tuning.read_detector_config(CONFIG)
    assert chosen.photographs + chosen.receipts + chosen.drawn == pytest.approx(1.0)
    assert (ROOT / chosen.teacher).is_file()
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.read_text().replace("decay =", "dekay ="))
    with pytest.raises(TypeError, match="dekay"):
        tuning.read_detector_config(file)
