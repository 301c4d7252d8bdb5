"""The types of rules: `Rule` is a promise, `Observed` the answers of a node, `Settings` the variables of a role."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[3]))

from fleet.boards import table
from fleet.boards.table import Board, Series

WRITTEN = "as written"
CHANGED = "absent or changed"


@dataclass(frozen=True)
class Rule:
    """One promise of a role, judged by fleet/plays/rules.py.

    Attributes:
        id: ``role.name``. It is never renamed, because people filter reports by it.
        holds: The verdict. None: the rule holds when ``found`` and ``expected`` read the same.
        next: The command that repairs it. Empty: provision the node again with the tag of the role.
        hint: The rule is reported and never fails.
    """

    id: str
    found: object
    expected: object
    holds: bool | None = None
    next: str = ""
    hint: bool = False

    def as_record(self) -> dict[str, Any]:
        """The dictionary that fleet/plays/rules.py judges."""
        record = {"id": self.id, "found": self.found, "expected": self.expected, "hint": self.hint, "next": self.next}
        return record if self.holds is None else {**record, "holds": self.holds}


class Command(NamedTuple):
    """The result of a command; rc 127 means that the program does not exist."""

    rc: int
    out: str
    err: str

    def last_error(self, otherwise: str) -> str:
        """The last line of the error output, or ``otherwise``."""
        return (self.err.splitlines() or [otherwise])[-1]


class File(NamedTuple):
    """The state of a path; the fields of an absent file are empty."""

    path: str
    exists: bool
    text: str
    size: int
    mode: str
    owner: str
    group: str


class Unit(NamedTuple):
    """The state of a systemd unit, as `systemctl show` prints it."""

    load: str
    active: str
    enabled: str
    condition: str


class Package(NamedTuple):
    """A Debian package; ``version`` is empty when it is not installed."""

    version: str
    held: bool


@dataclass(frozen=True)
class Observed:
    """The answer of the module `observe`. A name that was not observed raises KeyError, an error in the role."""

    facts: Mapping[str, Any]

    def command(self, name: str) -> Command:
        """The result of a command."""
        found = self.facts["commands"][name]
        return Command(int(found["rc"]), str(found["out"]), str(found["err"]))

    def file(self, name: str) -> File:
        """The state of a file."""
        found = self.facts["files"][name]
        texts = {key: str(found.get(key, "")) for key in ("path", "text", "mode", "owner", "group")}
        return File(exists=bool(found["exists"]), size=int(found.get("size", 0)), **texts)

    def unit(self, name: str) -> Unit:
        """The state of a unit."""
        found = self.facts["units"][name]
        return Unit(*(str(found.get(key, "")) for key in Unit._fields))

    def package(self, name: str) -> Package:
        """The state of a package."""
        found = self.facts["packages"][name]
        return Package(str(found["version"]), bool(found.get("held")))

    def free_mb(self, disk: str) -> int:
        """Free space of a disk in MB of 10^6 bytes."""
        return int(self.facts["disks"][disk]["free_mb"])

    def folder(self, disk: str) -> str:
        """The folder in which the free space of a disk was measured."""
        return str(self.facts["disks"][disk]["path"])

    def memory_mb(self, name: str) -> int:
        """Memory in MB of 10^6 bytes: total, available, swap_total."""
        return int(self.facts["memory"][name + "_mb"])


@dataclass(frozen=True)
class Settings:
    """The variables of a role. Values that are set with -e arrive as text; `number` and `switch` convert them.

    ``given`` holds the values that the task adds: texts of rendered templates, versions of the wheelhouse. ``series``
    and ``board`` are what the inventory says of the node; without a word, a Nano with JetPack 4.6.
    """

    values: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    series: Series = field(default_factory=lambda: table.load().of(table.FIRST))
    board: Board = field(default_factory=lambda: table.load().board("nano"))

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def text(self, name: str, otherwise: str = "") -> str:
        """A text, or ``otherwise`` if the variable is not set."""
        return str(self.values.get(name, otherwise))

    def texts(self, name: str) -> list[str]:
        """A list of texts."""
        return [str(item) for item in self.values[name]]

    def number(self, name: str) -> int:
        """A whole number."""
        return int(self.values[name])

    def switch(self, name: str) -> bool:
        """True or false. Raises ValueError for anything else."""
        shown = str(self.values[name]).strip().lower()
        if shown not in ("true", "yes", "on", "1", "false", "no", "off", "0"):
            raise ValueError(f"{name} is true or false, found {shown!r}")
        return shown in ("true", "yes", "on", "1")


def as_written(rule: str, observed: Observed, name: str, settings: Settings) -> Rule:
    """The rule that the file ``name`` has the text that the role writes (``settings.given[name]``)."""
    same = observed.file(name).text == settings.given[name]
    return Rule(rule, WRITTEN if same else CHANGED, WRITTEN)


def listed(names: Iterable[str], before: str, otherwise: str) -> str:
    """``before`` and the names with commas between them, or ``otherwise`` when there are none."""
    shown = ", ".join(names)
    return before + shown if shown else otherwise


def shortened(text: str, length: int) -> str:
    """At most about ``length`` characters, cut after a whole word, with three dots at the end if it was cut."""
    return text if len(text) <= length + 5 else text[: length - 3].rsplit(" ", 1)[0] + "..."
