"""The calibration images read with one network replaced: its input shapes, the texts, the largest difference."""

import hashlib
from typing import Any, List, NamedTuple, Optional, Sequence

import numpy as np

from ocr_app.core.errors import BuildError
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import Shape
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers import registry
from ocr_app.readers.registry import parse_name
from ocr_app.verification import subjects, text_comparison
from ocr_app.verification.calibration import CalibrationItem
from ocr_app.verification.calibration_reader import CalibrationReader
from ocr_app.verification.subjects import Subject

_SHOWN = 3  # texts that changed, quoted in the message


class ObservedNetwork(Network):
    """Answers with ``serving``; ``reference``, if any, answers the same inputs, and the largest difference is kept."""

    def __init__(self, serving: Network, reference: Optional[Network] = None) -> None:
        self._serving, self._reference = serving, reference
        self.inputs, self.outputs, self.metadata = serving.inputs, serving.outputs, serving.metadata
        self.shapes: List[Shape] = []
        self.largest_error = 0.0

    def infer(self, arrays: Arrays) -> Arrays:
        self.shapes.append(tuple(arrays[self.inputs[0]].shape))
        answers = self._serving.infer(arrays)
        if self._reference is not None:
            for answer, expected in zip(answers.values(), self._reference.infer(arrays).values()):
                self._compare(answer, expected)
        return answers

    def _compare(self, answer: np.ndarray, expected: np.ndarray) -> None:
        if answer.shape != expected.shape:
            found = "the engine answers with shape {}".format(answer.shape)
            raise BuildError(found, "{}, as the model does".format(expected.shape), code="unfit")
        error = float(np.abs(answer.astype(np.float64) - expected).max()) if answer.size else 0.0
        self.largest_error = max(self.largest_error, error if np.isfinite(error) else float(np.finfo(np.float32).max))


def texts(job: BuildJob, items: Sequence[CalibrationItem], network: Network, threads: int = 1) -> List[str]:
    """What the job's reader reads on each item with its own network replaced by ``network``."""
    name = parse_name(job.spec.reader)
    module = registry.module_of(registry.spec(name.name))
    if hasattr(module, "network_files"):
        subject = subjects.subject_of(job.path, name, job.spec.part)
    else:
        subject = Subject(job.path, name, job.spec.part, job.path, job.spec)
    return CalibrationReader(subject, items, threads).texts(network)


class EngineCheck(NamedTuple):
    """An engine compared with the model it was built from. ``changed``: indices of the items that it misreads."""

    samples: int
    changed: List[int]
    largest_error: float


def check(expected: Sequence[str], read: Sequence[str], observed: ObservedNetwork) -> EngineCheck:
    """Compares the texts ``expected`` (by the model) and ``read`` (by the engine), ignoring white space."""
    pairs = enumerate(zip(expected, read))
    changed = [index for index, pair in pairs if not text_comparison.same(*pair)]
    return EngineCheck(len(expected), changed, observed.largest_error)


def refuse_changes(
    job: BuildJob,
    result: EngineCheck,
    items: Sequence[CalibrationItem],
    expected: Sequence[str],
    read: Sequence[str],
) -> None:
    """Raises BuildError (text-changed) that quotes the first texts that changed."""
    if not result.changed:
        return
    quoted = ["{}: {!r} became {!r}".format(items[i].id, expected[i], read[i]) for i in result.changed[:_SHOWN]]
    found = "the engine of {} reads {} of {} differently; ".format(job.title, len(result.changed), result.samples)
    next_step = "ocr-app engine gate: keep more layers in FP32; or --precision fp32"
    raise BuildError(found + "; ".join(quoted), "every text as ONNX Runtime reads it", next_step, "text-changed")


def fingerprint(items: Sequence[CalibrationItem]) -> str:
    """sha256 over the images and their names."""
    digest = hashlib.sha256()
    for item in items:
        array: Any = np.ascontiguousarray(item.image)
        digest.update("{} {}\n".format(item.id.rpartition("/")[2], array.shape).encode("utf-8") + array.tobytes())
    return digest.hexdigest()
