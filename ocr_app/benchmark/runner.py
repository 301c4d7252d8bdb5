"""Runs one reader over one data set and records everything that a comparison needs."""

import datetime
import hashlib
import os
from typing import Any, Dict, List, NamedTuple, Optional

from ocr_app import recipes
from ocr_app.benchmark.latency import by_phase, per_second
from ocr_app.benchmark.observe import Observation, Progress, Read, observe, warm_up, warm_up_image
from ocr_app.benchmark.record import RUN_SCHEMA, image_record, scores_of, tags_of, verdicts_of
from ocr_app.board import environment, validity
from ocr_app.board.usage import UsageSnapshot, peak_memory_mb, peak_of, snapshot, spent
from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image, Reading
from ocr_app.datasets.sample import Dataset
from ocr_app.opening import ReaderRequest
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import ReaderName
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image

WARM_UP = 30  # the thesis warmed up with 35 readings of a picture that was not in its data set


class RunSettings(NamedTuple):
    """``crop``: one of ``sample.CROPS``. ``layout``: None uses the layout of each sample.

    ``texts``: False leaves truths and texts out of the record, for data that may not be republished. ``session``:
    a name that runs made in succession share. ``recipe``: path of a recipe to decode under.
    """

    preprocess: str = "raw"
    crop: str = "box"
    layout: Optional[str] = None
    warm_up: int = WARM_UP
    repeat: int = 1
    texts: bool = True
    session: Optional[str] = None
    recipe: Optional[str] = None


DEFAULT_SETTINGS = RunSettings()


def no_progress(done: int, total: int, name: str) -> None:
    """Reports nothing."""


def run(
    dataset: Dataset,
    reader: Reader,
    settings: RunSettings = DEFAULT_SETTINGS,
    request: Optional[ReaderRequest] = None,
    progress: Progress = no_progress,
) -> Dict[str, Any]:
    """The run record (schema ``nano-ocr/run/1``).

    ``request`` is what the reader was opened with; None for a reader that was made in another way. Raises UsageError
    for invalid settings, OcrError when the warm-up fails; an image that fails is an entry of the record.
    """
    _check(settings)
    dataset = _with_layout(dataset, settings.layout)
    read = _reading_with(reader, settings)
    described = environment.describe()
    warm_up(read, warm_up_image(dataset.samples[0].layout), dataset.samples[0].layout, settings.warm_up)
    before = snapshot()
    seen = observe(dataset, read, settings.crop, settings.repeat, progress)
    record = _head(dataset, reader, settings, request or _request_of(reader))
    record.update(_machine(described, before, snapshot(), reader, seen))
    record.update(_results(dataset, seen, settings))
    return record


def _check(settings: RunSettings) -> None:
    if settings.repeat < 1 or settings.warm_up < 0:
        found = "repeat {}, warm-up {}".format(settings.repeat, settings.warm_up)
        raise UsageError(found, "repeat at least 1, warm-up at least 0")


def _with_layout(dataset: Dataset, layout: Optional[str]) -> Dataset:
    if layout is None:
        return dataset
    return dataset._replace(samples=tuple(sample._replace(layout=layout) for sample in dataset.samples))


def _reading_with(reader: Reader, settings: RunSettings) -> Read:
    verdict = None
    if settings.recipe is not None:
        verdict = VerdictRequest(recipes.load(settings.recipe))
        reader.line_posteriors([])  # a reader that returns only texts is refused here, not image by image

    def read(image: Image, name: str, layout: str) -> Reading:
        return read_image(reader, image, name, ReadOptions(layout, settings.preprocess, verdict_request=verdict))

    return read


def _recipe(path: Optional[str]) -> Optional[Dict[str, str]]:
    """The recipe of the run: the name and digest of its file."""
    if path is None:
        return None
    with open(path, "rb") as stream:
        return {"file": os.path.basename(path), "sha256": hashlib.sha256(stream.read()).hexdigest()}


def _request_of(reader: Reader) -> ReaderRequest:
    name, _, model = reader.info.reader.partition(":")
    return ReaderRequest(ReaderName(name, model or None, None))


def _head(dataset: Dataset, reader: Reader, settings: RunSettings, request: ReaderRequest) -> Dict[str, Any]:
    info = reader.info
    return {
        "schema": RUN_SCHEMA,
        "created": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "session": settings.session,
        "dataset": {
            "name": dataset.name,
            "format": dataset.format,
            "images": len(dataset.samples),
            "sha256": dataset.sha256,
        },
        "reader": {
            "asked": str(request.name),
            "name": info.reader,
            "engine": info.engine,
            "device": info.device,
            "precision": info.precision,
            "threads": request.threads,
            "engines": request.engine,
        },
        "settings": {
            "preprocess": settings.preprocess,
            "crop": settings.crop,
            "layout": settings.layout,
            "recipe": _recipe(settings.recipe),
            "warm_up": settings.warm_up,
            "repeat": settings.repeat,
        },
    }


def _machine(
    described: Dict[str, Any], before: UsageSnapshot, after: UsageSnapshot, reader: Reader, seen: List[Observation]
) -> Dict[str, Any]:
    """Environment, load, memory, and the reasons why they make the measurement invalid.

    Libraries are listed again because readers import theirs late.
    """
    load: Dict[str, Any] = dict(spent(before, after), load_before=before.load, load_after=after.load)
    later = {
        "clocks": environment.clocks("/"),
        "temperatures_c": environment.temperatures("/"),
        "throttle_count": environment.throttle_count("/"),
    }
    counts = _counts(seen)
    invalid_reasons = validity.reasons(described, later, load, counts)
    return {
        "valid": not invalid_reasons,
        "invalid_reasons": invalid_reasons,
        "environment": dict(described, libraries=environment.libraries(), after=later),
        "load": load,
        "memory_mb": _memory(reader),
        "counts": counts,
    }


def _memory(reader: Reader) -> Dict[str, Any]:
    """Peak memory. ``reader``: of a reader in another process, from its ``peak_rss_mb()`` or its ``pid``; else None."""
    peak, pid = getattr(reader, "peak_rss_mb", None), getattr(reader, "pid", None)
    if peak is not None:
        return dict(peak_memory_mb(), reader=peak())
    return dict(peak_memory_mb(), reader=peak_of(pid) or None if isinstance(pid, int) else None)


def _counts(seen: List[Observation]) -> Dict[str, int]:
    return {
        "images": len(seen),
        "errors": sum(entry.error is not None for entry in seen),
        "inferences": sum(len(entry.timings) for entry in seen),
        "unstable": sum(not entry.stable for entry in seen),
    }


def _results(dataset: Dataset, seen: List[Observation], settings: RunSettings) -> Dict[str, Any]:
    timings = [timing for entry in seen for timing in entry.timings]
    result: Dict[str, Any] = dict(scores_of(dataset, seen, settings.crop))
    result["verdicts"] = verdicts_of(dataset, seen) if settings.recipe else None
    result["by_tag"] = tags_of(dataset, seen)
    result["latency_ms"] = by_phase(timings)
    result["images_per_s"] = per_second([timing["total"] for timing in timings])
    result["images"] = [image_record(entry, dataset.complete, settings.crop, settings.texts) for entry in seen]
    return result
