"""What was asked for, as the parts of a plan: each part is one command of the application on a board."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fleet.core.errors import BoardBenchmarkError
from fleet.core.toml import load_toml
from ocr_app.core.errors import UsageError
from ocr_app.engines.building.jobs import specs_of
from ocr_app.opening import ENGINES, NO_ENGINE
from ocr_app.readers.registry import parse_name

KINDS = {"runs": "run", "modules": "modules", "cnn": "cnn", "speed": "speed"}
PRECISIONS = ("fp32", "fp16")
ON_GPU = "cuda"  # like none: a reader's own networks, on the GPU instead of the processor
_NEXT = "./inv --help benchmark"
_OPTIONS = {
    "limit": "limit", "readers": "readers", "engines": "engines", "precisions": "precisions", "parts": "kinds",
    "dataset": "dataset", "images": "images", "warm-up": "warm_up", "rounds": "rounds", "threads": "threads",
    "at-once": "at_once",
}  # fmt: skip
Part = dict[str, Any]


@cache
def settings() -> dict[str, Any]:
    """Contents of campaign.toml."""
    return load_toml(Path(__file__).with_name("campaign.toml"))


@dataclass(frozen=True)
class CampaignRequest:
    """What was asked for. Empty lists and 0 mean: the defaults of campaign.toml, and all images.

    ``dataset``: a path on the boards. ``images``: of each set, evenly spread. ``at_once``: boards at a time, 0 for all.
    ``name``: of the campaign; empty: the one that is not finished, or a new one. ``again``: measure everything anew.
    ``note``: what a reader of the report has to know about the boards.
    """

    limit: str = ""
    inventory: str = ""
    readers: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    precisions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    dataset: str = ""
    images: int = 0
    warm_up: int = 0
    rounds: int = 0
    threads: int = 0
    at_once: int = 0
    name: str = ""
    again: bool = False
    note: str = ""

    def command(self) -> str:
        """The command that asks for this, without what belongs to one machine (the inventory) or one run."""
        words = ["./inv", "benchmark"]
        for option, field in _OPTIONS.items():
            value = getattr(self, field)
            shown = ",".join(value) if isinstance(value, tuple) else str(value or "")
            words += [f"--{option}", shown] if shown else []
        return shlex.join(words)

    def parts(self) -> list[Part]:
        """The parts: ``name``, ``kind``, ``command``. Raises BoardBenchmarkError for what does not exist."""
        kinds = self._chosen("kinds", "parts", KINDS)
        found = [part for kind in kinds for part in getattr(self, f"_{kind}")()]
        names = [part["name"] for part in found]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles or not found:
            what = f"parts named twice: {', '.join(doubles)}" if doubles else "nothing to measure"
            raise BoardBenchmarkError(what, "each reader, engine and precision once", _NEXT)
        return found

    def _chosen(self, field: str, default: str, known: Sequence[str] | dict[str, str]) -> list[str]:
        given = list(getattr(self, field) or settings()[default])
        unknown = [name for name in given if name not in known]
        if unknown:
            raise BoardBenchmarkError(f"unknown {default}: {', '.join(unknown)}", ", ".join(known), _NEXT)
        return given

    def _readers(self) -> list[str]:
        given = list(self.readers or settings()["readers"])
        try:
            return [str(parse_name(name)) for name in given]
        except UsageError as error:
            raise BoardBenchmarkError(error.found, error.expected, _NEXT) from error

    def _cells(self) -> Iterator[tuple[str, str]]:
        """(engine, precision); a reader's own networks are in fp32 only."""
        for engine in self._chosen("engines", "engines", (*ENGINES, ON_GPU)):
            precisions = self._chosen("precisions", "precisions", PRECISIONS)
            own = ["fp32"] if engine in (NO_ENGINE, ON_GPU) else precisions
            yield from ((engine, precision) for precision in own)

    def _number(self, name: str) -> str:
        return str(getattr(self, name) or settings()[name])

    def _sample(self) -> list[str]:
        return ["--limit", str(self.images)] if self.images else []

    def _runs(self) -> Iterator[Part]:
        for reader in self._readers():
            for engine, precision in self._cells():
                words = ["benchmark", self._dataset(), "--reader", reader, *_engine_words(engine)]
                words += ["--precision", precision, "--threads", self._number("threads")]
                words += ["--warm-up", self._number("warm_up"), *self._sample()]
                yield _part("run", words, reader, engine, precision)

    def _dataset(self) -> str:
        return self.dataset or str(settings()["dataset"])

    def _modules(self) -> Iterator[Part]:
        """One part without the GPU's own frameworks, and one with them."""
        asked = list(dict.fromkeys(engine for engine, _ in self._cells()))
        names = {NO_ENGINE: ["original"], "onnxruntime": ["onnxruntime"]}
        names["tensorrt"] = [f"tensorrt-{precision}" for engine, precision in self._cells() if engine == "tensorrt"]
        usual = [name for engine in asked if engine != ON_GPU for name in names[engine]]
        for device, engines in (("cpu", usual), ("cuda", ["original"] if ON_GPU in asked else [])):
            words = ["benchmark", "modules", "--device", device, "--threads", self._number("threads")]
            words += [word for network in _networks(self._readers()) for word in ("--network", network)]
            words += [word for engine in engines for word in ("--engine", engine)]
            if engines:
                yield _part("modules", words, *([device] if device != "cpu" else []))

    def _cnn(self) -> Iterator[Part]:
        yield _part("cnn", ["benchmark", "cnn", "--threads", self._number("threads")])

    def _speed(self) -> Iterator[Part]:
        cells = [(engine, precision) for engine, precision in self._cells() if engine != ON_GPU]
        for precision in dict.fromkeys(precision for _, precision in cells):
            words = ["speed", self._dataset(), "--precision", precision, "--threads", self._number("threads")]
            words += ["--rounds", self._number("rounds"), *self._sample()]
            words += [word for reader in self._readers() for word in ("--reader", reader)]
            words += [word for engine, own in cells if own == precision for word in ("--engine", engine)]
            yield _part("speed", words, precision)


def _engine_words(engine: str) -> list[str]:
    return ["--engine", NO_ENGINE, "--device", "cuda"] if engine == ON_GPU else ["--engine", engine]


def _part(kind: str, command: list[str], *names: str) -> Part:
    title = "__".join([kind, *(re.sub(r"[^a-z0-9.]+", "-", name.lower()) for name in names)])
    return {"name": title, "kind": kind, "command": command}


def _networks(readers: Sequence[str]) -> list[str]:
    """Names of the exported networks of these readers; readers without any are measured as a whole only."""
    found: list[str] = []
    for reader in readers:
        try:
            found += [spec.name for spec in specs_of(reader)]
        except UsageError:
            continue
    if not found:
        raise BoardBenchmarkError(
            f"no networks of {', '.join(readers)} are exported", "readers with exports", "./inv benchmark --parts runs"
        )
    return list(dict.fromkeys(found))
