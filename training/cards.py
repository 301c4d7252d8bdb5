"""Model cards: what a network was made from and how well it reads, written from measurements only.

``docs/models/NAME.json`` holds the measurements, ``docs/models/NAME.md`` the card. The prose of a card is
written by hand; the text between ``<!-- NAME: -->`` and ``<!-- /NAME -->`` is generated from the JSON.
"""

from __future__ import annotations

import json
import platform
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CARDS = ROOT / "docs" / "models"


class CardError(RuntimeError):
    """The figures differ from the committed ones, or a card has no block for them."""


def machine() -> str:
    """The processor's name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            return next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def save(name: str, measured: dict[str, Any], tables: dict[str, str], folder: Path = CARDS) -> None:
    """Write the measurements and fill the card's blocks.

    Raises:
        CardError: the card does not exist, or lacks a block.
    """
    (folder / f"{name}.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page = folder / f"{name}.md"
    if not page.is_file():
        raise CardError(f"{page.name} does not exist: write the card's prose first")
    page.write_text(filled(page.read_text(encoding="utf-8"), tables), encoding="utf-8")


def filled(text: str, tables: dict[str, str]) -> str:
    """A card's text with its blocks replaced. Raises CardError when a block is missing."""
    for name, table in tables.items():
        pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.S)
        if not pattern.search(text):
            raise CardError(f"the card has no block {name!r}")
        text = pattern.sub(lambda found, table=table: found[1] + table + "\n" + found[2], text)  # type: ignore[misc]
    return text


def check(name: str, measured: dict[str, Any], keys: tuple[str, ...], folder: Path = CARDS) -> None:
    """Compare with the committed measurements under ``keys``.

    Raises:
        CardError: naming the figures that differ.
    """
    committed = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    differing = [key for key in keys if committed.get(key) != measured.get(key)]
    if differing:
        rows = [f"  {key}: committed {committed.get(key)}, now {measured.get(key)}" for key in differing]
        raise CardError("\n".join([f"{name}: figures differ", *rows]))


def markdown(rows: list[list[str]]) -> str:
    """A table; the first row is its head, and all columns but the first are aligned to the right."""
    head, *body = rows
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *body])
