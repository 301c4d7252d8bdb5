"""What a build is compared with: the calibration images, read once by the model itself and kept."""

import json
import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core import files
from ocr_app.engines.building import comparison, jobs, shapes
from ocr_app.engines.building.comparison import Watched
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.settings import settings
from ocr_app.engines.targets import target
from ocr_app.export import network_specs
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification import calibration
from ocr_app.verification.calibration import Item

WORK = "work"  # folder in the cache: what builds leave for the next ones


class ReferenceSpec(NamedTuple):
    """What a child is told. ``places`` are calibration sets; ``limit`` of each; ``answer`` is the file it writes."""

    step: str
    network: str
    precision: str
    target: str
    exports: str
    plans: str
    places: List[str]
    limit: int
    workspace_mb: int
    threads: int
    folder: str
    answer: str


class Reference(NamedTuple):
    """The calibration images, what the model reads on them, and the engine that is wanted."""

    items: Tuple[Item, ...]
    sets: List[Dict[str, Any]]
    texts: List[str]
    parts: EngineIdentity


def job_of(spec: ReferenceSpec) -> BuildJob:
    """Raises what :func:`build_jobs.jobs_of` raises."""
    entries = network_specs.select([spec.network])
    return jobs.jobs_of(entries, [spec.precision], spec.exports, spec.plans)[0]


def reference(spec: ReferenceSpec, job: BuildJob) -> Reference:
    """What the model itself reads, by ONNX Runtime in FP32; kept for the next time while images and model are these."""
    own = calibration.calibration(spec.places, job.entry.part, spec.limit or None)
    words = "{} {} {}".format(job.entry.name, job.sha256, comparison.fingerprint(own.items))
    name = "reference-{}.json".format(files.sha256_of(words.encode("utf-8"))[:32])
    path = os.path.join(spec.folder, WORK, name)
    kept = _kept(path) or _read_by_model(spec, job, own.items, path)
    profile = shapes.profile_of(job.entry, [tuple(shape) for shape in kept["shapes"]], settings())
    parts = job.parts(target.module_of(spec.target).place(), profile)
    return Reference(own.items, list(own.sets), kept["texts"], parts)


def _kept(path: str) -> Optional[Dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _read_by_model(spec: ReferenceSpec, job: BuildJob, items: Tuple[Item, ...], path: str) -> Dict[str, Any]:
    jobs.model_bytes(job)
    watched = Watched(OnnxNetwork(job.path, "cpu", spec.threads))
    texts = comparison.texts(job, items, watched, spec.threads)
    record = {"texts": texts, "shapes": [list(shape) for shape in watched.shapes]}
    files.write_whole(path, json.dumps(record).encode("utf-8"))
    return record
