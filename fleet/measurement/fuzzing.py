"""`./inv fuzz`: hostile inputs for whatever reads from outside; each is accepted, or refused by its own error."""

from __future__ import annotations

import json
import logging
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fleet.core.errors import FuzzingFound
from fleet.core.files import ROOT
from fleet.measurement.fuzz_targets import TARGETS, Target
from ocr_app.core.errors import OcrError

SLOW_S = 10.0  # one input that takes longer is a finding
_MOST = 20  # findings of a target that are written down


@dataclass
class Tally:
    """What came of one target. ``findings``: the exception or the time, and the file with the input."""

    cases: int = 0
    accepted: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    seconds: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)


def run(minutes: float, seed: int = 0, only: list[str] | None = None, out: Path | None = None) -> int:
    """Fuzz the targets in turns, a second each; returns 0. Raises FuzzingFound when something was found."""
    tallies = {name: Tally() for name in TARGETS if only is None or name in only}
    started, chances = time.monotonic(), {name: random.Random(f"{seed}-{name}") for name in tallies}
    with tempfile.TemporaryDirectory() as folder:
        opened = {name: TARGETS[name](Path(folder)) for name in tallies}
        logger = logging.getLogger("ocr_app")
        level = logger.level
        logger.setLevel(logging.CRITICAL)  # each refusal would be logged
        try:
            for name in _turns(list(tallies), started + 60.0 * minutes):
                _turn(name, opened[name], chances[name], tallies[name])
        finally:
            logger.setLevel(level)
            for target in opened.values():
                target.close()
    record = {
        "schema": "nano-ocr/fuzz/1",
        "command": f"./inv fuzz --minutes {minutes:g} --seed {seed}" + (f" --only {','.join(only)}" if only else ""),
        "python": sys.version.split()[0],
        "seconds": round(time.monotonic() - started, 1),
        "targets": {name: asdict(tally) for name, tally in tallies.items()},
    }
    if out is not None:
        out.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(table(record), flush=True)
    found = sum(len(tally.findings) for tally in tallies.values())
    if found:
        raise FuzzingFound(f"{found} inputs were neither accepted nor refused properly", "none", "see build/fuzz/")
    return 0


def _turns(names: list[str], until: float) -> Iterator[str]:
    while time.monotonic() < until:
        yield from names


def _turn(name: str, target: Target, chance: random.Random, tally: Tally) -> None:
    """Cases of one target for a second."""
    start = time.monotonic()
    while time.monotonic() - start < 1.0:
        case, before = target.make(chance), time.monotonic()
        _judge(name, case, lambda case=case: target.try_(case), tally)  # type: ignore[misc]
        took = time.monotonic() - before
        tally.slowest_s = round(max(tally.slowest_s, took), 3)
        if took > SLOW_S:
            _write_down(name, case, f"took {took:.1f} s", tally)
    tally.seconds = round(tally.seconds + time.monotonic() - start, 1)


def _judge(name: str, case: bytes, attempt: Callable[[], str], tally: Tally) -> None:
    tally.cases += 1
    try:
        reason = attempt()
    except OcrError as error:
        reason = f"{type(error).__name__}:{error.code}"
    except Exception as error:  # this is what is looked for
        _write_down(name, case, f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-3)}", tally)
        return
    if reason:
        tally.refused += 1
        tally.reasons[reason] = tally.reasons.get(reason, 0) + 1
    else:
        tally.accepted += 1


def _write_down(name: str, case: bytes, what: str, tally: Tally) -> None:
    if len(tally.findings) < _MOST:
        folder = ROOT / "build" / "fuzz"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}-{len(tally.findings)}"
        file.write_bytes(case)
        print(f"{name}: {file}: {what}", file=sys.stderr, flush=True)
        tally.findings.append({"what": what.splitlines()[0], "file": str(file.relative_to(ROOT))})


def table(record: dict[str, Any]) -> str:
    """The figures as a table in Markdown."""
    rows = ["| target | cases | accepted | refused | found | slowest s |", "|---|---|---|---|---|---|"]
    for name, tally in sorted(record["targets"].items()):
        figures = f"{tally['cases']:,} | {tally['accepted']:,} | {tally['refused']:,} | {len(tally['findings'])}"
        rows.append(f"| {name} | {figures} | {tally['slowest_s']:.2f} |")
    return "\n".join(rows)
