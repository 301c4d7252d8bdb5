"""The cells of the benchmark matrix: one reader on one data set, with its settings."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import MatrixError
from fleet.reports.identity import PRECISION, entry_identity, reader_identity
from ocr_app.opening import NO_ENGINE

_CROP_WORDS = {"none": "whole frame"}


@dataclass(frozen=True)
class Cell:
    """One reader on one data set. ``source``, ``engine`` and ``precision`` are arguments of ``ocr-app benchmark``."""

    reader: str
    dataset: str
    source: str
    preprocess: str = "raw"
    texts: bool = True
    limit: int | None = None
    threads: int = 2
    warm_up: int = 30
    repeat: int = 1
    crop: str = "box"
    recipe: str = ""
    engine: str = NO_ENGINE
    precision: str = PRECISION

    @property
    def identity(self) -> str:
        """The reader with its engines and precision, as it is named everywhere."""
        return reader_identity(self.reader, self.engine, self.precision)

    @property
    def variant(self) -> str:
        """The pre-processing, the crop unless it is the usual one, and whether there is a recipe."""
        crop = "" if self.crop == "box" else f", {_CROP_WORDS.get(self.crop, self.crop)}"
        return self.preprocess + crop + (", recipe" if self.recipe else "")

    @property
    def slug(self) -> str:
        """Name of the cell's run file, without extension."""
        return "__".join(re.sub(r"[^a-z0-9.]+", "-", part) for part in (self.dataset, self.identity, self.variant))

    def command(self, out: Path, session: str) -> list[str]:
        """The command that runs this cell."""
        words = [sys.executable, "-m", "ocr_app", "benchmark", self.source, "--reader", self.reader]
        words += ["--preprocess", self.preprocess, "--threads", str(self.threads), "--warm-up", str(self.warm_up)]
        words += ["--crop", self.crop, "--repeat", str(self.repeat), "--session", session, "--out", str(out), "--json"]
        words += [] if self.limit is None else ["--limit", str(self.limit)]
        words += ["--recipe", self.recipe] if self.recipe else []
        if self.identity != self.reader:
            words += ["--engine", self.engine, "--precision", self.precision]
        return words if self.texts else [*words, "--no-texts"]


def cells(config: dict[str, Any], quick: bool, only: list[str]) -> list[Cell]:
    """All cells of the matrix, data set by data set, so that readers are measured close together in time."""
    amounts = {key: config[key] for key in ("threads", "warm_up", "repeat")}
    small = config["quick"] if quick else {}
    amounts.update({key: small[key] for key in ("limit", "warm_up") if key in small})
    readers = _readers(config, small, only)
    everywhere = [entry for entry in config["datasets"] if not entry.get("extra_only")]
    datasets = [entry for entry in everywhere if entry["name"] in small.get("datasets", [entry["name"]])]
    found = [_cell(reader, entry, "raw", amounts) for entry in datasets for reader in readers.values()]
    return found if quick else found + list(_extras(config, readers, amounts))


def _readers(config: dict[str, Any], small: dict[str, Any], only: list[str]) -> dict[str, dict[str, Any]]:
    """Identity -> entry of the chosen readers."""
    entries = {entry_identity(entry): entry for entry in config["readers"]}
    names = list(entries)
    chosen = [name for name in names if not only or name.startswith(tuple(only))]
    if not chosen:
        raise MatrixError(f"no reader starts with {', '.join(only)}", ", ".join(names), "./inv benchmark --only NAME")
    return {name: entries[name] for name in chosen if only or name in small.get("readers", [name])}


def _extras(config: dict[str, Any], readers: dict[str, Any], amounts: dict[str, Any]) -> Iterator[Cell]:
    datasets = {entry["name"]: entry for entry in config["datasets"]}
    for extra in config.get("extra", []):
        for reader in (readers[name] for name in extra["readers"] if name in readers):
            for preprocess in extra["preprocess"]:
                asked = {"crop": extra.get("crop", "box"), "recipe": extra.get("recipe", "")}
                yield _cell(reader, datasets[extra["dataset"]], preprocess, {**amounts, **asked})


def _cell(reader: dict[str, Any], dataset: dict[str, Any], preprocess: str, amounts: dict[str, Any]) -> Cell:
    texts = dataset.get("texts", True)
    engines = {key: reader[key] for key in ("engine", "precision") if key in reader}
    return Cell(reader["name"], dataset["name"], dataset["source"], preprocess, texts, **amounts, **engines)
