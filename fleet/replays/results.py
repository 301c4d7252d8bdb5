"""The page of `./inv replay measure`."""

from __future__ import annotations

import statistics
from typing import Any

from fleet.core.pages import format_machine, markdown_table

PLAIN, ONE, TWO, DASK = "plain loop", "replay, 1 process", "replay, 2 processes", "replay, Dask with 2 workers"
WAYS = (PLAIN, ONE, TWO, DASK)
_HEAD = """# What a replay costs, finds and survives

Made by `{command} --publish`; the numbers are in [replay.json](replay.json).
{machine}, Python {python}, {created}.

Packages that are drawn (`fleet/live/drawing.py`: a date above a lot, 640 x 300) are read by the default team, one CPU
thread for each reading. Other programs share this computer, so compare ways with each other only: they took turns,
{rounds} rounds of {pictures} pictures. Nothing here was measured on a board or over a network.
"""
_CHECKS = """## Changes that are known, kills and going on

The pictures are read under a recipe and under a changed one, and drawn so that every change is known beforehand. Each
check wants one row for each picture, and exactly the known changes; otherwise, the command fails.
"""


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    head = _HEAD.format(
        command=record["command"],
        machine=format_machine(record["machine"]),
        python=record["machine"]["python"],
        created=record["created"][:10],
        rounds=len(record["ways"][0]["rounds"]),
        pictures=record["timed_pictures"],
    )
    return "\n".join([head, _ways(record), _CHECKS, _checks(record)])


def ratio(record: dict[str, Any], way: str, over: str = PLAIN) -> float:
    """How many times the pictures a second of ``over`` a way reads: the median over the rounds."""
    rounds = {each["name"]: [one["per_second"] for one in each["rounds"]] for each in record["ways"]}
    return float(statistics.median(one / other for one, other in zip(rounds[way], rounds[over], strict=True)))


def _ways(record: dict[str, Any]) -> str:
    rows = []
    for way in record["ways"]:
        speeds = [one["per_second"] for one in way["rounds"]]
        rows.append(
            [
                way["name"],
                f"{statistics.median(speeds):.2f}",
                f"{min(speeds):.2f} to {max(speeds):.2f}",
                f"{ratio(record, way['name']):.2f}",
                f"{statistics.median(one['ms'] for one in way['rounds']):.0f}",
                "" if way["name"] == PLAIN else f"{statistics.median(one['beside_ms'] for one in way['rounds']):.1f}",
            ]
        )
    head = ("way", "pictures/s", "range", "times the plain loop", "ms of a reading", "ms beside it")
    note = (
        "*ms of a reading*: the mean, with the way to the reading process and back. *ms beside it*: what a process\n"
        "spends on a picture beyond that: waiting for the next one, and for its row to be written."
    )
    return markdown_table(head, rows) + "\n\n" + note + "\n"


def _checks(record: dict[str, Any]) -> str:
    rows = [
        [
            each["what"],
            str(each["pictures"]),
            str(each["kills"]),
            str(each["read_again"]),
            str(each["kinds"]["new-pass"]),
            str(each["kinds"]["lost-pass"]),
            str(each["kinds"]["unread"]),
            str(each["kinds"]["same"]),
        ]
        for each in record["checks"]
    ]
    head = ("check", "pictures", "kills", "read again", "new passes", "lost passes", "not read", "as before")
    return markdown_table(head, rows) + "\n"
