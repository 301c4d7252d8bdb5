"""Which release and which board each virtual node is, and what its image has instead of a Nano's.

Everything comes from releases.toml and from settings.toml (`later`). A node of JetPack 4.6 is made of the files in
tests/fleet/image alone; for a later one, this module writes others over a copy of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.boards import table
from fleet.boards.table import Board, Series
from fleet.core.errors import ReleaseTableError, VirtualFleetError
from fleet.core.files import write_whole
from fleet.virtual.settings import Fleet, settings

FILE = "releases"
_CORES = 4  # of every virtual board
_MODE = """< POWER_MODEL ID={number} NAME={name} >
{cores}
CPU_A57 MAX_FREQ -1
GPU MAX_FREQ -1
"""
_BINDING = '''"""Stand-in for TensorRT's binding on a virtual board: a version, and no engine."""

__version__ = "{version}"
'''


@dataclass(frozen=True)
class Kind:
    """One kind of node."""

    series: Series
    board: Board

    @property
    def text(self) -> str:
        """As it is asked for: r36.4:orin-nano."""
        return f"{self.series.name}:{self.board.id}"

    @property
    def is_first(self) -> bool:
        """Whether this is the Nano with JetPack 4.6, whose files are those of the image."""
        return self.series.name == table.FIRST

    @property
    def repository_number(self) -> int:
        """The last number of the address of its package repository."""
        return 2 + list(table.load().series).index(self.series.name)

    @property
    def host(self) -> dict[str, str]:
        """Variables of such a node in the inventory."""
        if self.is_first:
            return {}
        names = {"fleet_l4t": self.series.name, "fleet_board": self.board.id}
        return {**names, "ansible_python_interpreter": self.series.interpreter}


def parse(text: str) -> Kind:
    """A kind from SERIES or SERIES:BOARD. Raises VirtualFleetError with what is known."""
    name, _, board = text.partition(":")
    try:
        series = table.load().of(name)
        found = table.load().board(board or series.boards[0])
    except ReleaseTableError as error:
        raise VirtualFleetError(error.found, error.expected) from error
    if found.id not in series.boards:
        raise VirtualFleetError(f"no board {found.id} has L4T {series.name}", ", ".join(series.boards))
    if name != table.FIRST and name not in settings()["later"]:
        raise VirtualFleetError(
            f"there is no virtual board of L4T {name}", ", ".join((table.FIRST, *settings()["later"]))
        )
    return Kind(series, found)


def kinds(fleet: Fleet) -> tuple[Kind, ...]:
    """The kinds that were asked for, else those of the nodes that are there, else the Nano with JetPack 4.6."""
    path = fleet.folder / FILE
    kept = tuple(path.read_text().split()) if path.is_file() else ()
    return tuple(parse(text) for text in fleet.releases or kept or (table.FIRST,))


def kind_of(fleet: Fleet, number: int) -> Kind:
    """The kind of a node, counted from 1: the kinds are given in turn."""
    every = kinds(fleet)
    return every[(number - 1) % len(every)]


def remember(fleet: Fleet) -> None:
    """Keep the kinds for the next `up` of this fleet."""
    fleet.folder.mkdir(parents=True, exist_ok=True)
    write_whole(fleet.folder / FILE, " ".join(kind.text for kind in kinds(fleet)) + "\n")


def dress(kind: Kind, context: Path, write: Callable[[Path, str], Any] = Path.write_text) -> None:
    """Write the files of a later board over those of the Nano in ``context``."""
    if kind.is_first:
        return
    root = context / "rootfs"
    if write is Path.write_text:
        for old in (root / "etc" / "nvpmodel").glob("*.conf"):
            old.unlink()
        (root / "etc/apt/sources.list.d/nvidia-l4t-apt-source.list").unlink()
    for name, text in {**_files(kind), "../packages.toml": packages(kind)}.items():
        write(root / name, text)


def _files(kind: Kind) -> dict[str, str]:
    number, soc = kind.series.expected.split("."), kind.board.soc
    board = {
        "memory_mb": kind.board.memory_mib,
        "zones": ["cpu@40.5C", "gpu@40C", "tj@41C"],
        "rails": ["VDD_IN 5520mW/5400mW", "VDD_CPU_GPU_CV 1000mW/980mW", "VDD_SOC 1400mW/1390mW"],
    }
    source = "deb [trusted=yes] http://repository.virtual-nano/{} {} main\n"
    suites = [
        ("ubuntu", kind.series.codename),
        ("jetson/common", kind.series.name),
        (f"jetson/{soc}", kind.series.name),
    ]
    return {
        "etc/nv_tegra_release": "# R{} (release), REVISION: {}.{}, GCID: 0, BOARD: generic, EABI: aarch64, "
        "DATE: Thu Jan  1 00:00:00 UTC 1970\n".format(*number),
        "etc/apt/sources.list": "".join(source.format(*suite) for suite in suites),
        "etc/virtual-nano/model": settings()["later"][kind.series.name]["models"][kind.board.id] + "\n",
        "etc/virtual-nano/compatible": f"nvidia,{kind.board.id}\nnvidia,{soc}\n",
        "etc/virtual-nano/board.json": json.dumps(board, indent=2) + "\n",
        "etc/virtual-nano/python": kind.series.python + "\n",
        "etc/virtual-nano/no-pwm-fan": "",
        f"etc/nvpmodel/nvpmodel_{soc}_{kind.board.id}.conf": _modes(kind),
    }


def _modes(kind: Kind) -> str:
    modes = kind.series.modes.get(kind.board.id)
    if modes is None:
        raise VirtualFleetError(
            f"the power modes of {kind.text} are not known", "a board that has them in releases.toml"
        )
    cores = "\n".join(f"CPU_ONLINE CORE_{number} 1" for number in range(_CORES))
    parts = [_MODE.format(number=number, name=name, cores=cores) for number, name in enumerate(modes.names)]
    return (
        "# Stand-in: names and numbers are a board's, limits are not.\n"
        + "\n".join(parts)
        + "< PM_CONFIG DEFAULT=0 >\n"
    )


def packages(kind: Kind) -> str:
    """packages.toml of a later board: its names; versions where they are known, and else one that says so."""
    series, later = kind.series, settings()["later"][kind.series.name]
    l4t = [f"nvidia-l4t-{part}" for part in ("core", "cuda", "init", "tools", "bootloader")]
    offered = [name for name in series.apt if name not in settings()["of_debian"]]
    own, binding = later["made_up"], _BINDING.format(version=series.tensorrt)
    python, ubuntu = f"python{series.python}", later["python"]
    module = f"usr/lib/{python}/dist-packages/tensorrt/__init__.py"
    rows: list[dict[str, Any]] = [
        {"names": l4t, "suite": "soc", "versions": [f"{series.expected}-0"], "sdk": True},
        {"names": ["python3-libnvinfer"], "suite": "common", "versions": [f"{series.tensorrt}-1+cuda{series.cuda}"],
         "sdk": True, "files": {module: binding}},
        *({"names": [name], "suite": "common", "versions": [version or own], "sdk": True,
           "executables": _runtime(name)} for name, version in series.container.items()),
        {"names": [python], "suite": "ubuntu", "versions": [ubuntu], "python": series.python, "sdk": True},
        {"names": [python + "-venv"], "suite": "ubuntu", "versions": [ubuntu], "depends": [python],
         "ensurepip": series.python},
        {"names": [*offered, "prometheus-node-exporter"], "suite": "ubuntu", "versions": [own]},
    ]  # fmt: skip
    suites = {"common": ["jetson/common", series.name], "soc": [f"jetson/{kind.board.soc}", series.name]}
    suites["ubuntu"] = ["ubuntu", series.codename]
    head = "# Written by `./inv fleet up` from releases.toml.\n[suites]\n"
    lines = [f"{name} = {json.dumps(pair)}\n" for name, pair in suites.items()]
    return head + "".join(lines) + "".join(_entry(row) for row in rows)


def _runtime(name: str) -> dict[str, str]:
    """NVIDIA's runtime, in its toolkit since JetPack 5; the fake is that of the Nano."""
    toolkit = name == "nvidia-container-toolkit"
    return {"usr/bin/nvidia-container-runtime": "@nvidia-container-runtime"} if toolkit else {}


def _entry(row: dict[str, Any]) -> str:
    """A [[package]] of packages.toml; JSON of texts, lists and truth values is TOML too."""
    tables = {key: value for key, value in row.items() if isinstance(value, dict)}
    lines = [f"{key} = {json.dumps(value)}" for key, value in row.items() if key not in tables]
    for key, files in tables.items():
        lines += [f"{key}.{json.dumps(name)} = {json.dumps(text)}" for name, text in files.items()]
    return "\n[[package]]\n" + "\n".join(lines) + "\n"
