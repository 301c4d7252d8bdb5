"""The numbers of a part's record that are compared: times by row, what they rest on, and what speaks against them."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Any

from fleet.campaigns.records import BoardRecords, Record

SPEED_KIND = "whole"


def times(kind: str, record: Record) -> dict[str, float]:
    """Row -> milliseconds (medians): of an image, a network, or a line of text. Rows that were not run are left out."""
    return {name: ms for name, ms in _TIMES[kind](record).items() if ms}


def _of_run(record: Record) -> dict[str, float]:
    total = record["latency_ms"].get("total") or {}
    return {"image": total.get("median") or 0.0}


def _of_rows(record: Record) -> dict[str, float]:
    return {f"{row['network']} {row['engine']}": row.get("ms", 0.0) for row in record["rows"]}


def _of_speed(record: Record) -> dict[str, float]:
    rates = {
        f"{reader}, {batch} at once": found["lines_per_s"]
        for batch, kinds in record["batches"].items()
        for reader, found in kinds[SPEED_KIND].items()
        if found
    }
    return {name: 1000.0 / rate for name, rate in rates.items() if rate}


_TIMES = {"run": _of_run, "modules": _of_rows, "cnn": _of_rows, "speed": _of_speed}


def doubts(kind: str, record: Record) -> list[str]:
    """Why the times are not to be trusted, in the codes or words of the record; empty for valid times."""
    if kind == "cnn":
        return list(record["against"])
    return [str(reason["code"]) for reason in record["invalid_reasons"]]


def basis(board: BoardRecords, part: str) -> dict[str, str]:
    """What has to be equal on two boards whose times or texts are compared: name -> value."""
    record, entry = board.records[part], board.entry(part)
    found = {"application": str((board.board or {})["board"]["app"]["sha256"])[:12]}
    if entry["kind"] == "run":
        found.update(images=record["dataset"]["sha256"][:12], engine=record["reader"]["engine"])
    elif entry["kind"] == "speed":
        found["images"] = " ".join(entry["sha256"][:12] for entry in record["datasets"])
        found["engine"] = "; ".join(reader["engine"] for reader in record["readers"])
    elif entry["kind"] == "modules":
        found["engine"] = "; ".join(sorted({row["with"] for row in record["rows"] if "with" in row}))
    return found


def exact(record: Record) -> float | None:
    """Share of codes read exactly, white space ignored; None where no text is scored."""
    found: dict[str, Any] = record["scores"].get("nospace") or {}
    return found.get("exact")


def ratio_of(own: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """The median over the shared rows of own time / other time; above 1 is slower. None without shared rows."""
    shared = [own[name] / other[name] for name in own if other.get(name)]
    return median(shared) if shared else None
