"""Renders docs/results/export.md from export.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fleet.core.pages import format_machine, markdown_table


def page(report: dict[str, Any]) -> str:
    """The whole page. Every number in it is from ``report``."""
    parts = [
        "# Exported networks, compared with their originals",
        f"Compared by `./inv export`, written by `./inv export --publish` on {report['date']} "
        f"({format_machine(report['machine'])}); do not edit. "
        "[What is compared, and how](../how-to/export.md).",
        _totals(report["networks"]),
        _files(report["networks"]),
        _comparison(report["networks"]),
        _missing(report["missing"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _totals(records: Sequence[dict[str, Any]]) -> str:
    equal = sum(bool(record["parity"]["passed"]) for record in records)
    return f"Equal to the original: {equal} of {len(records)} networks."


def _files(records: Sequence[dict[str, Any]]) -> str:
    rows = [
        [
            f"`{record['network']}`",
            f"{record['bytes'] / 1e6:.2f}",
            str(record["opset"]),
            _port(record["input"]),
            _port(record["output"]),
            ", ".join(f"{name} {version}" for name, version in record["tools"].items()) or "ONNX already",
        ]
        for record in records
    ]
    return markdown_table(("network", "MB", "opset", "input", "output", "made by"), rows)


def _port(port: dict[str, Any]) -> str:
    return f"{port['name']} {' x '.join(map(str, port['dims']))}"


def _comparison(records: Sequence[dict[str, Any]]) -> str:
    rows = []
    for record in records:
        parity = record["parity"]
        texts = [f"{part['name']} {part['kind']}: {part['equal']} of {part['items']}" for part in parity["sets"]]
        figures = [f"{parity['max_error']:.2g}", f"{parity['largest_output']:.3g}", f"{parity['calls']}"]
        rows.append([f"`{record['network']}`", parity["against"], "; ".join(texts), *figures])
    head = ("network", "original", "same texts", "largest error", "largest output", "calls compared")
    return markdown_table(head, rows)


def _missing(sources: Sequence[str]) -> str:
    return f"Not compared on, because they were not there: {', '.join(sources)}." if sources else ""
