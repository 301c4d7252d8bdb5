"""The reference page of the settings, made from the classes: ``python -m ocr_app.line.settings.reference``."""

import json
import os
import sys
from typing import Any, List

import attr

from ocr_app.core.files import write_whole
from ocr_app.core.paths import HOME
from ocr_app.line.settings import fields
from ocr_app.line.settings.service import ServiceSettings

PAGE = os.path.join("docs", "reference", "settings.md")
_HEAD = """\
<!-- Generated from ocr_app/line/settings by `./inv docs`; do not edit. -->

# Settings of the service

`ocr-app serve FILE.yaml` reads one settings file. All sections and keys are optional. An unknown key, a wrong
type, or a value out of bounds is an error (exit code 2) that names the file, the line, and the nearest right key.
Flags override the file. A relative path in the file starts at the folder of the file; a relative path in a flag
starts at the current folder.

    reader:
      threads: 4
    recipe:
      file: recipes/line.yaml
      deadline_ms: 250
    http:
      listen: unix:/run/nano-ocr/reader.sock
    limits:
      queue: 16
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD] + [section_of(group) for group in attr.fields(ServiceSettings)])


def section_of(group: Any, flags: bool = True) -> str:
    """One section with its table; ``flags``: whether there is a column of command line flags."""
    lines = ["## `{}`".format(group.name), "", group.metadata["about"], ""]
    head = ["key", "default", "accepts"] + ["flag"] * flags + ["what it sets"]
    lines += ["| {} |".format(" | ".join(head)), "|" + "---|" * len(head)]
    return "\n".join(lines + [_row(field, flags) for field in attr.fields(group.type)]) + "\n"


def _row(field: Any, flags: bool) -> str:
    cells: List[str] = ["`{}`".format(field.name), _default(field), _accepts(field)]
    if flags:
        cells.append("`{}`".format(field.metadata["flag"]) if field.metadata["flag"] else "")
    return "| {} |".format(" | ".join(cells + [field.metadata["about"]]))


def _default(field: Any) -> str:
    value = field.default.factory() if isinstance(field.default, attr.Factory) else field.default  # type: ignore[arg-type]
    if value is None or value in ("", (), {}):
        return "none"
    text = (
        fields.number(value) if type(value) in (int, float) else value if isinstance(value, str) else json.dumps(value)
    )
    return "`{}`{}".format(text, " " + field.metadata["unit"] if field.metadata["unit"] else "")


def _accepts(field: Any) -> str:
    if field.metadata["choices"]:
        return ", ".join("`{}`".format(choice) for choice in field.metadata["choices"])
    return fields.expected(field)


def main() -> int:
    """Writes the page below the folder that holds the package."""
    write_whole(os.path.join(HOME, PAGE), page().encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
