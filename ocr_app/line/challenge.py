"""The challenge set: images with the verdict and text that each has to give to the reader that serves.

The format of ``expected.json`` and the comparison are those of the node's gate (node_agent/release/gate.py), which
reads the same set from outside before a release is committed.
"""

import json
import os
from typing import Any, Dict, List, NamedTuple

from ocr_app.core.errors import ServiceError
from ocr_app.imaging.sources import expand

EXPECTED = "expected.json"
KEYS = ("image", "verdict", "text")


class Challenge(NamedTuple):
    """``images``: paths in reading order; ``expected``: one entry per image, by its base name."""

    images: List[str]
    expected: List[Dict[str, str]]


def load(folder: str) -> Challenge:
    """The set in ``folder``: expected.json, and images next to it or in ``images/``.

    Raises ServiceError when it is missing, malformed, or names an image that does not exist; UsageError.
    """
    path = os.path.join(folder, EXPECTED)
    expected = _expected(path)
    below = os.path.join(folder, "images")
    images = expand([below if os.path.isdir(below) else folder])
    missing = {entry["image"] for entry in expected} - {os.path.basename(image) for image in images}
    if missing:
        found = "{} names images that do not exist: {}".format(path, ", ".join(sorted(missing)[:5]))
        raise ServiceError(found, "every image next to it or in images/", "make the challenge set again")
    named = {entry["image"] for entry in expected}
    return Challenge([image for image in images if os.path.basename(image) in named], expected)


def _expected(path: str) -> List[Dict[str, str]]:
    form = "a list of image, verdict and text"
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
        entries = [{key: str(entry[key]) for key in KEYS} for entry in found]
    except OSError as error:
        raise ServiceError("{} cannot be read: {}".format(path, error.strerror), form, "--challenge FOLDER") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError("{}: {!r}".format(path, error), form, "make the challenge set again") from error
    if not entries:
        raise ServiceError("{} is empty".format(path), form, "make the challenge set again")
    return entries


def differences(results: List[Dict[str, Any]], expected: List[Dict[str, str]]) -> List[str]:
    """What differs, one text per image; empty when every image has its verdict and text and none is missing.

    ``results``: result lines (schema nano-ocr/result/3), compared by the base name of ``image``.
    """
    by_name = {os.path.basename(result["image"]): result for result in results}
    wrong = []
    for entry in expected:
        result = by_name.get(entry["image"])
        if result is None:
            wrong.append("{}: no answer".format(entry["image"]))
        elif (result["verdict"], result["text"]) != (entry["verdict"], entry["text"]):
            found = (entry["image"], result["verdict"], result["text"], entry["verdict"], entry["text"])
            wrong.append("{}: {} {!r}, expected {} {!r}".format(*found))
    return wrong
