"""The reference page of the settings, made from the classes that read them."""

from __future__ import annotations

from typing import Any

import attr

from fleet.core.files import ROOT, write_whole
from fleet.site.settings import GUIDE, SiteSettings
from ocr_app.line.settings import reference

PAGE = ROOT / GUIDE
_HEAD = """\
<!-- Generated from fleet/site/settings.py by `./inv docs`; do not edit. -->

# Settings of the site

`./inv site collect`, `page` and `migrate` read one settings file (`--settings`, `site.yaml` by default). All sections
and keys are optional. An unknown key, a wrong type, or a value out of bounds is an error (exit code 2) that names the
file, the line, and the nearest right key. A relative path starts at the folder of the file.
[How to use it](../how-to/collect-results.md).

    mqtt: {host: broker.plant, port: 8883, tls: true, user: site, password_file: /etc/nano-ocr/mqtt-password}
    database: {url: "postgresql:///nano_ocr"}
    page: {pictures: "https://pictures.plant/rejects"}
"""


def page() -> str:
    """The whole page, in Markdown."""
    groups: tuple[Any, ...] = attr.fields(SiteSettings)
    return "\n".join([_HEAD, *(reference.section_of(group, flags=False) for group in groups)])


def main() -> int:
    """Writes the page."""
    write_whole(PAGE, page())
    return 0
