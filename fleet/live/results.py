"""The page of `./inv line measure`: how many parts a line takes, and how long a part waits for its verdict."""

from __future__ import annotations

import statistics
from typing import Any

from fleet.core.pages import format_machine, markdown_table

WANTED_GAIN, WANTED_WAIT = 1.6, 1.5
"""What a pipeline has to gain over the same work one by one, and how much longer than its reading a part may wait."""
ONE_BY_ONE, TOGETHER = "one by one", "2 processes"
_HEAD = """# How many parts a line takes, and how long a part waits

Made by `{command} --publish`; the numbers are in [line.json](line.json).
{machine}, Python {python}, {created}. {busy}

Packages that are drawn (`fleet/live/drawing.py`: a date above a lot, 640 x 300) are replayed through the whole line:
capture, reading by the default team, a verdict under a recipe, journal, Modbus TCP and a real Mosquitto. Nothing here
was measured on a board.
"""


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    idle = record["idle_before"]
    busy = f"Before the run, {100 * idle:.0f} % of the processor was idle"
    busy += "." if idle > 0.9 else ": other programs took the rest, and these figures suffer from them."
    head = _HEAD.format(
        command=record["command"],
        machine=format_machine(record["machine"]),
        python=record["machine"]["python"],
        created=record["created"][:10],
        busy=busy,
    )
    return "\n".join([head, _throughput(record), _latency(record)])


def gain(record: dict[str, Any], way: str, over: str) -> float:
    """How many times the parts of ``over`` a way took: the median over the rounds of this run."""
    ways = {each["name"]: [one["per_second"] for one in each["rounds"]] for each in record["ways"]}
    return float(statistics.median(one / other for one, other in zip(ways[way], ways[over], strict=True)))


def wait(record: dict[str, Any]) -> float:
    """At half of the greatest rate: the 95th percentile from trigger to outputs, in those of the reading itself."""
    half = next(each for each in record["rates"] if each["rate_hz"] == record["half"])
    return float(half["told_ms"]["95"] / half["read_ms"]["95"])


def _throughput(record: dict[str, Any]) -> str:
    rows = []
    for way in record["ways"]:
        speeds = [each["per_second"] for each in way["rounds"]]
        rows.append([
            way["name"],
            f"{way['processes']} x {way['threads']}",
            str(way["queue"]),
            f"{statistics.median(speeds):.1f}",
            f"{min(speeds):.1f} to {max(speeds):.1f}",
            f"{gain(record, way['name'], ONE_BY_ONE):.2f}",
        ])  # fmt: skip
    found = gain(record, TOGETHER, ONE_BY_ONE)
    head = ["way", "processes x threads", "parts under way", "parts per second", "rounds", "times one by one"]
    return "\n".join([
        "## Throughput",
        "",
        f"Two processes take {found:.2f} times the parts of the same work one by one. Wanted: at least",
        f"{WANTED_GAIN:g}; {_judged(found >= WANTED_GAIN)}. Rounds in which the ways took turns: "
        f"{len(record['ways'][0]['rounds'])}.",
        "",
        markdown_table(head, rows),
        "",
    ])  # fmt: skip


def _latency(record: dict[str, Any]) -> str:
    rows = []
    for each in record["rates"]:
        name = f"{each['rate_hz']:g}" + (" (half of the greatest)" if each["rate_hz"] == record["half"] else "")
        told, read = each["told_ms"], each["read_ms"]
        figures = [told["50"], told["95"], told["99"], read["50"], read["95"]]
        rows.append([name, f"{each['per_second']:.1f}", str(each["parts"]), *(f"{value:.0f}" for value in figures)])
    head = ["asked, parts/s", "came", "parts", "p50 ms", "p95 ms", "p99 ms", "reading p50 ms", "reading p95 ms"]
    found = wait(record)
    return "\n".join([
        "## From the trigger to the outputs",
        "",
        "From the capture of a frame until Modbus has the verdict, which the journal has by then. Where fewer parts",
        "came than were asked for, the source had to wait (`parts.policy: every`), and parts waited in the queue.",
        "",
        markdown_table(head, rows),
        "",
        f"At half of the greatest rate, the 95th percentile is {found:.2f} times that of the reading itself.",
        f"Wanted: at most {WANTED_WAIT:g}; {_judged(found <= WANTED_WAIT)}.",
        "",
    ])  # fmt: skip


def _judged(reached: bool) -> str:
    return "reached" if reached else "**not reached**"
