"""HTML from templates; whatever is put into one is escaped."""

import json
import os
import time
from typing import Any, Dict

import jinja2

from ocr_app.line.page.content.words import PageTexts

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class PageAsset:
    """A file of the page, as it is sent."""

    def __init__(self, path: str) -> None:
        with open(path, "rb") as stream:
            self.data = stream.read()
        self.kind = _KINDS[os.path.splitext(path)[1]]


def assets() -> Dict[str, PageAsset]:
    """All files of the page by name: what is not among them does not exist for a browser."""
    folder = os.path.join(HERE, "assets")
    names = [name for name in os.listdir(folder) if os.path.splitext(name)[1] in _KINDS]
    return {name: PageAsset(os.path.join(folder, name)) for name in names}


class PageRenderer:
    """``common``: what every template gets."""

    def __init__(self, texts: PageTexts, **common: Any) -> None:
        loader = jinja2.FileSystemLoader(os.path.join(HERE, "templates"))
        self._environment = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._environment.globals.update(t=texts, **common)
        self._environment.filters.update(moment=moment, share=share, milliseconds=milliseconds, as_json=as_json)

    def __call__(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template + ".html").render(**values)


def moment(wall: float) -> str:
    """Seconds since 1970 as a local time of the board."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(wall))


def share(value: Any) -> str:
    """0.987 as "98.7 %"; rounded down, so that only a line without a reject shows 100 %."""
    return "–" if value is None else "{:.1f} %".format(int(value * 1000.0) / 10.0)


def milliseconds(value: Any) -> str:
    """312.4 as "312 ms", 3124 as "3.1 s"."""
    return "–" if value is None else "{:.0f} ms".format(value) if value < 1000 else "{:.1f} s".format(value / 1000.0)


def as_json(value: Any) -> str:
    """For an attribute of an element."""
    return json.dumps(value, ensure_ascii=False)
