"""Detection and recognition apart, with and without TensorRT: the form of the thesis's Tables 9 and 10.

Every exported network is run alone, on one frame or on its usual lines, once with each engine; each in a process of its
own. What cannot run here is a row with the reason. The thesis's own times, of EasyOCR's modules on its Nano, stand
beside: they are of other frames, and of another machine unless this is a Nano.
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
Say = Callable[[str], None]
Run = Callable[[List[str], int], Dict[str, Any]]


class ModulesRequest(NamedTuple):
    """What to measure. ``frame``: width and height that detectors are given, px. ``exports``: folder of the exports."""

    networks: Sequence[NetworkSpec]
    engines: Sequence[str]
    device: str
    frame: Tuple[int, int]
    runs: int
    threads: int
    exports: str


def measure(wanted: ModulesRequest, say: Say, run: Optional[Run] = None) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/modules/1``); never stops at what cannot run."""
    described, before = environment.describe(), snapshot()
    rows = []
    for entry in wanted.networks:
        for engine in wanted.engines:
            say("{} {}".format(entry.name, engine))
            rows.append(_row(entry, engine, wanted, run or suite.child))
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
        "device": wanted.device,
        "frame": list(wanted.frame),
        "threads": wanted.threads,
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


def shape_of(entry: NetworkSpec, frame: Tuple[int, int]) -> Tuple[int, ...]:
    """A detector's input for a frame, both sides rounded up to what it takes; a recogniser's usual one."""
    if entry.part != "detector":
        return entry.shape
    width, height = (-(-side // entry.multiple) * entry.multiple for side in frame)
    return (1, entry.shape[1], height, width)


def _row(entry: NetworkSpec, engine: str, wanted: ModulesRequest, run: Run) -> Dict[str, Any]:
    shape = shape_of(entry, wanted.frame)
    row = {"network": entry.name, "reader": entry.reader, "part": entry.part, "engine": engine, "shape": list(shape)}
    python, why_not = _python(entry, engine)
    if why_not:
        return dict(row, error=why_not)
    words = ["--engine", engine, "--device", wanted.device, "--shape", "x".join(map(str, shape))]
    words += ["--runs", str(wanted.runs), "--threads", str(wanted.threads), "--exports", wanted.exports]
    answer = run([python, "-m", "ocr_app.benchmark.modules.measure", entry.name, *words], wanted.threads)
    if "ms" in answer:
        answer["ms_each"] = round(answer["ms"] / shape[0], 3)
    return dict(row, **answer)


def _python(entry: NetworkSpec, engine: str) -> Tuple[str, str]:
    """The Python to run it in, or why there is none."""
    if engine not in FOREIGN:
        return sys.executable, ""
    if entry.environment is None:
        own = "its own framework is ONNX Runtime: see that row"
        return "", own if engine == "original" else "the thesis did not run this network"
    if not environments.exists(entry.environment):
        return "", "the environment {0} is not built: ./inv envs --name {0}".format(entry.environment)
    return environments.path_of(entry.environment), ""


def thesis_ms(entry_reader: str, part: str, engine: str, rows: Sequence[Dict[str, Any]]) -> Optional[float]:
    """The thesis's milliseconds of the same module without TensorRT ("original") and with it, None where unknown."""
    name = _NAMES.get(entry_reader.partition(":")[0])
    key = {"original": "gpu_ms"}.get(engine, "tensorrt_ms" if engine != "onnxruntime" else None)
    for row in rows:
        if key is not None and (row["engine"], row["module"]) == (name, part):
            return float(row[key])
    return None


def check_engines(engines: Sequence[str]) -> List[str]:
    """All of them where none is named, in their order."""
    return [engine for engine in ENGINES if engine in engines] or list(ENGINES)
