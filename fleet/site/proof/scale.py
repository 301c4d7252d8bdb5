"""What boards cost: the processor time of a result, the memory of a connection, and what collectors take together."""

from __future__ import annotations

import json
import logging
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from fleet.core.errors import SiteError
from fleet.core.files import ROOT
from fleet.live import usage
from fleet.site.proof.engines import CollectorProcess, raise_file_limit
from fleet.site.proof.faults import ProvedSite
from fleet.site.store import database

log = logging.getLogger(__name__)
CONNECTIONS = (100, 500, 1000, 2000)
COLLECTORS = (1, 2, 4)
_TICKS = os.sysconf("SC_CLK_TCK")
_SETTLE_S, _DRAIN_S = 2.0, 180.0
_LONG_S = 3600
_FILL_HZ = 2500.0


def processor_s(pid: int) -> float:
    """Processor time of a process and all below it, its ended children included, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = sum(map(int, fields[11:15])) / _TICKS
    return own + sum(processor_s(child) for child in usage.children_of(pid))


def memory_kb(pid: int) -> float:
    """What a process alone has in memory, in KiB."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("Private_Dirty:")))


def crowd(port: int, count: int, rate_hz: float, seconds: float, *more: str) -> subprocess.Popen[str]:
    """A crowd of boards as a process (fleet/site/proof/crowd.py)."""
    command = [
        sys.executable, "-m", "fleet.site.proof.crowd", str(port), str(count), f"{rate_hz:g}", f"{seconds:g}", *more
    ]  # fmt: skip
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )


def go(process: subprocess.Popen[str]) -> None:
    """Lets a crowd begin, or end, when all of it is connected. Raises SiteError where it is not."""
    assert process.stdin is not None
    wait_connected(process)
    process.stdin.write("\n")
    process.stdin.flush()


def wait_connected(process: subprocess.Popen[str]) -> None:
    """Raises SiteError where the crowd ends instead."""
    assert process.stdout is not None
    if process.stdout.readline().strip() != "connected":
        raise SiteError(f"the simulated boards ended with {process.wait()}", "boards that connect", "see above")


def ended(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a crowd did that has begun. Raises SiteError where it failed."""
    said, _ = process.communicate()
    if process.returncode or not said.strip():
        raise SiteError(f"the simulated boards ended with {process.returncode}", "a record", "see above")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def _pid(site: ProvedSite) -> int:
    pid = site.broker.pid
    if pid is None:
        raise SiteError("the broker does not run", "a broker", str(site.folder))
    return pid


def connections(folder: Path, counts: tuple[int, ...], rate_hz: float, seconds: float) -> list[dict[str, Any]]:
    """For each number of connections the same load: what a result costs everyone, and a connection the broker."""
    raise_file_limit()
    rows = []
    for count in counts:
        with ProvedSite(folder, collectors=1) as site:
            empty = memory_kb(_pid(site))
            held = crowd(site.broker.port, count, 0.0, 0.0)
            wait_connected(held)
            each = (memory_kb(_pid(site)) - empty) / count
            held.communicate("\n")
            rows.append({"connections": count, "memory_kb": round(each, 2), **_load(site, count, rate_hz, seconds)})
            log.info("%s", rows[-1])
    return rows


def _load(site: ProvedSite, count: int, rate_hz: float, seconds: float, *more: str) -> dict[str, Any]:
    """Runs a load, waits until all of it is stored, and says what it cost, in microseconds of a processor a result."""
    watched = {"broker": _pid(site), "database": site.database.pid}
    watched.update({one.name: one.process.pid for one in site.collectors if one.process is not None})
    boards = crowd(site.broker.port, count, rate_hz, seconds, *more)
    go(boards)
    before = {name: processor_s(pid) for name, pid in watched.items()}
    start = time.monotonic()
    did = ended(boards)
    caught_up = _wait_stored(site, did["acknowledged"])
    spent = {name: processor_s(pid) - before[name] for name, pid in watched.items()}
    spent["collectors"] = sum(spent.pop(one.name) for one in site.collectors)
    lag = site.query(
        "SELECT percentile_cont(array[0.5, 0.99]) WITHIN GROUP (ORDER BY extract(epoch FROM received - at)) FROM parts"
    )[0][0]
    stored = site.query("SELECT count(*), count(DISTINCT id) FROM parts")[0]
    return {
        "asked_hz": rate_hz, "sent": did["sent"], "reached_hz": round(did["sent"] / did["seconds"], 1),
        "acknowledged": did["acknowledged"], "stored": stored[0], "doubled": stored[0] - stored[1],
        "lost": did["acknowledged"] - stored[1], "bytes": did["bytes_each"], "seconds": round(did["seconds"], 1),
        "stored_after_s": round(caught_up, 1), "to_table_ms": [round(1000.0 * value, 1) for value in lag],
        "us_each": {name: round(1e6 * value / max(1, did["sent"]), 1) for name, value in spent.items()},
        "us_boards": round(1e6 * did["processor_s"] / max(1, did["sent"]), 1), "connect_s": round(did["connect_s"], 2),
        "all_s": round(time.monotonic() - start, 1),
    }  # fmt: skip


def _wait_stored(site: ProvedSite, wanted: int, seconds: float = _DRAIN_S) -> float:
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        if site.query("SELECT count(*) FROM parts")[0][0] >= wanted:
            return time.monotonic() - start
        time.sleep(0.2)
    return time.monotonic() - start


def sustained(folder: Path, count: int, rate_hz: float, seconds: float, collectors: int = 1) -> dict[str, Any]:
    """All boards with their states for longer: whether the site keeps up."""
    raise_file_limit()
    with ProvedSite(folder, collectors=collectors) as site:
        found = {"connections": count, "collectors": collectors, **_load(site, count, rate_hz, seconds, "states")}
        log.info("%s", found)
        return found


def throughput(folder: Path, counts: tuple[int, ...], results: int, rounds: int) -> list[dict[str, Any]]:
    """How fast 1, 2, 4 collectors store what waits for them at the broker; rounds in turns, all in one run.

    The table is locked until every collector has its first batch, so that their start does not count.
    """
    raise_file_limit()
    rates: dict[int, list[float]] = {count: [] for count in counts}
    spent: dict[int, list[dict[str, float]]] = {count: [] for count in counts}
    for turn in range(rounds):
        for count in counts if turn % 2 == 0 else tuple(reversed(counts)):
            with ProvedSite(
                folder, collectors=count, collect={"expiry_s": _LONG_S, "window": 500, "batch": 500}
            ) as site:
                rate, cost = _drain(site, results)
                rates[count].append(rate)
                spent[count].append(cost)
                log.info("%d collectors: %.0f results a second", count, rate)
    base = statistics.median(rates[counts[0]])
    return [
        {
            "collectors": count, "per_second": [round(rate) for rate in rates[count]],
            "median": round(statistics.median(rates[count])), "ratio": round(statistics.median(rates[count]) / base, 2),
            "us_each": {
                name: round(statistics.median(each[name] for each in spent[count]), 1) for name in spent[count][0]
            },
        }
        for count in counts
    ]  # fmt: skip


def _drain(site: ProvedSite, results: int) -> tuple[float, dict[str, float]]:
    for one in site.collectors:
        one.stop()
    boards = crowd(site.broker.port, 50, _FILL_HZ, results / _FILL_HZ)
    go(boards)
    did = ended(boards)
    with database.connect(site.database.url) as connection:
        with connection.transaction():
            connection.execute("LOCK TABLE parts IN ACCESS EXCLUSIVE MODE")
            for one in site.collectors:
                one.start()
            for one in site.collectors:
                one.wait_connected()
            time.sleep(_SETTLE_S)
            before = _costs(site)
            (begun,) = connection.execute("SELECT clock_timestamp()").fetchone() or (None,)
        _wait_stored(site, did["acknowledged"])
        (last, stored) = connection.execute("SELECT max(received), count(*) FROM parts").fetchone() or (None, 0)
    if begun is None or last is None or stored < did["acknowledged"]:
        raise SiteError(f"{stored} of {did['acknowledged']} results were stored", "all of them", str(site.folder))
    after = _costs(site)
    return stored / (last - begun).total_seconds(), {
        name: 1e6 * (after[name] - before[name]) / stored for name in after
    }


def _costs(site: ProvedSite) -> dict[str, float]:
    alive: list[CollectorProcess] = site.collectors
    return {
        "broker": processor_s(_pid(site)), "database": processor_s(site.database.pid),
        "collectors": sum(processor_s(one.process.pid) for one in alive if one.process is not None),
    }  # fmt: skip
