"""What is written from the table: the reference page, and the part of it that the application takes to boards."""

from __future__ import annotations

import json
from typing import Any

from fleet.boards.table import Board, Series, Table, load, shown
from fleet.core.files import ROOT, write_whole
from fleet.core.pages import markdown_table

PAGE = ROOT / "docs" / "reference" / "boards.md"
DATA = ROOT / "ocr_app" / "data" / "boards.json"
_HEAD = """\
<!-- Generated from releases.toml by `./inv docs`; do not edit. -->

# Boards and releases

What this project knows about Jetsons, by release of L4T. Preflight, the roles, engines and estimates read the same
table, [releases.toml](../../releases.toml). A release or a board that is not in it is refused, with the known ones.
How to use another board than a Nano: [later Jetsons](../how-to/later-jetsons.md). Nothing here has run on any of
these boards: [what only a board proves](../explanation/verified.md).

## Releases

{releases}

The numbers in parentheses name the source of each fact, below. *tensors*: the application runs engines by named tensors
(`execute_async_v3`), *bindings*: by index.

## Boards

{boards}

INT8: {int8}

## Peaks for estimates

`ocr-app network count --board BOARD` divides operations and bytes by these. They are published figures or arithmetic on
them. The share of the peaks that a network reaches is the one of published figures of a Nano; that it holds for tensor
cores is an assumption.

{peaks}

## Power modes

The number is what `nvpmodel -m` takes; the fastest one is what `power_mode_id: fastest` means.

{modes}

## Packages

{packages}

## What is off, and why

A role that is off says so at the end of each run, with this reason.

{off}

## Sources

{sources}
"""


def page(table: Table) -> str:
    """The whole page, in Markdown."""
    number = {name: str(position) for position, name in enumerate(table.sources, 1)}
    refused = [f"{board.name}: {board.int8_why}" for board in table.boards.values() if not board.int8]
    return _HEAD.format(
        releases=_releases(table, number),
        boards=_boards(table, number),
        int8="; ".join(refused) + ".",
        peaks=_peaks(table, number),
        modes=_modes(table, number),
        packages=_packages(table, number),
        off=_off(table),
        sources="\n".join(f"{number[name]}. {text}." for name, text in table.sources.items()),
    )


def _cited(entry: Board | Series, key: str, text: str, number: dict[str, str]) -> str:
    """A fact and the number of its source."""
    return f"{text} ({number[entry.sources.get(key, entry.source)]})"


def _releases(table: Table, number: dict[str, str]) -> str:
    head = ["series", "L4T, JetPack", "CUDA", "cuDNN", "TensorRT", "Ubuntu, Python", "base image", "boards"]
    rows = []
    for series in table.series.values():
        system = f"{series.ubuntu} ({series.codename}), {series.python}"
        cells = [
            ("l4t", shown(series)), ("cuda", series.cuda), ("cudnn", series.cudnn),
            ("tensorrt", f"{series.tensorrt}, by {series.tensorrt_api}"), ("ubuntu", system),
            ("base_image", f"`{series.base_image}`"),
        ]  # fmt: skip
        cited = [_cited(series, key, text, number) for key, text in cells]
        rows.append([f"`{series.name}`", *cited, ", ".join(f"`{name}`" for name in series.boards)])
    return markdown_table(head, rows)


def _boards(table: Table, number: dict[str, str]) -> str:
    head = ["board", "name", "system on chip", "compute capability", "memory MiB", "FP16", "INT8"]
    rows = [
        [
            f"`{board.id}`",
            board.name,
            board.soc,
            _cited(board, "capability", board.capability, number),
            _cited(board, "memory_mib", str(board.memory_mib), number),
            "yes" if board.fp16 else "no",
            _cited(board, "int8", "yes, under the same gate" if board.int8 else "refused", number),
        ]
        for board in table.boards.values()
    ]
    return markdown_table(head, rows)


def _peaks(table: Table, number: dict[str, str]) -> str:
    rows = []
    for board in table.boards.values():
        peaks = board.peaks
        if peaks is None:
            rows.append([f"`{board.id}`", "no published figure that we trust: estimates are refused", *["-"] * 4])
            continue
        source, of_bytes = (number[name] for name in peaks.sources)
        speeds = [f"{peaks.operations[name] / 1e12:.2f} ({source})" if name in peaks.operations else "-"
                  for name in ("fp32", "fp16", "int8")]  # fmt: skip
        rows.append([f"`{board.id}`", peaks.at, *speeds, f"{peaks.bytes_per_s / 1e9:.1f} ({of_bytes})"])
    return markdown_table(["board", "at", "FP32 TFLOP/s", "FP16 TFLOP/s", "INT8 TOP/s", "GB/s"], rows)


def _modes(table: Table, number: dict[str, str]) -> str:
    rows = []
    for series in table.series.values():
        for name in series.boards:
            modes = series.modes.get(name)
            shown_modes = "not known: the role power_mode is off there" if modes is None else ", ".join(
                f"{place} {mode}" + (" (fastest)" if place == modes.fastest else "")
                for place, mode in enumerate(modes.names)
            )  # fmt: skip
            rows.append([f"`{series.name}`", f"`{name}`", shown_modes, number[modes.source] if modes else "-"])
    return markdown_table(["series", "board", "modes", "source"], rows)


def _packages(table: Table, number: dict[str, str]) -> str:
    rows = []
    for series in table.series.values():
        held = ", ".join(f"{name} {version or '(as installed)'}" for name, version in series.container.items())
        locks = ", ".join(f"`{name}`" for names in series.locks.values() for name in names)
        cells = [_cited(series, "container", held, number), _cited(series, "apt", ", ".join(series.apt), number)]
        rows.append([f"`{series.name}`", *cells, f"`{series.target}`: {locks}"])
    return markdown_table(["series", "container packages, held", "packages of Ubuntu", "wheels: target, locks"], rows)


def _off(table: Table) -> str:
    rows = [
        [f"`{series.name}`", f"`{role}`", why] for series in table.series.values() for role, why in series.off.items()
    ]
    return markdown_table(["series", "role", "why"], rows)


def device(table: Table) -> dict[str, Any]:
    """What the application has to know on a board, and without one; boards.json."""
    return {
        "about": "Generated from releases.toml by `./inv docs`; do not edit.",
        "cudart": list(dict.fromkeys(series.cudart for series in table.series.values())),
        "releases": {name: _for_application(series) for name, series in table.series.items()},
        "boards": {name: _board(board, table) for name, board in table.boards.items()},
    }


def _for_application(series: Series) -> dict[str, Any]:
    names = ("cuda", "cudart", "tensorrt", "tensorrt_api", "python")
    return {"l4t": dict(series.l4t), "boards": list(series.boards), **{name: getattr(series, name) for name in names}}


def _board(board: Board, table: Table) -> dict[str, Any]:
    named = {
        name: getattr(board, name) for name in ("name", "model", "capability", "memory_mib", "fp16", "int8", "int8_why")
    }
    int8 = table.sources[board.sources.get("int8", board.source)]
    return {**named, "without": list(board.without), "int8_source": int8, "peaks": _given_peaks(board, table)}


def _given_peaks(board: Board, table: Table) -> dict[str, Any] | None:
    if board.peaks is None:
        return None
    source, of_bytes = (table.sources[name] for name in board.peaks.sources)
    return {
        "at": board.peaks.at,
        "flops_per_s": dict(board.peaks.operations),
        "bytes_per_s": board.peaks.bytes_per_s,
        "sources": {"flops_per_s": source, "bytes_per_s": of_bytes},
    }


def main() -> int:
    """Write the page and boards.json."""
    table = load()
    write_whole(PAGE, page(table))
    write_whole(DATA, json.dumps(device(table), indent=2, ensure_ascii=False) + "\n")
    return 0
