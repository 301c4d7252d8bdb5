"""The table of boards and releases: releases.toml, with types, checked when it is loaded.

What the table does not know is refused: an unknown board or number of L4T raises ReleaseTableError with the known ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fleet.core.errors import ReleaseTableError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml

FILE = ROOT / "releases.toml"
FIRST = "r32.7"
"""The series of JetPack 4.6, which an inventory has that says nothing else."""


@dataclass(frozen=True)
class Peaks:
    """Published peaks of a board at one power mode: operations a second by precision, and bytes a second.

    ``sources``: of the operations, of the bytes.
    """

    at: str
    operations: Mapping[str, float]
    bytes_per_s: float
    sources: tuple[str, str]


@dataclass(frozen=True)
class Board:
    """One kind of board. ``int8_why``: why INT8 is refused, empty where the GPU has it. ``peaks``: None if unknown."""

    id: str
    name: str
    model: str
    without: tuple[str, ...]
    soc: str
    capability: str
    memory_mib: int
    fp16: bool
    int8: bool
    int8_why: str
    peaks: Peaks | None
    source: str
    sources: Mapping[str, str]

    def is_model(self, text: str) -> bool:
        """Whether the device tree's text names this board."""
        return self.model in text and not any(word in text for word in self.without)


@dataclass(frozen=True)
class Modes:
    """Power modes of a board under a series: the place of a name is nvpmodel's number for it."""

    names: tuple[str, ...]
    fastest: int
    source: str


@dataclass(frozen=True)
class Series:
    """One series of L4T whose parts are the same. A version that is an empty text is not known, and not asked for."""

    name: str
    l4t: Mapping[str, str]
    expected: str
    image: str
    cuda: str
    cudart: str
    cudnn: str
    tensorrt: str
    tensorrt_api: str
    ubuntu: str
    codename: str
    python: str
    boards: tuple[str, ...]
    base_image: str
    target: str
    locks: Mapping[str, tuple[str, ...]]
    apt: tuple[str, ...]
    csv: tuple[str, ...]
    csv_packages: tuple[str, ...]
    container: Mapping[str, str]
    modes: Mapping[str, Modes]
    off: Mapping[str, str]
    source: str
    sources: Mapping[str, str]

    @property
    def interpreter(self) -> str:
        """Path of the Python that Ubuntu brings."""
        return f"/usr/bin/python{self.python}"

    @property
    def jetpack(self) -> str:
        """JetPack of the expected release."""
        return self.l4t[self.expected]

    def why_off(self, role: str) -> str:
        """Why a role does nothing on boards of this series; empty where it is on."""
        return self.off.get(role, "")


@dataclass(frozen=True)
class Table:
    """Everything in releases.toml. Lookups raise ReleaseTableError, which names what is known."""

    sources: Mapping[str, str]
    boards: Mapping[str, Board]
    series: Mapping[str, Series]

    def board(self, name: str) -> Board:
        """The board with this id."""
        _check_known(self.boards, name, "board")
        return self.boards[name]

    def of(self, name: str) -> Series:
        """The series with this name, such as r36.4."""
        _check_known(self.series, name, "series of L4T")
        return self.series[name]

    def of_l4t(self, number: str) -> Series:
        """The series of a number in /etc/nv_tegra_release, such as 36.4.3."""
        for series in self.series.values():
            if number in series.l4t:
                return series
        raise ReleaseTableError(f"L4T {number or 'unknown'} is not in {FILE.name}", self.known())

    def of_model(self, text: str) -> Board | None:
        """The board that a device tree names; None for any other."""
        return next((board for board in self.boards.values() if board.is_model(text)), None)

    def known(self) -> str:
        """Every known number of L4T with its JetPack, for messages."""
        return "; ".join(shown(series) for series in self.series.values())


def shown(series: Series) -> str:
    """The numbers of a series and their JetPacks: "L4T 32.7.1 to 32.7.6 (JetPack 4.6.1 to 4.6.6)"."""
    numbers, packs = list(series.l4t), list(dict.fromkeys(series.l4t.values()))
    pair = (f"{row[0]} to {row[-1]}" if len(row) > 1 else row[0] for row in (numbers, packs))
    return "L4T {} (JetPack {})".format(*pair)


def release_of(text: str) -> str:
    """L4T number in the text of /etc/nv_tegra_release, such as 32.7.6; empty when there is none."""
    found = re.match(r"# R(\d+) .*REVISION: ([0-9.]+),", text)
    return "{}.{}".format(*found.groups()) if found else ""


def _check_known(table: Mapping[str, Any], name: str, kind: str) -> None:
    if name not in table:
        raise ReleaseTableError(f"no {kind} called {name!r} in {FILE.name}", ", ".join(table))


@lru_cache
def load(path: Path = FILE) -> Table:
    """The table. Raises ReleaseTableError for a file that breaks the schema, or whose parts do not fit together."""
    raw = load_toml(path)
    _check_schema(raw, path)
    if problems := list(_problems(raw)):
        raise ReleaseTableError(f"{path.name}: " + "; ".join(problems), "parts that fit together")
    boards = {name: _board(name, entry) for name, entry in raw["board"].items()}
    return Table(raw["source"], boards, {name: _series(name, entry) for name, entry in raw["release"].items()})


def _check_schema(raw: Mapping[str, Any], path: Path) -> None:
    import json

    import jsonschema

    schema = json.loads(Path(__file__).with_name("releases.schema.json").read_text())
    errors = sorted(jsonschema.Draft202012Validator(schema).iter_errors(raw), key=lambda error: list(error.path))
    if errors:
        where = ".".join(map(str, errors[0].absolute_path)) or "the file"
        raise ReleaseTableError(f"{path.name}, {where}: {errors[0].message}", "fleet/boards/releases.schema.json")


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """What a schema cannot say."""
    seen: dict[str, str] = {}
    for name, entry in raw["release"].items():
        if entry["expected"] not in entry["l4t"]:
            yield f"{name} expects {entry['expected']}, which is not one of its numbers"
        for number in entry["l4t"]:
            if number in seen:
                yield f"L4T {number} is in {seen[number]} and in {name}"
            seen[number] = name
        yield from (f"{name} names an unknown board {board}" for board in entry["boards"] if board not in raw["board"])
        for board, modes in entry["modes"].items():
            if board not in entry["boards"]:
                yield f"{name} has modes of {board}, which is not one of its boards"
            if modes["fastest"] >= len(modes["names"]):
                yield f"{name}, {board}: no mode {modes['fastest']}"
    for name, entry in raw["board"].items():
        if entry["int8"] == bool(entry["int8_why"]):
            yield f"{name}: int8_why says why a board has no INT8, and is empty where it has"
    for kind in ("board", "release"):
        for name, entry in raw[kind].items():
            yield from (f"{name} has no {key}, whose source it names" for key in entry["sources"] if key not in entry)
    yield from (f"no source called {name} ({where})" for where, name in _named(raw) if name not in raw["source"])
    yield from (f"nobody names the source {name}" for name in set(raw["source"]) - {name for _, name in _named(raw)})


def _named(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(where, name) of every source that is named."""
    for kind in ("board", "release"):
        for name, entry in raw[kind].items():
            yield name, entry["source"]
            yield from ((f"{name}.{key}", source) for key, source in entry["sources"].items())
            more = [entry["peaks"]] if "peaks" in entry else entry.get("modes", {}).values()
            yield from ((name, each[key]) for each in more for key in ("source", "bytes_source") if key in each)


def _board(name: str, entry: Mapping[str, Any]) -> Board:
    kept = {key: value for key, value in entry.items() if key not in ("peaks", "without")}
    peaks = entry.get("peaks")
    return Board(id=name, without=tuple(entry["without"]), peaks=_peaks(peaks) if peaks else None, **kept)


def _peaks(entry: Mapping[str, Any]) -> Peaks:
    operations = {name: float(entry[name]) for name in ("fp32", "fp16", "int8") if name in entry}
    return Peaks(entry["at"], operations, float(entry["bytes_per_s"]), (entry["source"], entry["bytes_source"]))


def _series(name: str, entry: Mapping[str, Any]) -> Series:
    tuples: dict[str, Any] = {key: tuple(entry[key]) for key in ("boards", "apt", "csv", "csv_packages")}
    locks = {key: tuple(names) for key, names in entry["locks"].items()}
    modes = {board: Modes(tuple(row["names"]), row["fastest"], row["source"]) for board, row in entry["modes"].items()}
    kept: dict[str, Any] = {key: value for key, value in entry.items() if key not in ("locks", "modes", *tuples)}
    return Series(name=name, locks=locks, modes=modes, **tuples, **kept)
