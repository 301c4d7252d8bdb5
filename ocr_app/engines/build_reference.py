"""What a build is compared with: the calibration images, read once by the model itself and kept."""

import json
import os
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.engines import build_check, build_jobs, build_shapes, calibration, export_table, files, target
from ocr_app.engines.build_check import Watched
from ocr_app.engines.build_jobs import Job
from ocr_app.engines.calibration import Item
from ocr_app.engines.key import Parts
from ocr_app.engines.settings import settings
from ocr_app.networks.onnx import OnnxNetwork

WORK = "work"  # folder in the cache: what builds leave for the next ones


class Spec(NamedTuple):
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
    parts: Parts


def job_of(spec: Spec) -> Job:
    """Raises what :func:`build_jobs.jobs_of` raises."""
    entries = export_table.select([spec.network])
    return build_jobs.jobs_of(entries, [spec.precision], spec.exports, spec.plans)[0]


def reference(spec: Spec, job: Job) -> Reference:
    """What the model itself reads, by ONNX Runtime in FP32; kept for the next time while images and model are these."""
    own = calibration.calibration(spec.places, job.entry.part, spec.limit or None)
    words = "{} {} {}".format(job.entry.name, job.sha256, build_check.fingerprint(own.items))
    name = "reference-{}.json".format(files.sha256_of(words.encode("utf-8"))[:32])
    path = os.path.join(spec.folder, WORK, name)
    kept = _kept(path) or _read_by_model(spec, job, own.items, path)
    profile = build_shapes.profile_of(job.entry, [tuple(shape) for shape in kept["shapes"]], settings())
    parts = job.parts(target.module_of(spec.target).place(), profile)
    return Reference(own.items, list(own.sets), kept["texts"], parts)


def _kept(path: str) -> Optional[Dict[str, Any]]:
    try:
        with open(path, encoding="utf-8") as stream:
            return json.load(stream)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return None


def _read_by_model(spec: Spec, job: Job, items: Tuple[Item, ...], path: str) -> Dict[str, Any]:
    build_jobs.model_bytes(job)
    watched = Watched(OnnxNetwork(job.path, "cpu", spec.threads))
    texts = build_check.texts(job, items, watched, spec.threads)
    record = {"texts": texts, "shapes": [list(shape) for shape in watched.shapes]}
    files.write_whole(path, json.dumps(record).encode("utf-8"))
    return record
