"""`./inv replay measure`: what a replay costs beside a plain loop, and whether it finds every change and loses nothing.

All ways read the same drawn pictures under the same recipe, one CPU thread each, and take turns round by round. The
other checks use more pictures: two recipes whose differences are known, reading processes that are killed at random,
and a replay that is killed as a whole and goes on.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core.errors import ReplayMeasureError
from fleet.core.files import ROOT, write_whole
from fleet.core.pages import write_record
from fleet.environments.steps import python_of
from fleet.replays import known, results
from fleet.replays.dask import LoopbackCluster
from ocr_app import recipes
from ocr_app.board import environment
from ocr_app.opening.library import open_library
from ocr_app.replay.summary import kind_of_row

FOLDER = ROOT / "build" / "replay-measure"
TIMED = 60  # pictures of one timed run
KILLS = 8
_MACHINE = ("cpu", "system", "arch", "threads", "python")
_SEED = 2026
_KILL_S = 1.5  # between two kills
_PROGRAM = b"ocr_app.replay.program"


def run(pictures: int, rounds: int, publish: bool, folder: Path = FOLDER) -> int:
    """Measure, and write the page. Raises ReplayMeasureError where a change is not found, or a picture is lost."""
    shutil.rmtree(folder, ignore_errors=True)
    changes = known.write_pictures(folder / "pictures", pictures)
    known.write_pictures(folder / "timed", TIMED)
    present, changed = known.write_recipes(folder)
    write_results(read_plainly(folder / "timed", present), folder)
    record = {
        "schema": "nano-ocr/replay-measure/1",
        "command": f"./inv replay measure --pictures {pictures} --rounds {rounds}",
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": {name: value for name, value in environment.describe().items() if name in _MACHINE},
        "timed_pictures": TIMED,
        "ways": measure_ways(folder, changed, rounds),
        "checks": check_all(folder, present, changed, changes),
    }
    page = results.page(record)
    print(page)
    write_record(folder, "replay", record, page)
    if publish:
        write_record(ROOT / "docs" / "results", "replay", record, page)
    return 0


def read_plainly(folder: Path, recipe: Path) -> dict[str, Any]:
    """The plain loop: one reader in this process, one picture after the other."""
    found, times = [], []
    with open_library(recipe=recipes.load(str(recipe)), threads=1) as reader:
        for path in sorted(folder.iterdir()):
            start = time.monotonic()
            reading = reader.read(str(path))
            times.append(time.monotonic() - start)
            found.append(
                {"image": str(path), "verdict": reading.verdict, "text": reading.text, "reasons": list(reading.reasons)}
            )
    warm = times[len(times) // 3 :]
    return {"results": found, "per_second": len(warm) / sum(warm), "ms": 1000 * statistics.mean(warm)}


def write_results(plain: dict[str, Any], folder: Path) -> None:
    """results.jsonl, which the timed replays compare with."""
    write_whole(folder / "results.jsonl", "".join(json.dumps(each) + "\n" for each in plain["results"]))


def command(folder: Path, out: str, source: str, against: Path, *more: str, python: Path | None = None) -> list[str]:
    """`ocr-app replay` of the pictures in ``source``, one thread for each reading."""
    words = [str(python or sys.executable), "-m", "ocr_app", "replay", str(folder / source), "--against", str(against)]
    return [*words, "--out", str(folder / out), "--threads", "1", "--most-pictures", "1", *more]


def start(words: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a replay in a session of its own, with Ctrl-C as a terminal gives it."""
    with log.open("ab") as stream:
        return subprocess.Popen(
            words,
            cwd=ROOT,
            env=dict(os.environ, PYTHONPATH=str(ROOT)),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )


def replayed(words: list[str], folder: Path, out: str) -> dict[str, Any]:
    """Run a replay to its end; returns report.json. Raises ReplayMeasureError where it fails."""
    code = start(words, folder / f"{out}.log").wait()
    if code:
        raise ReplayMeasureError(f"a replay ended with {code}", "exit code 0", str(folder / f"{out}.log"))
    return report_of(folder / out)


def report_of(out: Path) -> dict[str, Any]:
    """report.json of a replay."""
    found: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return found


def rows_of(out: Path) -> list[dict[str, Any]]:
    """The rows of a replay, in the order in which they were written."""
    return [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def measure_ways(folder: Path, recipe: Path, rounds: int) -> list[dict[str, Any]]:
    """Every way, round by round."""
    ways: dict[str, list[dict[str, float]]] = {name: [] for name in results.WAYS}
    earlier = "--results", str(folder / "results.jsonl")
    for number in range(rounds):
        plain = read_plainly(folder / "timed", recipe)
        ways[results.PLAIN].append({"per_second": plain["per_second"], "ms": plain["ms"]})
        for name, processes in ((results.ONE, 1), (results.TWO, 2)):
            out = f"local-{processes}-{number}"
            words = command(folder, out, "timed", recipe, *earlier, "--processes", str(processes))
            ways[name].append(timed(words, folder, out, processes))
        with LoopbackCluster(folder / f"dask-{number}", workers=2) as cluster:
            out, python = f"cluster-{number}", python_of("cluster", ROOT)
            words = command(folder, out, "timed", recipe, *earlier, "--cluster", cluster.address, python=python)
            ways[results.DASK].append(timed(words, folder, out, 2))
    return [{"name": name, "rounds": found} for name, found in ways.items()]


def timed(words: list[str], folder: Path, out: str, processes: int) -> dict[str, float]:
    """From the first third of the rows to the last row, so that the opening of networks does not count.

    ``ms``: the mean of a picture, with the way to its reading process and back; ``beside_ms``: what a process spends on
    it beyond that.
    """
    replayed(words, folder, out)
    rows = rows_of(folder / out)
    first, *warm = rows[len(rows) // 3 :]
    seconds, reading = warm[-1]["at"] - first["at"], sum(row["ms"] for row in warm)
    return {
        "per_second": len(warm) / seconds,
        "ms": reading / len(warm),
        "beside_ms": (1000 * processes * seconds - reading) / len(warm),
    }


def check_all(folder: Path, present: Path, changed: Path, changes: dict[str, str]) -> list[dict[str, Any]]:
    """The checks, each with what it did. Raises ReplayMeasureError where one fails."""
    found = []
    for name, kind, disturb in (
        ("plain", "nothing is disturbed", wait),
        ("killed", "reading processes are killed at random", kill_readers),
        ("resumed", "the whole replay is killed, and started again", kill_once),
    ):
        words = command(
            folder, name, "pictures", changed, "--present", str(present), "--processes", "2", "--attempts", "8"
        )
        disturbed = _disturbed(words, folder, name, disturb)
        report = replayed(words, folder, name)  # reads nothing where all is read already
        check(name, rows_of(folder / name), changes)
        found.append({"name": name, "what": kind, "kills": disturbed, "pictures": report["pictures"]})
        found[-1].update(kinds=report["kinds"], read_again=report["read_again"])
    return found


def _disturbed(
    words: list[str], folder: Path, name: str, disturb: Callable[[subprocess.Popen[bytes], Path], int]
) -> int:
    process = start(words, folder / f"{name}.log")
    try:
        return disturb(process, folder / name)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait(process: subprocess.Popen[bytes], out: Path) -> int:
    """Disturb nothing; returns 0 kills."""
    process.wait()
    return 0


def kill_readers(process: subprocess.Popen[bytes], out: Path) -> int:
    """Kill reading processes while the replay goes on to its end; returns how many."""
    chance, killed = random.Random(_SEED), 0
    while process.poll() is None:
        time.sleep(_KILL_S * (0.5 + chance.random()))
        readers = reading_pids(process.pid)
        if readers and killed < KILLS and (out / "results.jsonl").is_file():
            os.kill(chance.choice(readers), signal.SIGKILL)
            killed += 1
    return killed


def kill_once(process: subprocess.Popen[bytes], out: Path) -> int:
    """Kill the replay itself when a part of the pictures has its row; returns 1, or 0 where it was too late."""
    while process.poll() is None:
        time.sleep(0.2)
        if (out / "results.jsonl").is_file() and len(rows_whole(out)) > 10:
            process.kill()
            process.wait()
            return 1
    return 0


def rows_whole(out: Path) -> list[str]:
    """The lines that are written whole so far."""
    return (out / "results.jsonl").read_text(encoding="utf-8", errors="replace").split("\n")[:-1]


def reading_pids(parent: int) -> list[int]:
    """The ids of the reading processes of a replay."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            owner = int(path.read_text().rpartition(") ")[2].split()[1])
            words = (path.parent / "cmdline").read_bytes()
        except (OSError, IndexError, ValueError):
            continue  # it has ended
        if owner == parent and _PROGRAM in words:
            found.append(int(path.parent.name))
    return sorted(found)


def check(name: str, rows: list[dict[str, Any]], changes: dict[str, str]) -> None:
    """Every picture has one row, and each change is the known one. Raises ReplayMeasureError."""
    names = [row["name"] for row in rows]
    if sorted(names) != sorted(changes):
        doubled = sorted({each for each in names if names.count(each) > 1})
        raise ReplayMeasureError(f"{name}: {len(names)} rows, doubled {doubled}", f"one for each of {len(changes)}")
    wrong = {row["name"]: kind_of_row(row) for row in rows if kind_of_row(row) != changes[row["name"]]}
    if wrong:
        raise ReplayMeasureError(f"{name}: {wrong}", str({each: changes[each] for each in wrong}))
