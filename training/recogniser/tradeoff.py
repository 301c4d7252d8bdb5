"""Compares widths, depths, strides and alphabets by short trainings on the same lines.

    python -m training.recogniser.tradeoff --train NAME [--train NAME ...]      train these variants (resumable)
    python -m training.recogniser.tradeoff --report                             measure all trained variants, and plot

The accuracies are those of brief trainings: they rank the variants and are not those of the shipped network. Times are
ratios: ONNX Runtime runs all variants in turn on the same input with one thread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from ocr_app.networks.count import count
from ocr_app.networks.onnx_runtime import OnnxNetwork
from training import cards
from training import export as exporting
from training.loop import Schedule, TrainingRun, seed_everything
from training.recogniser import pool
from training.recogniser.feed import RecogniserFeed, RecogniserSource, RecogniserTarget
from training.recogniser.network import FoldedRecogniser, RecogniserNetwork, Widths
from training.recogniser.texts import CASED, CHARACTERS
from training.recogniser.train import exact, loss, read_config
from training.render import fonts
from training.toml import load_toml

_HERE = Path(__file__).resolve().parent
_CONFIG = _HERE / "config" / "tradeoff.toml"
_SHIPPED = _HERE / "config" / "code-recogniser.toml"
_OUT = cards.ROOT / "build" / "tradeoff"
_POOL = cards.ROOT / "build" / "recogniser-pool"
NAME = "code-recogniser-tradeoff"
_SHAPE = (1, 1, 32, 256)


@dataclass(frozen=True)
class Variant:
    """A network to compare."""

    name: str
    widths: Widths
    target: RecogniserTarget

    @property
    def folder(self) -> Path:
        """The folder of its training."""
        return _OUT / self.name.replace(" ", "-")

    def network(self) -> RecogniserNetwork:
        """The untrained network."""
        return RecogniserNetwork(self.target.classes, self.widths)


def variants(settings: dict[str, Any]) -> list[Variant]:
    """The variants of the configuration; what a variant does not name is as in the shipped network."""
    shipped = read_config(_SHIPPED).widths
    found = []
    for row in settings["variant"]:
        sizes = {key: value for key, value in row.items() if key not in ("name", "cased")}
        widths = replace(shipped, **sizes)
        characters = CASED if row.get("cased") else CHARACTERS
        found.append(Variant(row["name"], widths, RecogniserTarget(characters, widths.step)))
    return found


def train(variant: Variant, settings: dict[str, Any]) -> None:
    """Train a variant, or continue."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    seed_everything(settings["seed"])
    network = variant.network().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    shards = settings["shards"]
    for shard in range(shards):
        pool.draw(_POOL, settings["pool_seed"], shard, fonts.names("train"))
    source = RecogniserSource(_POOL, settings["pool_seed"], shards, shards, 1)
    run = TrainingRun(
        folder=variant.folder,
        network=network,
        loss=lambda batch: loss(network, batch),
        batches=RecogniserFeed([source], settings["seed"], settings["batch"], target=variant.target),
        measure=lambda state: {},
        schedule=Schedule(settings["steps"], settings["warmup"], settings["peak"]),
        seed=settings["seed"],
        decay=0.99,
        measure_every=settings["steps"] + 1,
    )
    run.train(resume=True)


def report(settings: dict[str, Any]) -> dict[str, Any]:
    """Accuracy, operations and relative time of every trained variant.

    Raises:
        FileNotFoundError: a variant is not trained.
    """
    chosen = variants(settings)
    pool.draw(_POOL, settings["check_seed"], 0, fonts.names("train"))
    checks = [pool.load(_POOL, settings["check_seed"], 0)]
    rows, sessions = [], []
    with tempfile.TemporaryDirectory() as folder:
        for k, variant in enumerate(chosen):
            network = variant.network()
            saved = torch.load(variant.folder / "checkpoint.pt", weights_only=True)
            network.load_state_dict(saved["average"])
            file = Path(folder) / f"{k}.onnx"
            exporting.export(
                FoldedRecogniser(network.eval()).eval(), network, torch.zeros(_SHAPE), file, "logits", {}, {}, {}
            )
            counted = count(str(file), _SHAPE)
            sessions.append(OnnxNetwork(str(file), "cpu", 1))
            figures = exact(network.to(memory_format=torch.channels_last), checks, variant.target)  # type: ignore[call-overload]
            sizes = {"mmac": round(counted.macs / 1e6, 1), "parameters": counted.parameters}
            rows.append({"variant": variant.name, "steps": saved["step"], **figures, **sizes})
        for row, ratio in zip(rows, _relative_times(sessions, settings["rounds"]), strict=True):
            row["relative_time"] = ratio
    return {
        "machine": cards.machine(),
        "input": list(_SHAPE),
        "lines": settings["steps"] * settings["batch"],
        "rows": rows,
    }


def _relative_times(sessions: list[OnnxNetwork], rounds: int) -> list[float]:
    """The median time of each session, run in turn, divided by that of the first."""
    image = {"image": np.random.default_rng(0).standard_normal(_SHAPE, dtype=np.float32)}
    spent: list[list[float]] = [[] for _ in sessions]
    for _ in range(rounds):
        for times, session in zip(spent, sessions, strict=True):
            start = time.perf_counter()
            session.infer(image)
            times.append(time.perf_counter() - start)
    medians = [statistics.median(times) for times in spent]
    return [round(median / medians[0], 2) for median in medians]


def table(measured: dict[str, Any]) -> str:
    """The variants as a table."""
    rows = [["variant", "lines read, %", "million MAC", "parameters", "time"]]
    for row in measured["rows"]:
        sizes = [f"{row['mmac']:.0f}", f"{row['parameters']:,}", f"{row['relative_time']:.2f}"]
        rows.append([row["variant"], f"{row['alnum']:.1f}", *sizes])
    return cards.markdown(rows)


def plot(measured: dict[str, Any], target: Path) -> None:
    """Plot the accuracy after the brief training against operations; areas show the relative time."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 4.6), layout="constrained")
    for row in measured["rows"]:
        colour = "#c2410c" if row["variant"] == "shipped" else "#334155"
        axes.scatter(row["mmac"], row["alnum"], s=140 * row["relative_time"], color=colour, alpha=0.75)
        label = f"{row['variant']} ({row['relative_time']:.2f}x)"
        axes.annotate(label, (row["mmac"], row["alnum"]), xytext=(9, 5), textcoords="offset points", fontsize=9)
    axes.set_xlabel("million multiply-accumulates for a crop of 32 x 256")
    axes.set_ylabel("lines read exactly on A-Z 0-9, %")
    axes.set_title(f"After {measured['lines']:,} lines; area: time on one CPU thread against the shipped sizes")
    axes.margins(0.16)
    axes.grid(alpha=0.25)
    figure.savefig(target)
    pyplot.close(figure)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", action="append", default=[], metavar="NAME")
    parser.add_argument("--report", action="store_true")
    wanted = parser.parse_args(arguments)
    settings = load_toml(_CONFIG)
    for variant in variants(settings):
        if variant.name in wanted.train:
            train(variant, settings)
    if wanted.report:
        measured = report(settings)
        text = json.dumps(measured, indent=1) + "\n"
        (cards.CARDS / f"{NAME}.json").write_text(text, encoding="utf-8")
        plot(measured, cards.CARDS / f"{NAME}.svg")
        page = cards.CARDS / "trade-off.md"
        page.write_text(cards.filled(page.read_text(encoding="utf-8"), {"tradeoff": table(measured)}), encoding="utf-8")


if __name__ == "__main__":
    main()
