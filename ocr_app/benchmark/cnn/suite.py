"""Whether this Nano is as fast as a Nano should be: known networks against published figures (torch2trt-nano.json).

Each network and engine runs in a process of its own, while tegrastats records temperatures, clocks and power. A board
is as fast as it should be when the median over its TensorRT rows is within the table's tolerance of the published
figures. Reasons not to trust the comparison (another power mode, clocks not locked, throttling) are listed first.
"""

import json
import subprocess
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from ocr_app.benchmark.cnn.measure import ENGINES
from ocr_app.board import environment, nano
from ocr_app.board.usage import snapshot, spent
from ocr_app.board.validity import HOT_C, MAX_OTHER_CORES, MAXIMAL_POWER_MODES, MIN_CLOCK_SHARE
from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data
from ocr_app.workers.environments import child_environ

SCHEMA = "nano-ocr/cnn/1"
TIMEOUT_S = 1800
"""For one network and engine; building a vgg16 on a Nano takes minutes."""

ENGINES_OF: Dict[str, List[str]] = {"cpu": ["pytorch"], "cuda": list(ENGINES)}
"""The engines that a device has."""

Report = Callable[[str], None]
Run = Callable[[List[str], int], Dict[str, Any]]


class CnnRequest(NamedTuple):
    """What to measure. ``runs``: how many in succession, and again one by one."""

    networks: Sequence[str]
    device: str
    engines: Sequence[str]
    runs: int
    threads: int


def table() -> Dict[str, Any]:
    """The published table, with its source."""
    return load_data("torch2trt-nano.json")  # type: ignore[no-any-return]


def select(names: Sequence[str]) -> List[str]:
    """The networks called ``names``; the usual ones where that is empty. Raises UsageError."""
    rows = table()["networks"]
    unknown = sorted(set(names) - {row["network"] for row in rows})
    if unknown:
        known = ", ".join(row["network"] for row in rows)
        raise UsageError("no published figure for {}".format(", ".join(unknown)), known, "ocr-app benchmark cnn --help")
    return [row["network"] for row in rows if row["network"] in names or (row["usual"] and not names)]


def check(
    request: CnnRequest,
    report: Report,
    run: Optional[Run] = None,
    board: nano.Command = nano.call,
    root: str = "/",
    watch: Callable[[], nano.TegrastatsWatch] = nano.TegrastatsWatch,
) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/cnn/1``).

    Raises DeviceUnavailable for CUDA on a machine that is not a Nano, or on a Nano whose tools do not answer.
    """
    is_nano = request.device == "cuda"
    name = nano.require_nano(root) if is_nano else nano.board_name(root)
    before = nano.state(board) if is_nano else None
    described, start = environment.describe(root), snapshot()
    rows = [
        _row(network, engine, request, report, run or child, watch)
        for network in request.networks
        for engine in request.engines
    ]
    after = nano.state(board) if is_nano else None
    load = spent(start, snapshot())
    record: Dict[str, Any] = {
        "schema": SCHEMA,
        "board": name,
        "device": request.device,
        "table": {key: table()[key] for key in ("source", "input", "precision", "tolerance")},
        "state": {"before": before, "after": after},
        "rows": rows,
        "load": load,
        "environment": described,
    }
    record["against"] = against(record)
    record["verdict"] = verdict(record)
    return record


def _row(
    network: str, engine: str, request: CnnRequest, report: Report, run: Run, watch: Callable[[], nano.TegrastatsWatch]
) -> Dict[str, Any]:
    report("{} {}".format(network, engine))
    options = [network, "--device", request.device, "--engine", engine, "--runs", str(request.runs)]
    command = [sys.executable, "-m", "ocr_app.benchmark.cnn.measure", *options, "--threads", str(request.threads)]
    if request.device == "cuda":
        with watch() as seen:
            answer = run(command, request.threads)
        answer["tegrastats"] = nano.summary(seen.lines)
    else:
        answer = run(command, request.threads)
    published = next(row for row in table()["networks"] if row["network"] == network)
    comparable = request.device == "cuda" and "fps" in answer
    figures = {"fps": published["fps"][engine], "ms": published["ms"][engine]} if comparable else None
    share = round(answer["fps"] / figures["fps"], 3) if figures else None
    return dict(answer, network=network, engine=engine, published=figures, share=share)


def child(command: List[str], threads: int, timeout_s: float = TIMEOUT_S) -> Dict[str, Any]:
    """What a measuring process printed; ``{"error": message}`` for one that failed, hung, or was killed."""
    try:
        done = subprocess.run(
            command,
            env=child_environ(threads),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"error": "not finished after {:.0f} s".format(timeout_s)}
    try:
        answer = json.loads(done.stdout.decode("utf-8").strip().splitlines()[-1])
    except (ValueError, IndexError):
        answer = None
    if isinstance(answer, dict):
        return answer
    return {"error": _failure(done.returncode, done.stderr.decode("utf-8", "replace"))}


def _failure(code: int, output: str) -> str:
    if code < 0:
        return "killed by signal {} (9 on a Nano: out of memory)".format(-code)
    return "ended with exit code {}: {}".format(code, " ".join(output.strip().splitlines()[-1:]))


def against(record: Dict[str, Any]) -> List[str]:
    """Reasons not to compare these times with the table, as text; only for a Nano."""
    if record["device"] != "cuda":
        return []
    found = []
    state = record["state"]["before"]
    if state["power_mode"] not in MAXIMAL_POWER_MODES:
        found.append("power mode {}, not {}: nvpmodel -m 0".format(state["power_mode"], ", ".join(MAXIMAL_POWER_MODES)))
    unlocked = sorted(set(state["unlocked"]) | set(record["state"]["after"]["unlocked"]))
    if unlocked:
        found.append("clocks not locked ({}): jetson_clocks".format(", ".join(unlocked)))
    found += _throttling(record["rows"], state["clocks_mhz"]["GPU"][2])
    other = record["load"].get("other_cores")
    if other is not None and other > MAX_OTHER_CORES:
        found.append("other programs kept {:.2f} cores busy".format(other))
    return found


def _throttling(rows: Sequence[Dict[str, Any]], gpu_mhz: float) -> List[str]:
    """Heat, and a GPU clock that fell below its maximum while the GPU was busy."""
    samples = [row["tegrastats"] for row in rows if row.get("tegrastats")]
    hottest = max((seen["hottest_c"] for seen in samples if seen["hottest_c"] is not None), default=None)
    slowest = min((seen["least_busy_gpu_mhz"] for seen in samples if seen["least_busy_gpu_mhz"]), default=None)
    found = []
    if hottest is not None and hottest >= HOT_C:
        found.append("hottest zone at {:.1f} degrees, throttling starts near 97".format(hottest))
    if slowest is not None and slowest < MIN_CLOCK_SHARE * gpu_mhz:
        found.append("the busy GPU fell to {} of {:.0f} MHz: throttled".format(slowest, gpu_mhz))
    return found


def verdict(record: Dict[str, Any]) -> Dict[str, Any]:
    """``as_it_should``: True, False, or None where there is nothing to compare with; ``words``: the reason."""
    shares = {engine: [row["share"] for row in record["rows"] if row["engine"] == engine and row["share"] is not None]
              for engine in ENGINES}  # fmt: skip
    judged = shares["tensorrt"] or shares["pytorch"]
    if not judged:
        why = "no published figure to compare with" if record["device"] == "cpu" else "nothing could be measured"
        return {"as_it_should": None, "median_share": None, "words": why}
    median, tolerance = float(np.median(judged)), record["table"]["tolerance"]
    failed = [row["network"] for row in record["rows"] if "error" in row]
    good = median >= 1.0 - tolerance and not failed
    reason = "the median network reaches {:.0%} of the published speed".format(median)
    reason += "; at least {:.0%} is expected".format(1.0 - tolerance)
    if median > 1.0 + tolerance:
        reason += "; it is faster than published, which a newer TensorRT can explain"
    if failed:
        reason += "; not measured: {}".format(", ".join(sorted(set(failed))))
    return {"as_it_should": good, "median_share": round(median, 3), "words": reason}
