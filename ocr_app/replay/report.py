"""The report of a replay: report.json for programs, changes.txt, changes.jsonl, and report.html with the pictures."""

import html
import json
from typing import Any, Dict, Iterator, List, Optional, Tuple

import cv2

from ocr_app.core.errors import ImageError
from ocr_app.core.names import shown
from ocr_app.core.types import Image
from ocr_app.imaging import picture_page
from ocr_app.imaging.load import Limits, load_image
from ocr_app.imaging.preprocess import to_bgr
from ocr_app.line.page.content.words import PageTexts
from ocr_app.replay.comparing import NEW_PASS, OTHER_TEXT, UNREAD, WORDS
from ocr_app.replay.state import ReplayState, Row
from ocr_app.replay.summary import SCHEMA, ReplaySummary

JSON, TEXT, LINES, PAGE = "report.json", "changes.txt", "changes.jsonl", "report.html"
MOST_CARDS = 300
_WIDTH = 640  # px of a picture on the page
_MOST_REASONS = 4
_DANGEROUS = (NEW_PASS, OTHER_TEXT)


def write(state: ReplayState, run: Dict[str, Any], limits: Limits, most_cards: int = MOST_CARDS) -> ReplaySummary:
    """Writes the four files from the rows of ``state``. ``run``: what report.json says beside the numbers.

    Raises BuildError where the disk does not take them.
    """
    summary = ReplaySummary(state.rows(), state.total)
    record = dict({"schema": SCHEMA}, **state.plan["about"])
    record.update(summary.record(), **run)
    named = (dict(row, name=shown(row["name"]), path=shown(row["path"])) for row in summary.changed)
    state.write(LINES, "".join(json.dumps(row) + "\n" for row in named))
    state.write(TEXT, _head(record) + "\n\n" + summary.text())
    state.write(PAGE, _page(record, summary, limits, most_cards))
    state.write(JSON, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    return summary


def _head(record: Dict[str, Any]) -> str:
    before = record["before"]
    rows = [
        "pictures: {}".format(record["source"]["path"]),
        "before:   {}".format(before["name"] if isinstance(before, dict) else before),
        "now:      {name}, digest {digest}".format(**record["against"]),
    ]
    if record.get("without_picture"):
        note = (
            "parts:    {parts} with a verdict; of {without_picture} no picture is kept, and nothing is said about them"
        )
        rows.append(note.format(**record))
    return "\n".join(rows)


def _page(record: Dict[str, Any], summary: ReplaySummary, limits: Limits, most: int) -> str:
    hidden = len(summary.changed) - most
    note = "\n{} more are in {}.".format(hidden, LINES) if hidden > 0 else ""
    counts = summary.text().split("\n\n")[0]
    cards = _cards(summary.changed[:most], limits)
    title = "Replay against {}".format(record["against"]["name"])
    return picture_page.page(title, _head(record) + "\n\n" + counts + note, cards, "Every verdict is as before.")


def _cards(changed: List[Row], limits: Limits) -> Iterator[str]:
    texts = PageTexts()
    for row in changed:
        picture = _small(row["path"], limits)
        caption = _caption(row, texts)
        if picture is None:
            yield picture_page.figure_without_picture(caption)
        else:
            yield picture_page.figure(picture, shown(row["name"]), caption)


def _small(path: str, limits: Limits) -> Optional[Image]:
    """The picture, not wider than the page shows it; None where it cannot be loaded."""
    try:
        pixels = to_bgr(load_image(path, limits).pixels)
    except ImageError:
        return None
    height, width = pixels.shape[:2]
    if width <= _WIDTH:
        return pixels
    smaller: Image = cv2.resize(pixels, (_WIDTH, max(1, height * _WIDTH // width)), interpolation=cv2.INTER_AREA)
    return smaller


def _caption(row: Row, texts: PageTexts) -> str:
    kind = "wrong" if row["kind"] in _DANGEROUS else "rejected" if row["kind"] != UNREAD else "meta"
    head = picture_page.heading(kind, WORDS[row["kind"]], shown(row["name"]))
    parts = [_said(word, row[key]) for word, key in (("before", "before"), ("now", "after")) if row[key] is not None]
    told = [row["problem"]] if row["problem"] else _told(row["after"], texts)
    return "\n<br>".join([head] + parts) + picture_page.bullets(told)


def _said(word: str, record: Dict[str, Any]) -> str:
    text = html.escape(record["text"] or "(nothing)")
    return "{} <code>{}: {}</code>".format(word, html.escape(record["verdict"]), text)


def _told(record: Dict[str, Any], texts: PageTexts) -> List[str]:
    reasons: Tuple[str, ...] = tuple(record["reasons"])
    return [texts.reason(reason) for reason in reasons[:_MOST_REASONS]]
