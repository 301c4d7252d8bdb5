"""A report as data: sections of paragraphs, tables and figures, printed as Markdown or by the HTML template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """``rows`` are cells of text. The first column is the name of the row. ``prose``: aligned left."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    prose: bool = False


@dataclass(frozen=True)
class Figure:
    """``svg`` is the whole picture, ``name`` the stem of its file."""

    name: str
    caption: str
    svg: str


@dataclass
class Section:
    """A heading, its text, and its tables and figures in order."""

    title: str
    text: list[str] = field(default_factory=list)
    parts: list[Table | Figure] = field(default_factory=list)


@dataclass
class Document:
    """The whole report."""

    title: str
    lead: list[str]
    sections: list[Section]

    def figures(self) -> Iterator[Figure]:
        """All figures in order."""
        for section in self.sections:
            yield from (part for part in section.parts if isinstance(part, Figure))


def to_markdown(document: Document) -> str:
    """GitHub's Markdown; figures are links into plots/."""
    blocks = [f"# {document.title}", *document.lead]
    for section in document.sections:
        blocks += [f"## {section.title}", *section.text]
        blocks += [_part(part) for part in section.parts]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _part(part: Table | Figure) -> str:
    if isinstance(part, Figure):
        return f"![{part.caption}](plots/{part.name}.svg)\n\n*{part.caption}*"
    lines = [f"**{part.caption}**", ""]
    lines += [
        _row(part.head),
        "|" + "---|" * len(part.head) if part.prose else "|---|" + "---:|" * (len(part.head) - 1),
    ]
    lines += [_row(row) for row in part.rows]
    return "\n".join(lines) + (f"\n\n{part.note}" if part.note else "")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
