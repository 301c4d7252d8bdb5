"""The floors of ocr_app as a picture and as a table for docs/explanation/architecture.md, from data and code."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from fleet.core.files import ROOT
from fleet.core.toml import load_toml

APP = "ocr_app"
PAGE = Path("docs") / "explanation" / "architecture.md"
PICTURE = Path("docs") / "explanation" / "architecture.svg"
BEGIN, END = "<!-- floors: made by `./inv docs`; do not edit between these marks -->", "<!-- /floors -->"
_WIDTH, _ROW, _GAP, _LEFT = 980, 62, 12, 60
_COLOURS = ("#e8f1fa", "#f7f2e4")


@dataclass(frozen=True)
class FloorPackage:
    """One package of ocr_app: what its docstring says it is for, how many modules it has, and what it imports."""

    name: str
    purpose: str
    modules: int
    imports: tuple[str, ...]


def floors(root: Path, layers: list[str]) -> list[list[FloorPackage]]:
    """The packages, floor by floor, top to bottom. ``layers`` as in the contract of pyproject.toml."""
    names = [[name.strip() for name in layer.split("|")] for layer in layers]
    known = {name for row in names for name in row}
    return [[_package(root / APP / name, known) for name in row] for row in names]


def _package(folder: Path, known: set[str]) -> FloorPackage:
    files = sorted(folder.rglob("*.py"))
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    imported = {part for path in files for part in _imports(path)} & known - {folder.name}
    modules = sum(path.name != "__init__.py" for path in files)
    return FloorPackage(folder.name, docstring.split("\n\n")[0].replace("\n", " "), modules, tuple(sorted(imported)))


def _imports(path: Path) -> set[str]:
    """The packages of ocr_app that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == APP:
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(APP + "."):
            found.add(node.module.split(".")[1])
    return found


def table(rows: list[list[FloorPackage]]) -> str:
    """Markdown: one row per package."""
    lines = ["| floor | package | what it is for | modules | imports |", "|---:|---|---|---:|---|"]
    for number, row in zip(range(len(rows), 0, -1), rows, strict=True):
        for package in row:
            link = f"[`{package.name}`](../../{APP}/{package.name})"
            imports = ", ".join(f"`{name}`" for name in package.imports) or "nothing of ours"
            lines.append(f"| {number} | {link} | {package.purpose} | {package.modules} | {imports} |")
    return "\n".join(lines)


def picture(rows: list[list[FloorPackage]]) -> str:
    """SVG: one storey per floor, one room per package, with its number of modules."""
    height = len(rows) * (_ROW + _GAP) + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        ' font-family="DejaVu Sans, Verdana, sans-serif">',
        "<title>The floors of ocr_app: an import only points down</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for index, row in enumerate(rows):
        parts += _storey(index, len(rows) - index, row)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _storey(index: int, number: int, row: list[FloorPackage]) -> list[str]:
    top = _GAP + index * (_ROW + _GAP)
    parts = [f'<text x="{_LEFT / 2}" y="{top + 38}" font-size="17" fill="#667" text-anchor="middle">{number}</text>']
    room = (_WIDTH - _LEFT - _GAP - (len(row) - 1) * _GAP) / len(row)
    for place, package in enumerate(row):
        left = _LEFT + place * (room + _GAP)
        parts.append(
            f'<rect x="{left:.0f}" y="{top}" width="{room:.0f}" height="{_ROW}" rx="7" fill="{_COLOURS[index % 2]}"'
            ' stroke="#9aa7b5"/>'
        )
        title = f'{escape(package.name)}<tspan dx="9" font-size="12" font-weight="normal" fill="#667">'
        title += f"{package.modules} modules</tspan>"
        parts.append(f'<text x="{left + 14:.0f}" y="{top + 25}" font-size="17" font-weight="bold">{title}</text>')
        purpose = _shortened(package.purpose, int((room - 24) / 6.6))
        parts.append(f'<text x="{left + 14:.0f}" y="{top + 47}" font-size="12" fill="#334">{escape(purpose)}</text>')
    return parts


def _shortened(text: str, most: int) -> str:
    """The text, cut at a word where it has more characters than ``most``."""
    if len(text) <= most:
        return text
    return text[: most - 2].rsplit(" ", 1)[0].rstrip(",;:") + " ..."


def filled(page: str, rows: list[list[FloorPackage]]) -> str:
    """The page with its block made anew. Raises ValueError where the marks are missing."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"{PAGE} lacks the marks {BEGIN} and {END}")
    block = f"{BEGIN}\n{table(rows)}\n{END}"
    return re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: block, page, flags=re.S)


def write(root: Path, layers: list[str]) -> list[str]:
    """Writes page and picture where they changed; returns the names of those that did."""
    rows = floors(root, layers)
    contents = {PAGE: filled((root / PAGE).read_text(encoding="utf-8"), rows), PICTURE: picture(rows)}
    changed = []
    for name, content in contents.items():
        path = root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
            changed.append(name.as_posix())
    return changed


def layers_of(root: Path = ROOT) -> list[str]:
    """The floors of ocr_app as pyproject.toml lists them for import-linter, top to bottom."""
    contracts = load_toml(root / "pyproject.toml")["tool"]["importlinter"]["contracts"]
    return [str(layer) for contract in contracts if contract["id"] == "floors" for layer in contract["layers"]]


def main() -> int:
    """Writes the block and the picture of the architecture page; returns 0."""
    changed = write(ROOT, layers_of())
    print("written: " + ", ".join(changed) if changed else "the architecture page is up to date")
    return 0
