"""One step of one build, in a process of its own: its memory is freed when it ends, and killing it does no harm.

``python -m ocr_app.engines.building.child REQUEST.json``: the request names the step and the file for the answer.
"measure" reads the calibration images with the model and answers with the identity of the engine to build. "make"
builds the engine, reads the images again with it, and only then stores it in the cache.
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
from ocr_app.engines.building.comparison import ObservedNetwork
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.building.reference import WORK, Reference, StepRequest, job_of, reference
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets import target
from ocr_app.networks import onnx_model
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification import precision_plan
from ocr_app.verification.preflight import rules

_PR_SET_PDEATHSIG = 1


def measure(request: StepRequest) -> Dict[str, Any]:
    """The identity of the engine to build."""
    return {"parts": key.to_json(reference(request, job_of(request)).identity)}


def make(request: StepRequest) -> Dict[str, Any]:
    """Builds, checks, stores. Raises BuildError, ModelError, PrecisionUnavailable, DeviceUnavailable."""
    job = job_of(request)
    expected = reference(request, job)
    identity = expected.identity
    module = target.module_of(request.target)
    _refuse_problems(request, job)
    start = time.monotonic()
    timing = _timing_cache(request, identity)
    compiled = module.make(target.CompileRequest(job, identity.profile, request.workspace_mb, timing))
    seconds = time.monotonic() - start
    if compiled.timing is not None:
        files.write_whole(_timing_path(request, identity), compiled.timing)
    manifest = _manifest(request, job, expected, compiled.data, seconds)
    manifest = _checked(request, job, expected, manifest, compiled.data)
    name = Cache(request.folder).store(manifest, compiled.data)
    return {"name": name, "notes": compiled.notes, "check": manifest.check}


def _refuse_problems(request: StepRequest, job: BuildJob) -> None:
    """Raises BuildError (unfit) for what TensorRT's parser is known to refuse, before that has cost any time."""
    problems = rules.refusals(onnx_model.load(job.path)) if request.target == "tensorrt" else []
    if problems:
        raise BuildError(
            "TensorRT would refuse {}: {}".format(job.path, "; ".join(problems)),
            "a model that its parser accepts",
            "ocr-app engine preflight " + job.path,
            "unfit",
        )


def _timing_path(request: StepRequest, identity: EngineIdentity) -> str:
    """One timing cache per platform."""
    platform_name = "-".join(field for field in identity.platform if field)
    return os.path.join(request.folder, WORK, "timing-{}.cache".format(platform_name))


def _timing_cache(request: StepRequest, identity: EngineIdentity) -> Optional[bytes]:
    try:
        with open(_timing_path(request, identity), "rb") as stream:
            return stream.read()
    except OSError:
        return None


def _manifest(request: StepRequest, job: BuildJob, expected: Reference, data: bytes, seconds: float) -> EngineManifest:
    """The manifest before the check."""
    model = OnnxNetwork(job.path, "cpu", request.threads)
    return EngineManifest(
        identity=expected.identity,
        sha256=files.sha256_of(data),
        size=len(data),
        model=os.path.basename(job.path),
        metadata=dict(model.metadata),
        inputs=list(model.inputs),
        outputs=list(model.outputs),
        plan=precision_plan.to_json(job.plan) if job.plan is not None else None,
        check={},
        build=_build_record(request, expected, seconds),
    )


def _build_record(request: StepRequest, expected: Reference, seconds: float) -> Dict[str, Any]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "host": platform.node(),
        "seconds": round(seconds, 3),
        "workspace_mb": request.workspace_mb,
        "python": platform.python_version(),
        "app": VERSION,
        "calibration": expected.sets,
    }


def _checked(
    request: StepRequest, job: BuildJob, expected: Reference, manifest: EngineManifest, data: bytes
) -> EngineManifest:
    """The manifest, with the result of reading the calibration images with the engine.

    Raises BuildError (text-changed).
    """
    start = time.monotonic()
    engine = target.module_of(request.target).load(data, manifest)
    observed = ObservedNetwork(engine, OnnxNetwork(job.path, "cpu", request.threads))
    texts = comparison.texts(job, expected.items, observed, request.threads)
    result = comparison.check(expected.texts, texts, observed)
    comparison.refuse_changes(job, result, expected.items, expected.texts, texts)
    check = {
        "against": "the model by ONNX Runtime in fp32",
        "samples": result.samples,
        "changed": len(result.changed),
        "largest_error": result.largest_error,
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    build = dict(manifest.build, check_seconds=round(time.monotonic() - start, 3), peak_mb=peak)
    return manifest._replace(check=check, build=build)


_STEPS: Dict[str, Callable[[StepRequest], Dict[str, Any]]] = {"measure": measure, "make": make}


def _die_with_parent() -> None:
    """A build whose parent was killed must not continue while the next one runs."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == 1:
        sys.exit("the parent process has ended")


def main(argv: List[str]) -> int:
    """Returns 0, or the exit code of the error that it wrote into the answer."""
    _die_with_parent()
    with open(argv[0], encoding="utf-8") as stream:
        request = StepRequest(**json.load(stream))
    code = 0
    try:
        answer = _STEPS[request.step](request)
    except OcrError as error:
        answer, code = {"error": error.to_json()}, error.exit_code
    files.write_whole(request.answer, json.dumps(answer).encode("utf-8"))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
