"""`./inv replay engines`: what engines of clusters cost for each picture, beside the standard library.

Each engine runs in the Python that has it. Two workers do nothing at all for each picture, so that only the way there
and back is measured, with four pictures under way as in a replay.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from datetime import datetime, timezone
from typing import Any

from fleet.core.errors import ReplayMeasureError
from fleet.core.files import ROOT
from fleet.core.pages import format_machine, markdown_table, write_record
from ocr_app.board import environment

TASKS, WINDOW, ROUNDS = 2000, 4, 3
STANDARD = "concurrent.futures"
_MACHINE = ("cpu", "system", "arch", "threads", "python")
_LIMIT_S = 300.0
_COMMON = """
import glob, json, os, sys, time

count, window = int(sys.argv[1]), int(sys.argv[2])
begun = time.monotonic()


def nothing(number):
    return number


def resident_mb():
    "Of this process and of all below it: memory that several share is divided among them."
    parents, total = {}, 0.0
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as stream:
                parents[int(path.split("/")[2])] = int(stream.read().rpartition(") ")[2].split()[1])
        except OSError:
            pass
    for process in parents:
        above = process
        while above not in (0, os.getpid()):
            above = parents.get(above, 0)
        if above:
            try:
                with open("/proc/%d/smaps_rollup" % process) as stream:
                    total += sum(float(line.split()[1]) for line in stream if line.startswith("Pss:")) / 1000.0
            except OSError:
                pass
    return total


def drive(submit, next_done):
    submit(-1)
    next_done()
    started, sent, got = time.monotonic() - begun, 0, 0
    first = time.monotonic()
    while got < count:
        while sent < count and sent - got < window:
            submit(sent)
            sent += 1
        next_done()
        got += 1
    seconds = time.monotonic() - first
    print(json.dumps({"start_s": started, "ms": 1000.0 * seconds / count, "resident_mb": resident_mb()}), flush=True)


if __name__ == "__main__":
"""
_BODIES = {
    STANDARD: """
    from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
    waiting = set()
    with ProcessPoolExecutor(2) as pool:
        def next_done():
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            waiting.discard(done.pop())
        drive(lambda number: waiting.add(pool.submit(nothing, number)), next_done)
""",
    "dask": """
    import distributed
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with distributed.Client(cluster) as client:
            waiting = distributed.as_completed([])
            submit = lambda number: waiting.add(client.submit(nothing, number, pure=False))
            drive(submit, lambda: next(waiting).release())
""",
    "ray": """
    import ray
    ray.init(num_cpus=2, include_dashboard=False, logging_level="error", configure_logging=False)
    remote, waiting = ray.remote(nothing), []
    def next_done():
        done, waiting[:] = ray.wait(waiting, num_returns=1)
    drive(lambda number: waiting.append(remote.remote(number)), next_done)
    ray.shutdown()
""",
}
ENGINES = tuple(_BODIES)


def run(dask: str, ray: str, publish: bool, tasks: int = TASKS, rounds: int = ROUNDS) -> int:
    """Measure the engines whose Pythons are named, and the standard library. Raises ReplayMeasureError."""
    pythons = {STANDARD: sys.executable, "dask": dask, "ray": ray}
    chosen = {name: python for name, python in pythons.items() if python}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in chosen}
    for _ in range(rounds):
        for name, python in chosen.items():
            found[name].append(measure(name, python, tasks))
    named = " ".join(f"--{name} PYTHON" for name in chosen if name != STANDARD)
    record = {
        "schema": "nano-ocr/replay-engines/1",
        "command": f"./inv replay engines {named}".rstrip(),
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": {name: value for name, value in environment.describe().items() if name in _MACHINE},
        "tasks": tasks,
        "engines": [
            {"name": name, **installed(name, python), "rounds": found[name]} for name, python in chosen.items()
        ],
    }
    text = page(record)
    print(text)
    if publish:
        write_record(ROOT / "docs" / "results", "replay-engines", record, text)
    return 0


def measure(name: str, python: str, tasks: int) -> dict[str, float]:
    """One run: seconds until the first answer, milliseconds for each picture, memory of all processes in MB."""
    words = [python, "-c", _COMMON + _BODIES[name], str(tasks), str(WINDOW)]
    path = ROOT / "build" / "replay-engines" / f"run_{name.replace('.', '_')}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words[2], encoding="utf-8")  # workers that are spawned import it
    environ = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0"}
    words[1:3] = [str(path)]
    try:
        done = subprocess.run(
            words, cwd=path.parent, env=environ, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReplayMeasureError(f"{name} does not run: {error}", "the Python that has it", "--dask, --ray") from error
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        told = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise ReplayMeasureError(f"{name} does not run: {told}", "the Python that has it", f"--{name} PYTHON")
    found: dict[str, float] = json.loads(lines[-1])
    return found


_INSTALLED = """
import importlib.metadata as metadata, json, os, sys
wanted, seen, size = [sys.argv[1]], set(), 0
while wanted:
    name = wanted.pop()
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        continue
    if found.metadata["Name"].lower() in seen:
        continue
    seen.add(found.metadata["Name"].lower())
    for entry in found.files or ():
        path = str(found.locate_file(entry))
        size += os.path.getsize(path) if os.path.isfile(path) and not path.endswith(".pyc") else 0
    for line in found.requires or ():
        if "extra ==" not in line:
            wanted.append("".join(sign if sign.isalnum() or sign in "-_." else " " for sign in line).split()[0])
print(json.dumps({"version": metadata.version(sys.argv[1]), "packages": len(seen), "installed_mb": size / 1e6}))
"""
_PACKAGES = {"dask": "distributed", "ray": "ray"}


def installed(name: str, python: str) -> dict[str, Any]:
    """Version, packages and MB on the disk of an engine with all that it requires; nothing for the standard library."""
    if name not in _PACKAGES:
        return {"version": "", "packages": 0, "installed_mb": 0.0}
    words = [python, "-c", _INSTALLED, _PACKAGES[name]]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


_HEAD = """# What engines of clusters cost for each picture

Made by `{command} --publish`; the numbers are in [replay-engines.json](replay-engines.json).
{machine}, Python {python}, {created}.

Two workers on this computer do nothing for each of {tasks} pictures, with {window} under way, as `ocr-app replay`
keeps them: this is the way there and back alone. The engines took turns, {rounds} rounds. Which one was chosen, and
why: [decision 78](../adr/0078-replay-on-dask.md).
"""


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    rows = []
    for each in record["engines"]:
        middle = {key: statistics.median(one[key] for one in each["rounds"]) for key in each["rounds"][0]}
        rows.append([
            f"{each['name']} {each['version']}".rstrip(), f"{middle['ms']:.2f}", f"{middle['start_s']:.1f}",
            f"{middle['resident_mb']:.0f}", str(each["packages"]), f"{each['installed_mb']:.0f}",
        ])  # fmt: skip
    head = ("engine", "ms for each picture", "s to start", "MB of memory", "packages", "MB on the disk")
    machine = record["machine"]
    text = _HEAD.format(
        command=record["command"], machine=format_machine(machine), python=machine["python"], tasks=record["tasks"],
        created=record["created"][:10], window=WINDOW, rounds=len(record["engines"][0]["rounds"]),
    )  # fmt: skip
    return text + "\n" + markdown_table(head, rows) + "\n"
