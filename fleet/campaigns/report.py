"""Writes the report of a campaign: report.json, and a page for each kind of board with its plots."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from fleet.campaigns import findings, folders, sections, thesis
from fleet.campaigns.folders import Campaign
from fleet.campaigns.records import read_boards
from fleet.campaigns.request import settings
from fleet.campaigns.sections import Page
from fleet.campaigns.summary import Summary, summarise
from fleet.core.files import write_whole
from fleet.plays.run_report import table
from fleet.reports.benchmark import to_html
from fleet.reports.benchmark.document import Document, to_markdown

_UNPUBLISHED = ("settings.json", "report.html")


def write(campaign: Campaign) -> Summary:
    """Write the report from what is in the campaign's folder; nothing is measured. Returns the numbers."""
    boards = read_boards(campaign.boards)
    summary = summarise(campaign, boards, folders.last_report(campaign), settings()["thresholds"])
    for kind in findings.kinds_of(boards):
        _write_page(campaign.folder / kind.slug, page(Page(summary, kind)))
    write_whole(campaign.report, json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    return summary


def page(of: Page) -> Document:
    """The page of one kind of board."""
    parts = [sections.attention(of), sections.boards(of), sections.compared(of), thesis.readers(of), thesis.modules(of)]
    parts += [thesis.cnn(of), thesis.speed(of), sections.since_last(of), sections.conditions(of)]
    title = f"Benchmark of {'virtual boards' if of.kind.virtual else 'boards'}: {of.kind.model or 'unknown model'}"
    return Document(title, sections.lead(of), [section for section in parts if section.parts or section.text])


def _write_page(folder: Path, document: Document) -> None:
    plots = folder / "plots"
    shutil.rmtree(plots, ignore_errors=True)
    for figure in document.figures():
        write_whole(plots / f"{figure.name}.svg", figure.svg)
    write_whole(folder / "report.md", to_markdown(document))
    write_whole(folder / "report.html", to_html(document))


def publish(campaign: Campaign, target: Path) -> None:
    """Copy the campaign, without what is only for this machine, into a folder that is committed."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(campaign.folder, target, ignore=shutil.ignore_patterns(*_UNPUBLISHED))


def lines(summary: Summary) -> list[str]:
    """What the terminal shows: what was found about boards, and the ratios to their siblings."""
    rows: list[tuple[str, ...]] = [
        (own["host"], own["what"], sections.title(own["part"]) or "-", own["words"]) for own in summary["findings"]
    ]
    shown = table(("board", "what", "part", "found"), rows) if rows else []
    hosts = {row[0] for row in rows}
    every = len(summary["boards"])
    return [*shown, f"nothing is to be said about {every - len(hosts)} of {every} boards"]
