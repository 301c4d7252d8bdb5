"""The sections of a page: boards to look at, their state, siblings, the last campaign, conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from fleet.campaigns.findings import BoardKind
from fleet.campaigns.records import BoardRecords
from fleet.campaigns.summary import Summary
from fleet.reports.benchmark.document import Section, Table

DOUBT = "~"


def title(part: str) -> str:
    """The name of a part for people: "codes onnxruntime fp32", "speed fp32"."""
    return part.removeprefix("run__").replace("__", " ")


@dataclass(frozen=True)
class Page:
    """What a page is made from: the numbers of the report, and the records of one kind of board."""

    summary: Summary
    kind: BoardKind

    @property
    def hosts(self) -> list[str]:
        """The boards of this kind."""
        return [board.host for board in self.kind.boards]

    def parts(self, kind: str = "") -> list[str]:
        """Names of the parts, of one kind if that is given, which some board of this kind measured."""
        names = [own["name"] for own in self.summary["parts"] if kind in ("", own["kind"])]
        return [name for name in names if any(name in board.records for board in self.kind.boards)]

    def part(self, host: str, name: str) -> dict[str, Any]:
        """The numbers of a board's part; empty without them."""
        found: dict[str, Any] = self.summary["boards"][host]["parts"].get(name, {})
        return found

    def findings(self) -> list[dict[str, Any]]:
        """Those of this kind's boards, and of boards that told nothing about themselves."""
        strangers = [host for host, own in self.summary["boards"].items() if own["kind"] is None]
        return [found for found in self.summary["findings"] if found["host"] in (*self.hosts, *strangers)]


def lead(page: Page) -> list[str]:
    """What was measured, when and on what; that virtual boards are no boards."""
    about = next(own for own in page.summary["kinds"] if own["slug"] == page.kind.slug)
    many = "1 board" if len(page.hosts) == 1 else f"{len(page.hosts)} boards"
    measured = (
        f"Measured by `{page.summary['command']}` in the campaign {page.summary['campaign']}, which began "
        f"{page.summary['began']}: {many} of the kind {page.kind.model or 'unknown'}, {page.kind.cpu}, "
        f"{' or '.join(about['threads'])} threads, {' or '.join(about['ram_mb'])} MiB, L4T {' or '.join(about['l4t'])}."
    )
    note = [f"Note: {page.summary['note']}"] if page.summary["note"] else []
    if not page.kind.virtual:
        return [measured, *note]
    return [
        "**These are virtual boards, not Jetson Nanos**: containers on one computer that share its processor. What "
        "they call power mode, clocks, GPU, temperatures and power comes from stand-ins for NVIDIA's tools. The page "
        "shows that the boards were measured, compared and named; no time in it is a Nano's.",
        measured,
        *note,
    ]


def attention(page: Page) -> Section:
    """The boards that differ, and where."""
    limits = page.summary["thresholds"]
    rows = [[own["host"], own["what"], title(own["part"]) or "the board", own["words"]] for own in page.findings()]
    text = (
        f"A board is named slower where its median is at least {limits['slower']:.2f} times the median of its "
        "siblings. Where other programs or too few images disturbed the measurement, "
        f"{limits['slower_if_disturbed']:.2f} times are needed, in the part and in the median over all parts of the "
        f"board. It is named changed where its median is at least {limits['changed']:.2f} times its own of the last "
        f"campaign ({limits['changed_if_disturbed']:.2f} if disturbed). Where a part has several rows, such as "
        "networks, the median over their quotients counts. A board never counts as its own sibling."
    )
    none = [] if rows else ["No board stands out."]
    table = Table("What was found", ["board", "what", "part", "found"], rows, prose=True)
    return Section("Boards to look at", [text, *none], [table] if rows else [])


def boards(page: Page) -> Section:
    """State of each board, and what happened while it measured."""
    head = ["board", "power mode", "clocks", "hottest", "power, mean and most", "least 5 V input", "over-current",
            "services stopped and started again"]  # fmt: skip
    rows = [_board(board) for board in page.kind.boards]
    note = "Hottest, power and input: over all parts. Clocks: whether jetson_clocks had fixed them before."
    return Section("The boards", [], [Table("State before and during the measurements", head, rows, note, prose=True)])


def _board(board: BoardRecords) -> list[str]:
    record = board.board or {}
    tools, during = record["before"]["tools"], [entry["during"] for entry in record["parts"]]
    stats = [own["tegrastats"] or {} for own in during]
    hottest = _most([own.get("hottest_c") for own in (*stats, *during)])
    mean = [own["mean_power_mw"] for own in stats if own.get("mean_power_mw") is not None]
    most = _most([own.get("most_power_mw") for own in stats])
    least = min((own["least_input_mv"] for own in during if own["least_input_mv"] is not None), default=None)
    alarms = (record["after"] or record["before"])["supply"]["over_current"]
    unlocked = tools["unlocked"] if tools else []
    return [
        board.host,
        f"{tools['power_mode']}" if tools else f"not known: {record['before']['why_no_tools']}",
        "not known" if tools is None else f"{len(unlocked)} not fixed" if unlocked else "fixed",
        "-" if hottest is None else f"{hottest:.1f} °C",
        "-" if not mean or most is None else f"{median(mean) / 1000:.2f} W, {most / 1000:.2f} W",
        "-" if least is None else f"{least / 1000:.2f} V",
        "not known" if alarms is None else str(alarms),
        ", ".join(record["stopped"]) or "none ran",
    ]


def _most(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def compared(page: Page) -> Section:
    """Each board as a quotient of its siblings' medians, and the times behind it."""
    parts = [name for name in page.parts() if any("ratio" in page.part(host, name) for host in page.hosts)]
    ratios = [[host, *[_ratio(page.part(host, name)) for name in parts]] for host in page.hosts]
    text = (
        "How many times as long as its siblings a board takes: its median over the median of its siblings'. "
        f"{DOUBT}: in doubt, because something speaks against the times of the board, or of all its siblings (see "
        "Conditions)."
    )
    if len(page.hosts) < 2:
        return Section("Siblings compared", ["There is only one board of this kind, so it has no siblings."])
    table = Table("Times of the siblings' time", ["board", *map(title, parts)], ratios)
    return Section("Siblings compared", [text], [table])


def _ratio(part: dict[str, Any]) -> str:
    ratio = part.get("ratio")
    return "-" if ratio is None else f"{ratio:.2f}" + (f" {DOUBT}" if part["ratio_doubts"] else "")


def since_last(page: Page) -> Section:
    """The same boards and parts in the last campaign."""
    last = page.summary["last"]
    if last is None:
        return Section("Compared with the last campaign", ["There is no earlier campaign to compare with."])
    rows = [
        [own["host"], title(own["part"]), "-" if own["ratio"] is None else f"{own['ratio']:.2f}", _share(own["exact"]),
         _share(own["exact_last"]), ", ".join(own["doubts"]) or "none"]
        for own in page.summary["against_last"] if own["host"] in page.hosts
    ]  # fmt: skip
    text = f"The last campaign is {last['campaign']}, which began {last['began']}. Above 1: slower now."
    head = ["board", "part", "times of then", "exact now", "exact then", "doubts of either"]
    return Section("Compared with the last campaign", [text], [Table("Then and now", head, rows, prose=True)])


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def conditions(page: Page) -> Section:
    """What speaks against each time, and what else the board did."""
    rows = []
    for board in page.kind.boards:
        for name in page.parts():
            record, entry = board.records.get(name), board.entry(name)
            if record is not None:
                load = record["load"]
                other = "-" if load.get("other_cores") is None else f"{load['other_cores']:.2f}"
                doubts = ", ".join(page.part(board.host, name)["doubts"]) or "none"
                own = f"{load['own_cores']:.2f}"
                rows.append([board.host, title(name), f"{entry['seconds']:.0f}", own, other, doubts])
    head = ["board", "part", "seconds", "own cores", "other cores", "doubts"]
    note = "Own cores: processor time over the time of the part. Other cores: kept busy by anything else."
    return Section("Conditions", [], [Table("Conditions of every part", head, rows, note, prose=True)])
