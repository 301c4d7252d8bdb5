"""An HTML page of cards, each with its picture: it needs nothing else, so that it can be sent and kept."""

import base64
import html
from typing import Iterable, Sequence

from ocr_app.core.types import Image
from ocr_app.imaging.draw import encode

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


def page(title: str, summary: str, cards: Iterable[str], nothing: str) -> str:
    """The page; ``nothing``: what it says without a card."""
    shown = "\n".join(cards) or "<p>{}</p>".format(html.escape(nothing))
    return _PAGE.format(title=html.escape(title), summary=html.escape(summary), cards=shown)


def figure(picture: Image, alt: str, caption: str) -> str:
    """A card. ``caption`` is HTML, ``alt`` is text."""
    data = base64.b64encode(encode(picture, ".jpg")).decode("ascii")
    image = '<img src="data:image/jpeg;base64,{}" alt="{}">'.format(data, html.escape(alt))
    return "<figure>{}\n<figcaption>{}</figcaption></figure>".format(image, caption)


def figure_without_picture(caption: str) -> str:
    """A card of a picture that cannot be shown."""
    return "<figure>\n<figcaption>{}</figcaption></figure>".format(caption)


def heading(kind: str, title: str, meta: str) -> str:
    """The first line of a caption. ``kind``: "wrong" or "rejected", which have colours, or "meta"."""
    return '<strong class="{}">{}</strong> <span class="meta">{}</span>'.format(
        kind, html.escape(title), html.escape(meta)
    )


def bullets(rows: Sequence[str]) -> str:
    """A list of texts; empty without any."""
    return "<ul>{}</ul>".format("".join("<li>{}</li>".format(html.escape(row)) for row in rows)) if rows else ""
