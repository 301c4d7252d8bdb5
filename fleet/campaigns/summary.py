"""The numbers of a campaign's report, for programs, for the pages, and for the next campaign to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from fleet.campaigns import figures, findings, siblings
from fleet.campaigns.findings import BoardKind, Finding
from fleet.campaigns.folders import Campaign
from fleet.campaigns.records import BoardRecords

SCHEMA = "nano-ocr/board-report/1"
Summary = dict[str, Any]


def summarise(
    campaign: Campaign, boards: Sequence[BoardRecords], last: Summary | None, thresholds: dict[str, float]
) -> Summary:
    """The report (schema ``nano-ocr/board-report/1``). ``last``: that of the campaign before, None without one.

    ``times``: row -> ms (medians). ``ratio``: of medians, to the siblings; above 1 is slower. ``findings``: everything
    that is to be said about boards, in words.
    """
    kinds = findings.kinds_of(boards)
    delivered = list(findings.delivery(boards, campaign.parts))
    record: Summary = {
        "schema": SCHEMA,
        "campaign": campaign.name,
        "began": campaign.began,
        "command": campaign.content["command"],
        "note": campaign.content["note"],
        "complete": bool(boards) and not any(found.what in findings.UNMEASURED for found in delivered),
        "thresholds": dict(thresholds),
        "last": None if last is None else {"campaign": last["campaign"], "began": last["began"]},
        "parts": [{"name": part["name"], "kind": part["kind"]} for part in campaign.parts],
        "kinds": [_kind(kind) for kind in kinds],
        "boards": {board.host: _board(board, kinds) for board in boards},
    }
    compared = [found for kind in kinds for found in findings.comparison(kind, campaign.parts, thresholds)]
    record["against_last"] = findings.against(record, last)
    changed = list(findings.since_last(record, last, thresholds))
    record["findings"] = [asdict(found) for found in _ordered([*delivered, *compared, *changed], boards)]
    for kind in kinds:
        _add_ratios(record, kind, [part["name"] for part in campaign.parts])
    return record


def _ordered(found: Sequence[Finding], boards: Sequence[BoardRecords]) -> list[Finding]:
    """Board by board; what was not measured first."""
    hosts = [board.host for board in boards]
    weight = {what: number for number, what in enumerate(findings.UNMEASURED)}
    return sorted(found, key=lambda own: (hosts.index(own.host), weight.get(own.what, len(weight))))


def _kind(kind: BoardKind) -> dict[str, Any]:
    about = [board.board["board"] for board in kind.boards if board.board]
    return {
        "slug": kind.slug,
        "model": kind.model,
        "virtual": kind.virtual,
        "cpu": kind.cpu,
        **{name: sorted({str(own[name]) for own in about}) for name in ("l4t", "system", "arch", "threads", "ram_mb")},
        "hosts": [board.host for board in kind.boards],
    }


def _board(board: BoardRecords, kinds: Sequence[BoardKind]) -> dict[str, Any]:
    kind = next((kind.slug for kind in kinds if board in kind.boards), None)
    entries = board.board["parts"] if board.board else []
    return {"kind": kind, "parts": {entry["name"]: _part(board, entry) for entry in entries}}


def _part(board: BoardRecords, entry: dict[str, Any]) -> dict[str, Any]:
    record = board.records.get(entry["name"])
    own = {"status": entry["status"], "found": entry["found"], "times": {}, "exact": None, "basis": {}, "doubts": []}
    if record is None:
        return own
    times = {name: round(ms, 3) for name, ms in figures.times(entry["kind"], record).items()}
    exact = figures.exact(record) if entry["kind"] == "run" else None
    own.update(times=times, exact=exact, basis=figures.basis(board, entry["name"]))
    return {**own, "doubts": figures.doubts(entry["kind"], record)}


def _add_ratios(record: Summary, kind: BoardKind, parts: Sequence[str]) -> None:
    for part in parts:
        for found in siblings.ratios(kind.boards, part):
            ratio = None if found.ratio is None else round(found.ratio, 3)
            record["boards"][found.host]["parts"][part].update(ratio=ratio, ratio_doubts=list(found.doubts))
