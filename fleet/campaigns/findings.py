"""Everything that is to be said about boards: who is slow, hot, reads other text, or did not deliver."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.campaigns import figures, siblings
from fleet.campaigns.records import BoardRecords, Record
from fleet.campaigns.trouble import troubles

MISSING, BROKEN, CANNOT, SLOWER, OTHER_TEXT, DIFFERS, CHANGED = (
    "missing", "broken record", "cannot be measured", "slower than its siblings", "reads other text than its siblings",
    "measured something else", "changed since the last campaign",
)  # fmt: skip
_UNREACHED = "is it on, does ssh reach it, is the application there (table of the playbook)?"
_MAKERS = ("nvidia", "developer", "kit")
UNMEASURED = (MISSING, BROKEN)
"""What makes the command end with an error: something that was asked for was not measured."""


@dataclass(frozen=True)
class Finding:
    """``part``: empty where it concerns the whole board. ``ratio``: of medians, for a time."""

    host: str
    what: str
    part: str
    words: str
    ratio: float | None = None


@dataclass(frozen=True)
class BoardKind:
    """Boards that are alike: the same model and processor, hardware (``virtual`` None) or containers."""

    model: str | None
    virtual: str | None
    cpu: str | None
    boards: tuple[BoardRecords, ...]

    @property
    def slug(self) -> str:
        """The name of the kind in paths: jetson-nano, virtual-jetson-nano."""
        words = re.findall(r"[a-z0-9]+", (self.model or "unknown").lower())
        short = [word for word in words if word not in _MAKERS] or words
        return "-".join([*(["virtual"] if self.virtual else []), *short])


def kinds_of(boards: Sequence[BoardRecords]) -> list[BoardKind]:
    """The boards that delivered something, by kind."""
    groups: dict[tuple[str | None, str | None, str | None], list[BoardRecords]] = {}
    for board in boards:
        if board.board is not None:
            about = board.board["board"]
            groups.setdefault((about["model"], about["virtual"], about["cpu"]), []).append(board)
    return [BoardKind(model, virtual, cpu, tuple(own)) for (model, virtual, cpu), own in groups.items()]


def delivery(boards: Sequence[BoardRecords], parts: Sequence[Record]) -> Iterator[Finding]:
    """What boards did not deliver, or not as it must be. A part that a board lacks the means for is no failure,
    unless it is a run: its reader, engine and precision were asked for by name."""
    for board in boards:
        yield from (Finding(board.host, BROKEN, name, words) for name, words in board.broken.items())
        if board.board is None:
            if not board.broken:
                yield Finding(board.host, MISSING, "", f"it delivered nothing: {board.said or _UNREACHED}")
            continue
        for part in parts:
            yield from _undelivered(board, part)


def _undelivered(board: BoardRecords, part: Record) -> Iterator[Finding]:
    entry = board.entry(part["name"])
    if not entry:
        yield Finding(board.host, MISSING, part["name"], board.said or "the benchmark was cut off before this part")
    elif entry["status"] == "cannot" and part["kind"] != "run":
        yield Finding(board.host, CANNOT, part["name"], entry["found"])
    elif entry["status"] != "done":
        yield Finding(board.host, MISSING, part["name"], entry["found"])
    elif part["name"] in board.records and not figures.times(part["kind"], board.records[part["name"]]):
        yield Finding(board.host, CANNOT, part["name"], _why_no_times(board.records[part["name"]]))


def _why_no_times(record: Record) -> str:
    reasons = list(dict.fromkeys(row["error"] for row in record.get("rows", []) if "error" in row))
    more = f", and {len(reasons) - 1} more reasons" if len(reasons) > 1 else ""
    return reasons[0] + more if reasons else "every image failed"


def comparison(kind: BoardKind, parts: Sequence[Record], thresholds: Mapping[str, float]) -> Iterator[Finding]:
    """What a comparison of siblings shows, and what their own records say. ``thresholds``: those of campaign.toml."""
    names = [str(part["name"]) for part in parts]
    ratios = {part: siblings.ratios(kind.boards, part) for part in names}
    whole = siblings.over_parts(found for part in names for found in ratios[part])
    for part in names:
        _, differs = siblings.comparable(kind.boards, part)
        yield from (Finding(host, DIFFERS, part, f"not compared: {words}") for host, words in differs.items())
        for found in ratios[part]:
            if found.ratio is not None and found.is_slower(thresholds, whole[found.host]):
                words = f"{found.ratio:.2f} times the median of its siblings"
                doubt = f" (in doubt: {', '.join(found.doubts)})" if found.doubts else ""
                yield Finding(found.host, SLOWER, part, words + doubt, round(found.ratio, 3))
        yield from (_misread(found, part) for found in siblings.other_texts(kind.boards, part))
    for board in kind.boards:
        yield from (Finding(board.host, own.what, own.part, own.words) for own in troubles(board))


def _misread(found: siblings.OtherTexts, part: str) -> Finding:
    image, own, other = found.examples[0]
    whom = "most of its siblings" if found.settled else "other boards, and no text is that of most boards"
    words = f"{found.images} of {found.of} images, other than {whom}; {image}: {own!r}, elsewhere {other!r}"
    return Finding(found.host, OTHER_TEXT, part, words)


def since_last(now: dict[str, Any], last: dict[str, Any] | None, thresholds: Mapping[str, float]) -> Iterator[Finding]:
    """Boards that became slower, or read less, since the last campaign. ``now`` and ``last`` are reports."""
    for row in against(now, last):
        disturbed = any(doubt in siblings.DISTURBED for doubt in row["doubts"])
        limit = thresholds["changed_if_disturbed" if disturbed else "changed"]
        slower = row["ratio"] is not None and row["ratio"] >= limit
        worse = row["exact"] is not None and row["exact"] < row["exact_last"]
        words = [f"{row['ratio']:.2f} times its median of then"] if slower else []
        words += [f"{100 * row['exact']:.1f} % exact, then {100 * row['exact_last']:.1f} %"] if worse else []
        if words:
            words += [f"in doubt: {', '.join(row['doubts'])}"] if row["doubts"] else []
            yield Finding(row["host"], CHANGED, row["part"], "; ".join(words), row["ratio"])


def against(now: dict[str, Any], last: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Host and part in both reports, on the same images: ``ratio`` of medians (above 1: slower now), and accuracy.

    ``doubts``: of either campaign; another application than then is named there, too.
    """
    rows = []
    for host, board in now["boards"].items():
        then = ((last or {}).get("boards") or {}).get(host, {"parts": {}, "kind": None})
        for part, own in board["parts"].items():
            other = then["parts"].get(part)
            if other is None or then["kind"] != board["kind"] or not own["times"] or not other["times"]:
                continue
            if own["basis"].get("images") != other["basis"].get("images"):
                continue
            names = [name for name in own["basis"] if own["basis"][name] != other["basis"].get(name)]
            ratio = figures.ratio_of(own["times"], other["times"])
            both = own["exact"] is not None and other["exact"] is not None
            rows.append({
                "host": host, "part": part, "ratio": None if ratio is None else round(ratio, 3),
                "exact": own["exact"] if both else None, "exact_last": other["exact"] if both else None,
                "doubts": [*dict.fromkeys([*own["doubts"], *other["doubts"]]), *(f"other {name}" for name in names)],
            })  # fmt: skip
    return rows
