"""The calibration images read with one network replaced: what it is fed, what is read, how far numbers are apart."""

import hashlib
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np

from ocr_app.core.errors import BuildError
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import Shape
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers import registry
from ocr_app.readers.registry import parse_name
from ocr_app.verification import calibration
from ocr_app.verification.calibration import Item, Judge, Subject

_SHOWN = 3  # texts that changed, quoted in the message


class Watched(Network):
    """Serves one network's answers; beside it another may answer too, and the largest difference is kept."""

    def __init__(self, serving: Network, beside: Optional[Network] = None) -> None:
        self._serving, self._beside = serving, beside
        self.inputs, self.outputs, self.metadata = serving.inputs, serving.outputs, serving.metadata
        self.shapes: List[Shape] = []
        self.largest_error = 0.0

    def infer(self, arrays: Arrays) -> Arrays:
        self.shapes.append(tuple(arrays[self.inputs[0]].shape))
        answers = self._serving.infer(arrays)
        if self._beside is not None:
            for mine, other in zip(answers.values(), self._beside.infer(arrays).values()):
                self._compare(mine, other)
        return answers

    def _compare(self, mine: np.ndarray, other: np.ndarray) -> None:
        if mine.shape != other.shape:
            found = "the engine answers with shape {}".format(mine.shape)
            raise BuildError(found, "{} as the model does".format(other.shape), code="unfit")
        error = float(np.abs(mine.astype(np.float64) - other).max()) if mine.size else 0.0
        self.largest_error = max(self.largest_error, error if np.isfinite(error) else float(np.finfo(np.float32).max))


def texts(job: BuildJob, items: Sequence[Item], network: Network, threads: int = 1) -> List[str]:
    """What the job's reader reads on each item with ``network`` in the place of its own."""
    name = parse_name(job.entry.reader)
    module = registry.module_of(registry.spec(name.name))
    if hasattr(module, "network_files"):
        subject = calibration.subject_of(job.path, name, job.entry.part)
        return Judge(subject, items, threads).texts(network)
    subject = Subject(job.path, name, job.entry.part, job.path, job.entry)
    return Judge(subject, items, threads).texts(network)


class TextComparison(NamedTuple):
    """Of an engine against the model it was made from."""

    samples: int
    changed: List[int]
    largest_error: float


def verdict(expected: Sequence[str], read: Sequence[str], watched: Watched) -> TextComparison:
    """``changed``: indices of the items that the engine reads differently; white space does not count."""
    changed = [index for index, pair in enumerate(zip(expected, read)) if not calibration.same(*pair)]
    return TextComparison(len(expected), changed, watched.largest_error)


def refuse_changes(
    job: BuildJob, own: TextComparison, items: Sequence[Item], expected: Sequence[str], read: Sequence[str]
) -> None:
    """Raises BuildError (text-changed) that quotes the first texts which changed."""
    if own.changed:
        quoted = ["{}: {!r} became {!r}".format(items[i].id, expected[i], read[i]) for i in own.changed[:_SHOWN]]
        found = "the engine of {} reads {} of {} differently; ".format(job.title, len(own.changed), own.samples)
        next_step = "ocr-app engine gate: keep more layers in FP32; or --precision fp32"
        raise BuildError(found + "; ".join(quoted), "every text as ONNX Runtime reads it", next_step, "text-changed")


def fingerprint(items: Sequence[Item]) -> str:
    """sha256 over the images and their names."""
    digest = hashlib.sha256()
    for item in items:
        array: Any = np.ascontiguousarray(item.image)
        digest.update("{} {}\n".format(item.id.rpartition("/")[2], array.shape).encode("utf-8") + array.tobytes())
    return digest.hexdigest()
