"""``ocr-app recipe teach``: proposes a recipe from sample images."""

import argparse
import os
import sys
from typing import List, Tuple

from ocr_app.cli.arguments import limits_of, reader_request
from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image
from ocr_app.imaging.load import load_image
from ocr_app.imaging.sources import expand
from ocr_app.opening import open_reader
from ocr_app.readers.contract import Reader
from ocr_app.recipes import decode_free, loads
from ocr_app.recipes.teaching import propose_recipe


def run(arguments: argparse.Namespace) -> int:
    """Reads the samples and prints or writes the proposal. Raises UsageError, ImageError and the reader's errors."""
    if arguments.out and os.path.exists(arguments.out):
        found = "{} exists already".format(arguments.out)
        raise UsageError(found, "a file that does not exist", "choose another --out")
    proposal = propose_recipe(_read_samples(arguments), arguments.name)
    loads(proposal)  # a proposal that cannot be loaded must not leave this program
    if arguments.out:
        _write_new(arguments.out, proposal)
    else:
        print(proposal, end="")
    return 0


def _read_samples(arguments: argparse.Namespace) -> List[Tuple[str, ...]]:
    samples: List[Tuple[str, ...]] = []
    with open_reader(reader_request(arguments)) as reader:
        for path in expand(arguments.paths):
            texts = _read_texts(reader, load_image(path, limits_of(arguments)).pixels, arguments.layout)
            print("{}: {}".format(path, " / ".join(texts) or "- no text found -"), file=sys.stderr)
            samples.append(texts)
    return samples


def _read_texts(reader: Reader, image: Image, layout: str) -> Tuple[str, ...]:
    """The lines of a sample: decoded without a recipe, or the reader's own texts where it gives no posteriors."""
    try:
        posteriors = reader.posteriors(image) if layout == "page" else reader.line_posteriors([image])
    except UsageError:
        lines = reader.read(image) if layout == "page" else reader.read_line(image)
        return tuple(line.text for line in lines)
    texts = (decode_free(posterior).text.strip() for posterior in posteriors if posterior.sure)
    return tuple(text for text in texts if text)


def _write_new(path: str, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError("{}: {}".format(path, error.strerror), "a new file", "choose another --out")
