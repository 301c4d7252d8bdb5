"""Generated pages: HTML from templates, Markdown tables, and a record that is written as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fleet.core.files import write_whole

TEMPLATES = Path(__file__).resolve().parent / "templates"


def render(name: str, **values: object) -> str:
    """The template called ``name`` with ``values``, which are escaped. An undefined value is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template(name).render(**values)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of text columns."""
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def format_machine(machine: dict[str, Any]) -> str:
    """Processor, system and architecture, as far as they are known."""
    return ", ".join(str(machine[key]) for key in ("cpu", "system", "arch") if machine[key])


def kept_line(report: dict[str, Any]) -> str:
    """The networks whose rows in a page are those of an earlier page; empty if there are none."""
    names = ", ".join(f"`{name}`" for name in report.get("kept", []))
    return f"From an earlier run, since their files have not changed: {names}." if names else ""


def write_record(folder: Path, name: str, record: dict[str, Any], page: str) -> None:
    """Write NAME.json and NAME.md into ``folder``, each of them whole or not at all."""
    write_whole(folder / f"{name}.json", json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    write_whole(folder / f"{name}.md", page)
