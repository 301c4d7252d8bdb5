"""What an engine is compared with: the calibration images, read once by the model itself and kept in the cache."""

import json
import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core import files
from ocr_app.engines.building import comparison, jobs, shapes
from ocr_app.engines.building.comparison import ObservedNetwork
from ocr_app.engines.building.jobs import BuildJob, settings
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.targets import target
from ocr_app.export import network_specs
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification import calibration
from ocr_app.verification.calibration import CalibrationItem

WORK = "work"  # folder in the cache for what builds keep for later builds


class StepRequest(NamedTuple):
    """One step of one build. ``calibration``: data sets; ``limit`` images of each; ``answer``: the file to write."""

    step: str
    network: str
    precision: str
    target: str
    exports: str
    plans: str
    calibration: List[str]
    limit: int
    workspace_mb: int
    threads: int
    folder: str
    answer: str


class Reference(NamedTuple):
    """The calibration images, what the model reads on them, and the identity of the engine to build."""

    items: Tuple[CalibrationItem, ...]
    sets: List[Dict[str, Any]]
    texts: List[str]
    identity: EngineIdentity


def job_of(request: StepRequest) -> BuildJob:
    """Raises what :func:`ocr_app.engines.building.jobs.jobs_of` raises."""
    specs = network_specs.select([request.network])
    return jobs.jobs_of(specs, [request.precision], request.exports, request.plans)[0]


def reference(request: StepRequest, job: BuildJob) -> Reference:
    """What the model itself reads, by ONNX Runtime in FP32. Reused as long as the images and the model are the same."""
    images = calibration.calibration(request.calibration, job.spec.part, request.limit or None)
    made_from = "{} {} {}".format(job.spec.name, job.sha256, comparison.fingerprint(images.items))
    name = "reference-{}.json".format(files.sha256_of(made_from.encode("utf-8"))[:32])
    path = os.path.join(request.folder, WORK, name)
    record = _load(path) or _read_by_model(request, job, images.items, path)
    profile = shapes.profile_of(job.spec, [tuple(shape) for shape in record["shapes"]], settings())
    identity = job.identity(target.module_of(request.target).current_platform(), profile)
    return Reference(images.items, list(images.sets), record["texts"], identity)


def _load(path: str) -> Optional[Dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _read_by_model(
    request: StepRequest, job: BuildJob, items: Tuple[CalibrationItem, ...], path: str
) -> Dict[str, Any]:
    jobs.model_bytes(job)
    observed = ObservedNetwork(OnnxNetwork(job.path, "cpu", request.threads))
    texts = comparison.texts(job, items, observed, request.threads)
    record = {"texts": texts, "shapes": [list(shape) for shape in observed.shapes]}
    files.write_whole(path, json.dumps(record).encode("utf-8"))
    return record
