"""Fine-tuning for real: a few steps of the shipped network on drawn lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from training.loop import Schedule
from training.recogniser import lines, pool
from training.render.fonts import EMBEDDED
from training.tuning import export as exporting
from training.tuning.graph import TrainableGraph
from training.tuning.train import TuningConfig, read_config, train

ROOT = Path(__file__).resolve().parents[4]
SHIPPED = ROOT / "ocr_app" / "data" / "models" / "ppocr-v6-tiny-codes-rec.onnx"
CONFIG = ROOT / "training" / "tuning" / "config" / "ppocr-v6-tiny.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("lines")
    crops = [lines.render(1, k, (EMBEDDED,), lines.STYLES["plain"], 48) for k in range(24)]
    pool.save(pool.path(found, "lines", 0), crops)
    return found


def config(steps: int, remembered: float = 0.0) -> TuningConfig:
    row = {"seed": "lines", "style": "plain", "shards": 1, "first": 1, "every": 1, "share": 1.0}
    return TuningConfig(
        name="tried",
        start=str(SHIPPED),
        remembered=remembered,
        seed=1,
        batch=4,
        decay=0.5,
        threads=1,
        narrow_from=0,
        schedule=Schedule(steps, 1, 0.00002),
        pools=(row,),
        checks=("lines",),
    )


def test_the_committed_configuration_names_its_pools() -> None:
    chosen = read_config(CONFIG)
    assert sum(row["share"] for row in chosen.pools) == pytest.approx(1.0)
    assert {row["seed"] for row in chosen.pools}.isdisjoint(chosen.checks)
    assert len(chosen.sources(Path("pools"))) == len(chosen.pools)


def test_it_learns_is_resumed_and_exported(folder: Path, tmp_path: Path) -> None:
    train(config(1), tmp_path, folder, resume=False)
    with pytest.raises(FileExistsError):
        train(config(3), tmp_path, folder, resume=False)
    tuned = train(config(3), tmp_path, folder, resume=True)
    before = TrainableGraph(SHIPPED).state_dict()
    assert any(not torch.equal(value, before[name]) for name, value in tuned.state_dict().items())
    target = tmp_path / "tried.onnx"
    assert exporting.export(config(3), tmp_path, target) < 0.005
    half = exporting.averaged(config(3, remembered=0.5), tmp_path)[0].state_dict()
    name = next(name for name, value in tuned.named_parameters() if value.ndim > 1)
    torch.testing.assert_close(half[name], 0.5 * (before[name] + tuned.state_dict()[name]))


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.read_text().replace("decay =", "dekay ="))
    with pytest.raises(TypeError, match="dekay"):
        read_config(file)
    assert replace(config(1), seed=2).seed == 2
