"""The HTML report of ``ocr-app recipe test``: every code to look at, with its picture and the reasons."""

import html
from typing import List, NamedTuple

from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image, Reading
from ocr_app.imaging import picture_page
from ocr_app.imaging.draw import draw_lines

_CAPTION = "{head}\n<br>read <code>{read}</code><br>truth <code>{truth}</code>{told}"
_KINDS = {"wrong pass": "wrong", "good code rejected": "rejected"}


class Card(NamedTuple):
    """One code of the report. ``told``: its reasons in sentences."""

    title: str
    name: str
    picture: Image
    reading: Reading
    truth: str
    told: List[str]


def write_report(path: str, title: str, summary: str, cards: List[Card]) -> None:
    """Writes one page that needs nothing else. Raises UsageError where the file cannot be written."""
    nothing = "Every code passes, and none of them wrongly."
    page = picture_page.page(title, summary, (_card(card) for card in cards), nothing)
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(page)
    except OSError as error:
        raise UsageError("{}: {}".format(path, error.strerror), "a writable file", "choose another --report")


def _card(card: Card) -> str:
    caption = _CAPTION.format(
        head=picture_page.heading(
            _KINDS.get(card.title, "meta"), card.title, "{}: {}".format(card.name, card.reading.verdict)
        ),
        read=html.escape(card.reading.text or "(nothing)"),
        truth=html.escape(card.truth),
        told=picture_page.bullets(card.told),
    )
    return picture_page.figure(draw_lines(card.picture, card.reading.lines), card.name, caption)
