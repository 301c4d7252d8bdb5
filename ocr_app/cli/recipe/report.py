"""The HTML report of ``ocr-app recipe test``: every code to look at, with its picture and the reasons."""

import base64
import html
from typing import List, NamedTuple

from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image, Reading
from ocr_app.imaging.draw import draw_lines, encode

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1rem; }}
figure {{ margin: 0; border: 1px solid #8884; border-radius: .5rem; overflow: hidden; }}
figure img {{ width: 100%; display: block; }}
figcaption {{ padding: .5rem .75rem .75rem; }}
code {{ overflow-wrap: anywhere; white-space: pre-wrap; }}
ul {{ margin: .4rem 0 0; padding-left: 1.1rem; }}
.wrong {{ color: #c62828; }} .rejected {{ color: #b35900; }} .meta {{ opacity: .7; font-size: .85rem; }}
</style></head><body>
<h1>{title}</h1>
<pre>{summary}</pre>
<main>
{cards}
</main></body></html>
"""
_CARD = """<figure><img src="data:image/jpeg;base64,{picture}" alt="{name}">
<figcaption><strong class="{kind}">{title}</strong> <span class="meta">{name}: {verdict}</span>
<br>read <code>{read}</code><br>truth <code>{truth}</code>{told}</figcaption></figure>"""
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
    shown = "\n".join(_card(card) for card in cards) or "<p>Every code passes, and none of them wrongly.</p>"
    page = _PAGE.format(title=html.escape(title), summary=html.escape(summary), cards=shown)
    try:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(page)
    except OSError as error:
        raise UsageError("{}: {}".format(path, error.strerror), "a writable file", "choose another --report")


def _card(card: Card) -> str:
    rows = "".join("<li>{}</li>".format(html.escape(each)) for each in card.told)
    picture = encode(draw_lines(card.picture, card.reading.lines), ".jpg")
    return _CARD.format(
        picture=base64.b64encode(picture).decode("ascii"),
        kind=_KINDS.get(card.title, "meta"),
        title=html.escape(card.title),
        name=html.escape(card.name),
        verdict=card.reading.verdict,
        read=html.escape(card.reading.text or "(nothing)"),
        truth=html.escape(card.truth),
        told="<ul>{}</ul>".format(rows) if rows else "",
    )
