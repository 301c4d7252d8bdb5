"""Records made by hand, which fit their schemas: what boards would bring."""

import hashlib
import json
from pathlib import Path

from fleet.campaigns.records import BoardRecords, read_board

APP = "a" * 64
PARTS = [
    {"name": "run__codes__onnxruntime__fp32", "kind": "run", "command": ["benchmark"]},
    {"name": "modules", "kind": "modules", "command": ["benchmark", "modules"]},
    {"name": "cnn", "kind": "cnn", "command": ["benchmark", "cnn"]},
    {"name": "speed__fp32", "kind": "speed", "command": ["speed"]},
]
RUN, MODULES, CNN, SPEED = (part["name"] for part in PARTS)
AVERAGE = {"images": 4, "exact": 0.75, "cer": 0.1, "cer_micro": 0.1, "precision": 0.9, "recall": 0.8}
CLOCKS = {"min": 1479.0, "cur": 1479.0, "max": 1479.0, "governor": "schedutil", "locked": True}
TEXTS = ("EXP 01", "EXP 02", "EXP 03", "EXP 04")


def environment():
    return {
        "machine": "Jetson Nano", "cpu": "Cortex-A57", "cores": 4, "threads": 4, "ram_mb": 3964, "kernel": "4.9",
        "system": "Ubuntu", "arch": "aarch64", "python": "3.6.9", "libraries": {}, "l4t": "32.7.6",
        "power_mode": "MAXN", "clocks": CLOCKS, "temperatures_c": {}, "throttle_count": None,
        "app": {"version": "1", "sha256": APP},
        "after": {"clocks": CLOCKS, "temperatures_c": {}, "throttle_count": None},
    }  # fmt: skip


LOAD = {"wall_s": 1.0, "cpu_s": 1.0, "own_cores": 1.0, "other_cores": 0.0, "load_before": None, "load_after": None}


def doubt(code):
    return {"code": code, "scope": "times", "found": 1, "limit": 0}


def run(ms=100.0, texts=TEXTS, doubts=(), exact=0.75, engine="onnxruntime 1.10.0", dataset="c" * 64):
    """A run: the median of its times, what was read, reasons against it."""
    summary = {"n": 4, "median": ms, "p95": None, "p99": None, "mean": ms, "std": 1.0, "min": ms, "max": ms}
    images = [
        {"id": f"{number:03}", "truth": text, "lines": [{"text": text, "confidence": 1.0}], "ms": {"total": [ms, ms]},
         "scores": {}, "line_count": None, "stable": True, "error": None}
        for number, text in enumerate(texts)
    ]  # fmt: skip
    return {
        "schema": "nano-ocr/run/1", "created": "2026-11-30T06:00:00Z", "session": None,
        "dataset": {"name": "nano-codes-100", "format": "nano-codes", "images": len(images), "sha256": dataset},
        "reader": {"asked": "codes", "name": "codes", "engine": engine, "device": "cpu", "precision": "fp32",
                   "threads": 2, "engines": "onnxruntime"},
        "settings": {"preprocess": "raw", "crop": "box", "layout": None, "warm_up": 1, "repeat": 1},
        "valid": not doubts, "invalid_reasons": [doubt(code) for code in doubts], "environment": environment(),
        "load": LOAD, "memory_mb": {"self": 1.0, "child": None, "reader": None},
        "counts": {"images": len(images), "errors": 0, "inferences": len(images), "unstable": 0},
        "scores": {name: {**AVERAGE, "exact": exact} for name in ("notebook", "nospace")}, "line_scores": None,
        "confusions": [], "by_tag": {}, "latency_ms": {"total": summary}, "images_per_s": 10.0, "images": images,
    }  # fmt: skip


def modules(ms=20.0, doubts=(), error=""):
    rows = [
        {"network": "codes-detector", "reader": "codes:v1", "part": "detector", "engine": "onnxruntime",
         "shape": [1, 1, 480, 640], "ms": ms, "p95_ms": ms, "ms_each": ms, "runs": 30, "with": "onnxruntime 1.10.0"},
        {"network": "codes-recogniser", "reader": "codes:v1", "part": "recogniser", "engine": "onnxruntime",
         "shape": [3, 1, 32, 320], "ms": ms / 2, "p95_ms": ms, "ms_each": ms / 6, "runs": 30,
         "with": "onnxruntime 1.10.0"},
    ]  # fmt: skip
    lost = [{key: row[key] for key in ("network", "reader", "part", "engine")} for row in rows]
    return {
        "schema": "nano-ocr/modules/1", "device": "cpu", "frame": [640, 480], "threads": 2,
        "rows": [{**row, "error": error} for row in lost] if error else rows, "published": [],
        "valid": not doubts, "invalid_reasons": [doubt(code) for code in doubts], "load": LOAD,
        "environment": environment(),
    }  # fmt: skip


def cnn(ms=10.0, against=()):
    row = {"network": "resnet18", "engine": "tensorrt", "precision": "fp16", "fps": 1000 / ms, "ms": ms,
           "published": {"fps": 90.0, "ms": 11.0}, "share": 1.1}  # fmt: skip
    return {
        "schema": "nano-ocr/cnn/1", "board": "Jetson Nano", "device": "cuda",
        "table": {"source": {}, "input": "1x3x224x224", "precision": "fp16", "tolerance": 0.1},
        "state": {"before": None, "after": None}, "rows": [row], "load": LOAD, "environment": environment(),
        "against": list(against),
        "verdict": {"as_it_should": True, "median_share": 1.1, "words": "the median network reaches 110%"},
    }  # fmt: skip


def speed(lines_per_s=50.0, doubts=()):
    rates = {"lines_per_s": lines_per_s, "least": lines_per_s, "most": lines_per_s, "first_is_faster_by": 1.0}
    kinds = {"whole": {"codes": rates}, "recognise": {"codes": None}}
    return {
        "schema": "nano-ocr/speed/1", "datasets": [{"name": "nano-codes-100", "sha256": "c" * 64}], "crops": 8,
        "rounds": 5, "threads": 2, "readers": [{"reader": "codes", "engine": "onnxruntime 1.10.0"}],
        "batches": {"1": kinds, "3": kinds}, "valid": not doubts,
        "invalid_reasons": [doubt(code) for code in doubts], "load": LOAD, "environment": environment(),
    }  # fmt: skip


def state(mode="MAXN", unlocked=(), over_current=0, throttle_count=None):
    tools = {"power_mode": mode, "power_mode_id": 0, "clocks_mhz": {"GPU": [921.6, 921.6, 921.6]},
             "unlocked": list(unlocked)}  # fmt: skip
    return {
        "at": "2026-11-30T06:00:00Z", "tools": tools, "why_no_tools": None, "cpu": CLOCKS, "temperatures_c": {},
        "throttle_count": throttle_count, "cooling": {},
        "supply": {"rails_mv": {"POM_5V_IN": 5050}, "over_current": over_current},
    }  # fmt: skip


def during(**more):
    stats = {"samples": 3, "hottest_c": 51.5, "least_busy_gpu_mhz": 921, "mean_power_mw": 5200, "most_power_mw": 7100}
    own = {"samples": 3, "hottest_c": 50.0, "most_cooling": 0, "least_cpu_mhz": 1479.0, "least_input_mv": 5050}
    stats.update((key, more.pop(key)) for key in list(more) if key in stats and key != "samples" and key not in own)
    return {**own, **more, "tegrastats": stats}


def entry(part, status="done", found=None, sha256=None, **more):
    own = {
        "name": part["name"], "kind": part["kind"], "command": ["ocr-app", *part["command"]], "kept": False,
        "key": "b" * 64, "began": "2026-11-30T06:00:00Z", "before": state(), "during": during(), "after": state(),
        "seconds": 12.0, "sha256": sha256, "exit_code": 0 if status == "done" else 4, "status": status, "found": found,
    }  # fmt: skip
    return {**own, **more}


def board_record(host, entries, model="NVIDIA Jetson Nano Developer Kit", virtual=None, app=APP, **more):
    about = {
        "model": model, "virtual": virtual, "l4t": "32.7.6", "cpu": "Cortex-A57", "arch": "aarch64", "cores": 4,
        "threads": 4, "ram_mb": 3964, "kernel": "4.9", "system": "Ubuntu", "python": "3.6.9",
        "app": {"version": "1", "sha256": app},
    }  # fmt: skip
    record = {
        "schema": "nano-ocr/board-campaign/1", "campaign": "one", "host": host, "began": "2026-11-30T06:00:00Z",
        "ended": "2026-11-30T07:00:00Z", "board": about, "stopped": ["nano-ocr.service"], "before": state(),
        "after": state(), "planned": [part["name"] for part in PARTS], "parts": entries,
    }  # fmt: skip
    return {**record, **more}


def whole(**records):
    """Part -> record: a board that measured everything; parts can be replaced, or left out with None."""
    made = {RUN: run(), MODULES: modules(), CNN: cnn(), SPEED: speed(), **records}
    return {name: record for name, record in made.items() if record is not None}


def board(host, records=None, entries=None, **more):
    """A board as it is read from its folder. ``entries``: part -> what is different in its entry."""
    records = whole() if records is None else records
    own = [entry(part, **(entries or {}).get(part["name"], {})) for part in PARTS if part["name"] in records]
    return BoardRecords(host, board_record(host, own, **more), dict(records))


def write_board(folder: Path, host, records=None, entries=None, **more):
    """The same as files; returns what is read from them."""
    records = whole() if records is None else records
    target = folder / host
    target.mkdir(parents=True, exist_ok=True)
    (target / "asked.json").write_text(json.dumps({"host": host}))
    digests = {}
    for name, record in records.items():
        text = json.dumps(record)
        (target / f"{name}.json").write_text(text)
        digests[name] = hashlib.sha256(text.encode()).hexdigest()
    own = [
        entry(part, sha256=digests[part["name"]], **(entries or {}).get(part["name"], {}))
        for part in PARTS
        if part["name"] in records
    ]
    (target / "board.json").write_text(json.dumps(board_record(host, own, **more)))
    return read_board(target)
