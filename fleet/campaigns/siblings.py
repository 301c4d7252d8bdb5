"""Boards of one kind compared with each other: a board's times with the median of its siblings, and what they read.

A board never counts as its own sibling, so one slow board is seen in a pair, too. Siblings with valid times are the
measure; only where there are none, those in doubt are, and the comparison says so. Boards are compared only if they
measured the same images with the same application and the same engines.

What heat, a power mode or a clock did to a board belongs to the board. Other programs and too few images do not: they
disturb the measurement of some parts. A slow board is slow in all, so a disturbed part counts only if the difference is
large in that part, and in the median over all parts of the board.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from fleet.campaigns import figures
from fleet.campaigns.records import BoardRecords, Record

DISTURBED = ("machine-busy", "too-few-samples")
NO_SOUND_SIBLING = "no sibling with valid times"


@dataclass(frozen=True)
class SiblingRatio:
    """One board and part. ``ratio``: own median over that of the siblings; above 1 is slower; None without siblings.

    ``own`` and ``siblings``: row -> ms. ``doubts``: why the comparison is not to be trusted.
    """

    host: str
    ratio: float | None
    own: dict[str, float]
    siblings: dict[str, float]
    doubts: tuple[str, ...] = ()

    def is_slower(self, thresholds: Mapping[str, float], over_parts: float) -> bool:
        """Whether the board is to be named: ``slower`` and ``slower_if_disturbed`` of campaign.toml.

        ``over_parts``: the median of the board's ratios over all parts.
        """
        if self.ratio is None:
            return False
        disturbed = any(doubt in (*DISTURBED, NO_SOUND_SIBLING) for doubt in self.doubts)
        if disturbed:
            return min(self.ratio, over_parts) >= thresholds["slower_if_disturbed"]
        return self.ratio >= thresholds["slower"]


@dataclass(frozen=True)
class OtherTexts:
    """Images in which a board read something else than most of its siblings.

    ``settled``: whether most boards agree on the text; otherwise nobody can say which board is right.
    ``examples``: (image, what this board read, what most read or another board read).
    """

    host: str
    images: int
    of: int
    settled: bool
    examples: list[tuple[str, str, str]] = field(default_factory=list)


def comparable(boards: Sequence[BoardRecords], part: str) -> tuple[list[BoardRecords], dict[str, str]]:
    """The boards that can be compared in a part, and host -> why another one cannot."""
    own = {board.host: figures.basis(board, part) for board in boards if _has_figures(board, part)}
    counts = Counter(tuple(found.items()) for found in own.values())
    ranked = counts.most_common(2)
    if not ranked:
        return [], {}
    tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    usual = dict(ranked[0][0])
    differs = {
        host: _difference(found, usual if found != usual else dict(ranked[1][0]))
        for host, found in own.items()
        if tied or found != usual
    }
    return [board for board in boards if board.host in own and board.host not in differs], differs


def _has_figures(board: BoardRecords, part: str) -> bool:
    return part in board.records and bool(figures.times(str(board.entry(part)["kind"]), board.records[part]))


def _difference(own: dict[str, str], usual: dict[str, str]) -> str:
    names = [name for name in own if own[name] != usual.get(name)]
    return "; ".join(f"{name} {_short(own[name])}, elsewhere {_short(usual.get(name, 'none'))}" for name in names)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def ratios(boards: Sequence[BoardRecords], part: str) -> list[SiblingRatio]:
    """Every comparable board against its siblings."""
    alike, _ = comparable(boards, part)
    kind = {board.host: str(board.entry(part)["kind"]) for board in alike}
    own = {board.host: figures.times(kind[board.host], board.records[part]) for board in alike}
    doubts = {board.host: figures.doubts(kind[board.host], board.records[part]) for board in alike}
    found = []
    for host, times in own.items():
        others = [other for other in own if other != host and own[other]]
        sound = [other for other in others if not doubts[other]]
        measure = _medians([own[other] for other in sound or others])
        why = [*doubts[host], *([] if sound or not others else [NO_SOUND_SIBLING])]
        found.append(SiblingRatio(host, figures.ratio_of(times, measure), times, measure, tuple(why)))
    return found


def over_parts(found: Iterable[SiblingRatio]) -> dict[str, float]:
    """Host -> the median of its ratios over all parts; hosts without siblings are left out."""
    own: dict[str, list[float]] = {}
    for each in found:
        if each.ratio is not None:
            own.setdefault(each.host, []).append(each.ratio)
    return {host: median(ratios) for host, ratios in own.items()}


def _medians(many: Sequence[dict[str, float]]) -> dict[str, float]:
    """Row -> median over the boards that have it."""
    names = dict.fromkeys(name for own in many for name in own)
    return {name: median(own[name] for own in many if name in own) for name in names}


def other_texts(boards: Sequence[BoardRecords], part: str, shown: int = 3) -> list[OtherTexts]:
    """The boards that read other text than their siblings; only runs have texts."""
    alike, _ = comparable(boards, part)
    texts = {board.host: texts_of(board.records[part]) for board in alike if board.entry(part)["kind"] == "run"}
    images = list(dict.fromkeys(image for own in texts.values() for image in own))
    found: dict[str, list[tuple[str, str, str, bool]]] = {host: [] for host in texts}
    for image in images:
        read = {host: own[image] for host, own in texts.items() if image in own}
        usual, count = Counter(read.values()).most_common(1)[0]
        settled = count > len(read) / 2
        for host, text in read.items():
            if text != usual or (not settled and len(set(read.values())) > 1):
                other = usual if text != usual else next(own for own in read.values() if own != text)
                found[host].append((image, text, other, settled))
    return [
        OtherTexts(host, len(rows), len(texts[host]), all(row[3] for row in rows), [row[:3] for row in rows[:shown]])
        for host, rows in found.items()
        if rows
    ]


def texts_of(record: Record) -> dict[str, str]:
    """Image -> what was read, or the error; images whose texts are not in the record are left out."""
    return {
        image["id"]: f"error: {image['error']['code']}" if image["error"]
        else " / ".join(line["text"] for line in image["lines"])
        for image in record["images"]
        if image["error"] or image["lines"] is not None
    }  # fmt: skip
