"""Numbers in README and docs: blocks between marks, written only from the newest committed results.

A block begins with ``<!-- NAME: ... -->`` and ends with ``<!-- /NAME -->``. The text between them is replaced.
"""

from __future__ import annotations

import re
from pathlib import Path

from fleet.core.errors import BlockError
from fleet.core.files import ROOT
from fleet.reports.numbers import MAKERS

RESULTS = ROOT / "docs" / "results"
PAGES = (
    "README.md",
    "docs/explanation/why-zero.md",
    "data/nano-codes-100/README.md",
    "training/README.md",
    "docs/models/README.md",
    "docs/results/readers.md",
)


def newest(results: Path = RESULTS) -> Path:
    """Folder of the newest results, whose names begin with the date. Raises BlockError if there are none."""
    folders = sorted(path.parent for path in results.glob("*/summary.json"))
    if not folders:
        raise BlockError("no results", f"{results.name}/<date>-<machine>/summary.json", "./inv benchmark")
    return folders[-1]


def write(root: Path = ROOT) -> list[str]:
    """Rewrite the blocks of every page; returns the changed pages."""
    folder = newest(root / "docs" / "results")
    changed = []
    for name in PAGES:
        page = root / name
        made = filled(page.read_text(), folder, page)
        if made != page.read_text():
            page.write_text(made)
            changed.append(name)
    return changed


def filled(text: str, folder: Path, page: Path) -> str:
    """The text of a page with its blocks made from the results in ``folder``."""
    for name, make in MAKERS.items():
        pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.S)
        text = pattern.sub(lambda found, make=make: found[1] + make(folder, page) + "\n" + found[2], text)  # type: ignore[misc]
    left = set(re.findall(r"<!-- /([\w-]+) -->", text)) - set(MAKERS)
    if left:
        raise BlockError(f"{page.name}: nothing makes {', '.join(sorted(left))}", ", ".join(MAKERS))
    return text
