"""Detection and recognition measured separately, with and without TensorRT, as in Tables 9 and 10 of the thesis.

Every exported network runs alone, on one frame or on its usual lines, once with each engine, each time in a process of
its own. What cannot run here is a row with the reason. The table also shows the thesis's times of the same modules:
they were measured on other frames, and on another machine unless this is a Nano.
"""

import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.benchmark.cnn import suite
from ocr_app.benchmark.modules.measure import ENGINES, FOREIGN
from ocr_app.board import environment, validity
from ocr_app.board.usage import snapshot, spent
from ocr_app.core.paths import load_data
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.workers import environments

SCHEMA = "nano-ocr/modules/1"
_NAMES = {"easyocr": "EasyOCR", "paddleocr": "PaddleOCR"}
Report = Callable[[str], None]
Run = Callable[[List[str], int], Dict[str, Any]]


class ModulesRequest(NamedTuple):
    """What to measure. ``frame``: width and height of the detectors' input, px. ``exports``: folder of the exports."""

    networks: Sequence[NetworkSpec]
    engines: Sequence[str]
    device: str
    frame: Tuple[int, int]
    runs: int
    threads: int
    exports: str


def measure(request: ModulesRequest, report: Report, run: Optional[Run] = None) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/modules/1``). What cannot run is a row with an error and stops nothing."""
    described, before = environment.describe(), snapshot()
    rows = []
    for spec in request.networks:
        for engine in request.engines:
            report("{} {}".format(spec.name, engine))
            rows.append(_row(spec, engine, request, run or suite.child))
    load: Dict[str, Any] = dict(spent(before, snapshot()))
    later = {
        "clocks": environment.clocks("/"),
        "temperatures_c": environment.temperatures("/"),
        "throttle_count": environment.throttle_count("/"),
    }
    done = [row for row in rows if "ms" in row]
    counts = {"images": len(done), "errors": 0, "inferences": min((row["runs"] for row in done), default=0)}
    reasons = validity.reasons(described, later, load, counts)
    return {
        "schema": SCHEMA,
        "device": request.device,
        "frame": list(request.frame),
        "threads": request.threads,
        "rows": rows,
        "published": published(),
        "valid": not reasons,
        "invalid_reasons": reasons,
        "load": load,
        "environment": dict(described, after=later),
    }


def published() -> List[Dict[str, Any]]:
    """The thesis's times of modules (data/published.json)."""
    return load_data("published.json")["modules"]  # type: ignore[no-any-return]


def shape_of(spec: NetworkSpec, frame: Tuple[int, int]) -> Tuple[int, ...]:
    """A detector's input for a frame, both sides rounded up to what it accepts; a recogniser's usual input."""
    if spec.part != "detector":
        return spec.shape
    width, height = (-(-side // spec.multiple) * spec.multiple for side in frame)
    return (1, spec.shape[1], height, width)


def _row(spec: NetworkSpec, engine: str, request: ModulesRequest, run: Run) -> Dict[str, Any]:
    shape = shape_of(spec, request.frame)
    row = {"network": spec.name, "reader": spec.reader, "part": spec.part, "engine": engine, "shape": list(shape)}
    python, why_not = _python(spec, engine)
    if why_not:
        return dict(row, error=why_not)
    options = ["--engine", engine, "--device", request.device, "--shape", "x".join(map(str, shape))]
    options += ["--runs", str(request.runs), "--threads", str(request.threads), "--exports", request.exports]
    answer = run([python, "-m", "ocr_app.benchmark.modules.measure", spec.name, *options], request.threads)
    if "ms" in answer:
        answer["ms_each"] = round(answer["ms"] / shape[0], 3)
    return dict(row, **answer)


def _python(spec: NetworkSpec, engine: str) -> Tuple[str, str]:
    """The Python to run the engine in, or the reason why there is none."""
    if engine not in FOREIGN:
        return sys.executable, ""
    if spec.environment is None:
        reason = "its own framework is ONNX Runtime: see that row"
        return "", reason if engine == "original" else "the thesis did not run this network"
    if not environments.exists(spec.environment):
        return "", "the environment {0} is not built: ./inv envs --name {0}".format(spec.environment)
    return environments.path_of(spec.environment), ""


def thesis_ms(reader: str, part: str, engine: str, rows: Sequence[Dict[str, Any]]) -> Optional[float]:
    """The thesis's milliseconds of the same module without ("original") or with TensorRT; None where unknown."""
    name = _NAMES.get(reader.partition(":")[0])
    key = {"original": "gpu_ms"}.get(engine, "tensorrt_ms" if engine != "onnxruntime" else None)
    for row in rows:
        if key is not None and (row["engine"], row["module"]) == (name, part):
            return float(row[key])
    return None


def check_engines(engines: Sequence[str]) -> List[str]:
    """The named engines in their usual order; all of them where none is named."""
    return [engine for engine in ENGINES if engine in engines] or list(ENGINES)
