"""`./inv site bench`: everything that the site promises, measured here, as a record and as a page."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core.errors import SiteError
from fleet.core.files import ROOT
from fleet.core.pages import format_machine, markdown_table, write_record
from fleet.live import measure as measured
from fleet.site.proof import faults, scale
from fleet.site.proof.engines import programs

FOLDER = ROOT / "build" / "site-bench"
WITHOUT = ("collector gone", "broker", "all three")
_WORDS = {
    "none": "nothing", "collector": "a collector, killed and started again", "collector gone": "a collector, for good",
    "broker": "the broker", "database": "the database", "all three": "all of them together",
}  # fmt: skip
_QUICK = {"boards": 4, "fault_hz": 5.0, "rounds": 1, "counts": (50, 200), "hz": 200.0, "seconds": 3.0, "many": 200,
          "long_s": 5.0, "results": 4000, "turns": 1}  # fmt: skip
_WHOLE = {"boards": 20, "fault_hz": 10.0, "rounds": 3, "counts": scale.CONNECTIONS, "hz": 500.0, "seconds": 15.0,
          "many": 2000, "long_s": 60.0, "results": 60000, "turns": 2}  # fmt: skip


def run(publish: bool = False, quick: bool = False, folder: Path = FOLDER) -> int:
    """Measures, and writes site.json and site.md. Returns 0. Raises SiteError where anything is lost or doubled."""
    if publish and quick:
        raise SiteError("--quick gives no figures to publish", "--publish alone")
    asked: dict[str, Any] = _QUICK if quick else _WHOLE
    record = measure(asked, folder)
    record["command"] = "./inv site bench" + (" --quick" if quick else "")
    text = page(record)
    write_record(ROOT / "docs" / "results" if publish else folder, "site", record, text)
    print(text)
    wrong = problems(record)
    if wrong:
        raise SiteError("; ".join(wrong), "nothing lost, doubled or told otherwise", str(folder))
    return 0


def measure(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The whole record."""
    shutil.rmtree(folder, ignore_errors=True)
    started = datetime.now(timezone.utc)
    told = faults.measure(folder / "faults", asked["boards"], asked["fault_hz"], asked["rounds"])
    silent = faults.measure(
        folder / "silent", asked["boards"], asked["fault_hz"], asked["rounds"], kinds=WITHOUT, is_asking=False
    )
    return {
        "schema": "nano-ocr/site/1",
        "created": started.isoformat(timespec="seconds"),
        "machine": machine(),
        "faults": told,
        "without_asking": silent,
        "connections": scale.connections(folder / "connections", asked["counts"], asked["hz"], asked["seconds"]),
        "sustained": scale.sustained(folder / "sustained", asked["many"], float(asked["many"]), asked["long_s"]),
        "fast": scale.sustained(folder / "fast", asked["many"], 10.0 * asked["many"], 10.0, 2),
        "throughput": scale.throughput(folder / "throughput", scale.COLLECTORS, asked["results"], asked["turns"]),
    }


def machine() -> dict[str, Any]:
    """The machine, and what runs on it."""
    return {**measured.machine(), "cores": os.cpu_count(),
            "postgresql": _version([str(programs() / "postgres"), "--version"]),
            "mosquitto": _version(["mosquitto", "-h"])}  # fmt: skip


def _version(command: list[str]) -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def problems(record: dict[str, Any]) -> list[str]:
    """What must not be, in words."""
    told = record["faults"]
    wrong = [
        f"{row[name]} x {name} ({row['kind']})"
        for row in [*told["kinds"], {**told["total"], "kind": "in all"}]
        for name in ("lost", "doubled", "unknown", "otherwise")
        if row[name]
    ]
    for row in [*record["connections"], record["sustained"], record["fast"]]:
        wrong += [f"{row[name]} x {name} ({row['connections']} boards)" for name in ("lost", "doubled") if row[name]]
    return wrong


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    wrong = problems(record)
    verdict = "Nothing was lost, doubled or told otherwise." if not wrong else "**" + "; ".join(wrong) + "**"
    its = record["machine"]
    return "\n".join([
        "# The site: faults, cost and throughput",
        "",
        f"Made by `{record['command']} --publish`; the numbers are in [site.json](site.json). {verdict}",
        "",
        f"{format_machine(its)}, {its['cores']} cores, {record['created'][:10]}. {its['postgresql']},",
        f"{its['mosquitto']}.",
        "Boards, broker, collectors and database share these cores, so this is a lower bound of what a server does.",
        "",
        *_fault_lines(record),
        *_cost_lines(record),
        *_throughput_lines(record),
    ])  # fmt: skip


def _fault_lines(record: dict[str, Any]) -> list[str]:
    told, silent = record["faults"], record["without_asking"]
    head = ["killed by SIGKILL", "times", "in the journals", "in the table", "lost", "doubled", "otherwise",
            "complete after, s"]  # fmt: skip
    rows = [
        [_WORDS[row["kind"]], *(f"{row[name]}" for name in
         ("times", "journalled", "stored", "lost", "doubled", "otherwise", "complete_s"))]
        for row in told["kinds"]
    ]  # fmt: skip
    total = told["total"]
    rows.append(["in all", "", *(f"{total[name]}" for name in ("journalled", "stored", "lost", "doubled", "otherwise")),
                 ""])  # fmt: skip
    lost = [[_WORDS[row["kind"]], f"{row['times']}", f"{row['journalled']}", f"{row['stored']}", f"{row['lost']}"]
            for row in silent["kinds"]]  # fmt: skip
    return [
        "## What is killed, and what is lost",
        "",
        f"{told['boards']} boards decide {told['rate_hz']:g} parts a second each, with the journal and the MQTT output",
        f"of a line; two collectors. What is killed is away for {told['away_s']:g} s. The table is compared with the",
        "journals by id, verdict, text and release. *Complete after* is the longest time from the end of a fault until",
        "every part that was decided by then was in the table.",
        "",
        markdown_table(head, rows),
        "",
        "The same without asking boards for what is missing shows what the broker forgets, and why the site asks:",
        "",
        markdown_table(["killed by SIGKILL", "times", "in the journals", "in the table", "lost"], lost),
        "",
    ]


def _cost_lines(record: dict[str, Any]) -> list[str]:
    rows = [
        [f"{row['connections']}", f"{row['reached_hz']:g}", f"{row['us_each']['broker']:g}",
         f"{row['us_each']['collectors']:g}", f"{row['us_each']['database']:g}", f"{row['memory_kb']:g}",
         f"{row['to_table_ms'][0]:g} / {row['to_table_ms'][1]:g}"]
        for row in record["connections"]
    ]  # fmt: skip
    many = [
        [f"{row['connections']}", f"{row['collectors']}", f"{row['asked_hz']:g}", f"{row['reached_hz']:g}",
         f"{row['seconds']:g}", f"{row['acknowledged']}", f"{row['lost']}", f"{row['doubled']}",
         f"{row['stored_after_s']:g}", f"{row['to_table_ms'][0]:g} / {row['to_table_ms'][1]:g}"]
        for row in (record["sustained"], record["fast"])
    ]  # fmt: skip
    first, last = record["connections"][0], record["connections"][-1]
    each = {
        name: last["us_each"][name] / max(0.1, first["us_each"][name]) for name in ("broker", "collectors", "database")
    }
    ratios = ", ".join(f"{name} {value:.2f}" for name, value in each.items())
    return [
        "## What a board costs",
        "",
        f"The same load over ever more connections, {first['bytes']:g} bytes a result; microseconds of a processor for",
        "each result, and private memory of the broker for each connection.",
        "",
        markdown_table(["connections", "results a second", "broker, µs", "collector, µs", "database, µs",
                        "broker, KiB each",
                        "trigger to table, ms: median / p99"], rows),
        "",
        f"{last['connections']} connections against {first['connections']}: {ratios};"
        f" memory of a connection {last['memory_kb'] / first['memory_kb']:.2f}.",
        "",
        "All boards with their retained state, for longer, and as fast as the boards of this measurement can:",
        "",
        markdown_table(["boards", "collectors", "asked, a second", "reached", "seconds", "results", "lost", "doubled",
                        "all stored after, s", "trigger to table, ms: median / p99"], many),
        "",
        f"The simulated boards themselves take {record['fast']['us_boards']:g} µs a result here, as one process.",
        "",
    ]  # fmt: skip


def _throughput_lines(record: dict[str, Any]) -> list[str]:
    rows = [
        [f"{row['collectors']}", ", ".join(map(str, row["per_second"])), f"{row['median']}", f"{row['ratio']:g}",
         f"{row['us_each']['collectors']:g}", f"{row['us_each']['database']:g}", f"{row['us_each']['broker']:g}"]
        for row in record["throughput"]
    ]  # fmt: skip
    cores = record["machine"]["cores"]
    bound = max(cores * 1e6 / sum(row["us_each"].values()) for row in record["throughput"])
    return [
        "## What collectors take together",
        "",
        "Results that wait at the broker, stored by 1, 2 and 4 collectors in turns; no boards run meanwhile.",
        "",
        markdown_table(["collectors", "results a second, each round", "median", "ratio", "collectors, µs",
                        "database, µs",
                        "broker, µs"], rows),
        "",
        f"With {cores} cores, these costs alone allow about {bound:.0f} results a second, however many collectors run.",
        "",
    ]  # fmt: skip
