"""One step of one build, in a process of its own, so that its memory is gone when it ends and a kill harms nothing.

``python -m ocr_app.engines.building.child SPEC.json``: the spec names the step, the answer goes to the file it names.
"measure" reads the calibration images by the model and says what engine is wanted; "make" builds it, reads the images
again by the engine, and only then puts it into the cache.
"""

import ctypes
import json
import os
import platform
import resource
import signal
import sys
import time
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core import files
from ocr_app.core.errors import BuildError, OcrError
from ocr_app.core.version import VERSION
from ocr_app.engines import key
from ocr_app.engines.building import comparison
from ocr_app.engines.building.comparison import Watched
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.building.reference import WORK, Reference, ReferenceSpec, job_of, reference
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets import target
from ocr_app.networks import onnx_model
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification import precision_plan
from ocr_app.verification.preflight import rules

_PR_SET_PDEATHSIG = 1


def measure(spec: ReferenceSpec) -> Dict[str, Any]:
    """The parts of the wanted engine."""
    return {"parts": key.to_json(reference(spec, job_of(spec)).parts)}


def make(spec: ReferenceSpec) -> Dict[str, Any]:
    """Builds, checks, stores. Raises BuildError, ModelError, PrecisionUnavailable, DeviceUnavailable."""
    job = job_of(spec)
    own = reference(spec, job)
    module = target.module_of(spec.target)
    _refuse_problems(spec, job)
    start = time.monotonic()
    made = module.make(target.CompileRequest(job, own.parts.profile, spec.workspace_mb, _timing(spec, own.parts)))
    seconds = time.monotonic() - start
    if made.timing is not None:
        files.write_whole(_timing_path(spec, own.parts), made.timing)
    manifest = _manifest(spec, job, own, made.data, seconds)
    manifest = _checked(spec, job, own, manifest, made.data)
    name = Cache(spec.folder).store(manifest, made.data)
    return {"name": name, "notes": made.notes, "check": manifest.check}


def _refuse_problems(spec: ReferenceSpec, job: BuildJob) -> None:
    """Raises BuildError (unfit) for what TensorRT's parser is known to refuse, before it has cost any time."""
    found = rules.refusals(onnx_model.load(job.path)) if spec.target == "tensorrt" else []
    if found:
        raise BuildError(
            "TensorRT would refuse {}: {}".format(job.path, "; ".join(found)),
            "what its parser takes",
            "ocr-app engine preflight " + job.path,
            "unfit",
        )


def _timing_path(spec: ReferenceSpec, parts: EngineIdentity) -> str:
    """One timing cache for each kind of board and version."""
    place = "-".join(part for part in parts.place if part)
    return os.path.join(spec.folder, WORK, "timing-{}.cache".format(place))


def _timing(spec: ReferenceSpec, parts: EngineIdentity) -> Optional[bytes]:
    try:
        with open(_timing_path(spec, parts), "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _manifest(spec: ReferenceSpec, job: BuildJob, own: Reference, data: bytes, seconds: float) -> EngineManifest:
    model = OnnxNetwork(job.path, "cpu", spec.threads)
    build = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "host": platform.node(),
        "seconds": round(seconds, 3),
        "workspace_mb": spec.workspace_mb,
        "python": platform.python_version(),
        "app": VERSION,
        "calibration": own.sets,
    }
    return EngineManifest(
        own.parts,
        files.sha256_of(data),
        len(data),
        os.path.basename(job.path),
        dict(model.metadata),
        list(model.inputs),
        list(model.outputs),
        precision_plan.to_json(job.plan) if job.plan is not None else None,
        {},
        build,
    )


def _checked(
    spec: ReferenceSpec, job: BuildJob, own: Reference, manifest: EngineManifest, data: bytes
) -> EngineManifest:
    """With the verdict of reading the calibration images by the engine. Raises BuildError (text-changed)."""
    start = time.monotonic()
    engine = target.module_of(spec.target).load(data, manifest)
    watched = Watched(engine, OnnxNetwork(job.path, "cpu", spec.threads))
    texts = comparison.texts(job, own.items, watched, spec.threads)
    verdict = comparison.verdict(own.texts, texts, watched)
    comparison.refuse_changes(job, verdict, own.items, own.texts, texts)
    check = {
        "against": "the model by ONNX Runtime in fp32",
        "samples": verdict.samples,
        "changed": len(verdict.changed),
        "largest_error": verdict.largest_error,
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    build = dict(manifest.build, check_seconds=round(time.monotonic() - start, 3), peak_mb=peak)
    return manifest._replace(check=check, build=build)


_STEPS: Dict[str, Callable[[ReferenceSpec], Dict[str, Any]]] = {"measure": measure, "make": make}


def _die_with_parent() -> None:
    """A build whose parent was killed must not go on beside the next one."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1:
        sys.exit("the parent is gone")


def main(argv: List[str]) -> int:
    """Returns 0, or the exit code of the error that it wrote into the answer."""
    _die_with_parent()
    with open(argv[0], encoding="utf-8") as stream:
        spec = ReferenceSpec(**json.load(stream))
    code = 0
    try:
        answer = _STEPS[spec.step](spec)
    except OcrError as error:
        answer, code = {"error": error.to_json()}, error.exit_code
    files.write_whole(spec.answer, json.dumps(answer).encode("utf-8"))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
