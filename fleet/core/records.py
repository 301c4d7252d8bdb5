"""What the pages made from a record share: a table, the machine in words, and both files written together."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def where(machine: dict[str, Any]) -> str:
    """Processor, system and architecture, as far as known."""
    return ", ".join(str(machine[key]) for key in ("cpu", "system", "arch") if machine[key])


def write(folder: Path, name: str, record: dict[str, Any], page: str) -> None:
    """NAME.json and NAME.md in ``folder``, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in (
        (f"{name}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n"),
        (f"{name}.md", page),
    ):
        part = folder / (file + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, folder / file)
