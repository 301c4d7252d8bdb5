# ruff: noqa: RUF009 - the defaults are declarations of attrs, not calls that are evaluated once
"""Sections about reading an image. Every class is a section of the file, every field a key of it."""

from typing import Any, Dict, Optional

import attr

from ocr_app.engines.targets.target import TARGETS
from ocr_app.imaging import preprocess
from ocr_app.imaging.load import DEFAULT_LIMITS
from ocr_app.line.settings.fields import Regions, setting
from ocr_app.networks.half import PRECISION
from ocr_app.readers.registry import DEFAULT_READER
from ocr_app.readers.team import settings as team_settings

DEVICES = ("cpu", "cuda")
PRECISIONS = ("fp32", "fp16", PRECISION)
ENGINE_OF_IMAGE = "image"
ENGINES = (ENGINE_OF_IMAGE, "none") + TARGETS
CLOCKS = ("synced", "always", "never")
_REGIONS = "a list of [x, y, width, height] in pixels, x and y from 0, width and height from 1"


def _are_regions(value: Any) -> bool:
    return all(len(region) == 4 and min(region[:2]) >= 0 and min(region[2:]) >= 1 for region in value)


def _are_texts(value: Any) -> bool:
    return all(isinstance(key, str) and isinstance(text, str) for key, text in value.items())


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class ReaderSettings:
    """The reader, and where its networks run."""

    name: str = setting(
        DEFAULT_READER, "The reader, as in `ocr-app readers`.", form="name[:model][@environment]", flag="--reader"
    )
    team: Optional[str] = setting(
        None,
        "The team of the reader `codes`; without one, that in the reader's name, or `{}`.".format(
            team_settings.default()
        ),
        choices=team_settings.names(),
        flag="--team",
    )
    budget_ms: Optional[int] = setting(
        None, "Time for one image after which the team asks no more networks.", "ms", 1, 3600000, flag="--budget-ms"
    )
    device: str = setting("cpu", "The device; no other is ever used instead.", choices=DEVICES, flag="--device")
    precision: str = setting("fp32", "The precision of the networks.", choices=PRECISIONS, flag="--precision")
    threads: int = setting(2, "CPU threads of the reader.", least=1, most=256, flag="--threads")
    processes: int = setting(
        1,
        "Processes that read at the same time, each with its own networks, threads and memory.",
        "processes",
        1,
        16,
    )
    engine: str = setting(
        ENGINE_OF_IMAGE,
        "The kind of engines to read with; `image` means tensorrt in the image for Jetsons and none elsewhere.",
        choices=ENGINES,
        flag="--engine",
    )
    packs: str = setting(
        "",
        "Folder of engine packs (`*.tar`) of the release; those that fit this board are taken before reading.",
        path=True,
        flag="--packs",
    )
    build_engines: bool = setting(
        False, "Build engines that are missing or stale; the service is not ready meanwhile.", flag="--build-engines"
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class RecipeSettings:
    """The recipe that codes are decoded and checked under, and what a code has to be now."""

    file: str = setting("", "The recipe; without one, lines are read but get no verdict.", path=True, flag="--recipe")
    folder: str = setting(
        "",
        "Folder of further recipes (`NAME.yaml`) that people may choose as the product while a line runs.",
        path=True,
    )
    expected: Dict[str, str] = setting(
        dict,
        "The text that each named field has to have.",
        form="texts by field name",
        fits=_are_texts,
        flag="--expect",
    )
    expected_file: str = setting(
        "",
        "JSON object of expected texts, read again for each image; while it is missing or too old, nothing passes.",
        path=True,
        flag="--expect-file",
    )
    expected_age_s: float = setting(
        0.0, "The greatest age of that file; 0 accepts any age.", "s", 0.0, 31536000.0, flag="--expect-age"
    )
    clock: str = setting(
        "synced", "When the clock counts as right, for recipes that refer to today.", choices=CLOCKS, flag="--clock"
    )
    deadline_ms: Optional[int] = setting(
        None, "Time from an image's arrival after which the verdict is fail.", "ms", 1, 3600000, flag="--deadline-ms"
    )
    challenge: str = setting(
        "", "Folder of a challenge set, which is read before the service is ready.", path=True, flag="--challenge"
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class ImageSettings:
    """What an image may be, and what is done to it before it is read."""

    preprocess: str = setting("raw", "The preprocessing.", choices=preprocess.NAMES, flag="--preprocess")
    regions: Regions = setting(
        (),
        "Read only these regions; without any, lines are detected.",
        form=_REGIONS,
        fits=_are_regions,
        flag="--region",
    )
    max_pixels: int = setting(
        DEFAULT_LIMITS.max_pixels, "Pixels of an image.", "px", 1, 1000000000, flag="--max-pixels"
    )
    max_bytes: int = setting(
        DEFAULT_LIMITS.max_bytes, "Bytes of an image file or of a request.", "B", 1, 1000000000, flag="--max-bytes"
    )
    min_side: int = setting(DEFAULT_LIMITS.min_side, "The shorter side of an image.", "px", 1, 65535, flag="--min-side")
