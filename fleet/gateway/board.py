"""What the nodes of one board show: values, their quality and their times. Nothing here knows OPC UA or MQTT."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fleet.gateway.messages import VERDICTS, PartMessage, StateMessage

GOOD = "Good"
AWAY = "BadNoCommunication"
WAITS = "BadWaitingForInitialData"
CODES = {verdict: number + 1 for number, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True)
class NodeKind:
    """A variable below a board: its path, its OPC UA type, whether it is an array, and what it means."""

    path: str
    type: str
    is_array: bool
    about: str


NODES = (
    NodeKind("Online", "Boolean", False, "the board is connected to the broker"),
    NodeKind("Ready", "Boolean", False, "parts are read and written down"),
    NodeKind("Degraded", "Boolean", False, "something is wrong"),
    NodeKind("DegradedReasons", "String", True, "what is wrong, as in the health of the service"),
    NodeKind("Boot", "String", False, "this start of the service"),
    NodeKind("Passes", "UInt32", False, "parts that passed since the start of the service"),
    NodeKind("Rejects", "UInt32", False, "parts that did not"),
    NodeKind("Missed", "UInt32", False, "parts that never came here, by the numbers of those that did"),
    NodeKind("Part.Sequence", "UInt64", False, "number of the last part; it only grows"),
    NodeKind("Part.Id", "String", False, "its id, which no other part ever has"),
    NodeKind("Part.Verdict", "String", False, ", ".join(f"`{verdict}`" for verdict in VERDICTS)),
    NodeKind("Part.VerdictCode", "Byte", False, ", ".join(f"{code} {name}" for name, code in CODES.items())),
    NodeKind("Part.Passed", "Boolean", False, "the verdict is `pass`"),
    NodeKind("Part.Text", "String", False, "the text of the code"),
    NodeKind("Part.Reasons", "String", True, "why it did not pass, the first one first"),
    NodeKind("Part.ValueNames", "String", True, "the names of what was read, in the order of `Values`"),
    NodeKind("Part.Values", "String", True, "what was read, by the fields of the recipe"),
    NodeKind("Part.Recipe", "String", False, "the name of the recipe"),
    NodeKind("Part.Triggered", "DateTime", False, "when its trigger came, by the clock of the board"),
    NodeKind("Part.ClockTrusted", "Boolean", False, "that clock was right"),
)
_EMPTY: dict[str, Any] = {"Boolean": False, "String": "", "UInt32": 0, "UInt64": 0, "Byte": 0, "DateTime": None}


@dataclass(frozen=True)
class NodeValue:
    """What a node shows. ``at``: the source timestamp, in UTC; None where there is no value yet."""

    value: Any
    quality: str
    at: datetime | None


def empty(kind: NodeKind) -> NodeValue:
    """What a node shows before anything came."""
    return NodeValue([] if kind.is_array else _EMPTY[kind.type], WAITS, None)


class BoardView:
    """One board. Every method returns the nodes that change, by path; ``now`` is the time here, in UTC."""

    def __init__(self) -> None:
        self.shown = {kind.path: empty(kind) for kind in NODES}
        self._part: PartMessage | None = None
        self._boot = ""
        self._is_online = False
        self._missed = 0

    def available(self, is_online: bool, now: datetime) -> dict[str, NodeValue]:
        """The board has come, or has gone; its last will says so when the plug was pulled."""
        self._is_online = is_online
        changed = {"Online": NodeValue(is_online, GOOD, now)}
        return self._show(changed if is_online else {**self._all(AWAY), **changed})

    def broker_gone(self) -> dict[str, NodeValue]:
        """Nobody knows anything until the broker is back."""
        self._is_online = False
        return self._show(self._all(AWAY))

    def _all(self, quality: str) -> dict[str, NodeValue]:
        """Every node with this quality; what never had a value goes on waiting for it."""
        return {
            path: NodeValue(value.value, WAITS if value.at is None else quality, value.at)
            for path, value in self.shown.items()
        }

    def state(self, message: StateMessage, now: datetime) -> dict[str, NodeValue]:
        """The state; the last part is good again if it is one of the same start of the service."""
        self._boot = message.boot
        values = {
            "Ready": message.ready, "Degraded": bool(message.degraded), "DegradedReasons": list(message.degraded),
            "Boot": message.boot, "Passes": message.passes & 0xFFFFFFFF, "Rejects": message.rejects & 0xFFFFFFFF,
            "Missed": self._missed,
        }  # fmt: skip
        quality = GOOD if self._is_online else AWAY
        changed = {name: NodeValue(value, quality, now) for name, value in values.items()}
        is_current = self._part is not None and self._part.boot == message.boot
        for path, value in self.shown.items():
            if path.startswith("Part.") and value.at is not None:
                of_part = quality if is_current or not self._is_online else WAITS
                changed[path] = NodeValue(value.value, of_part, value.at)
        return self._show(changed)

    def part(self, message: PartMessage, now: datetime) -> dict[str, NodeValue]:
        """A part; nothing changes for one that is not newer than the last, which may come again."""
        last = self._part
        if last is not None and not self._is_news(message, last):
            return {}
        if last is not None and message.previous is not None and message.previous > last.number:
            self._missed += 1  # at least one: the numbers between were not all given to parts
        self._part = message
        at = message.triggered if message.trusted else now
        values = {
            "Sequence": message.number, "Id": message.id, "Verdict": message.verdict,
            "VerdictCode": CODES[message.verdict], "Passed": message.verdict == "pass", "Text": message.text,
            "Reasons": list(message.reasons), "ValueNames": list(message.values),
            "Values": list(message.values.values()), "Recipe": message.recipe,
            "Triggered": message.triggered, "ClockTrusted": message.trusted,
        }  # fmt: skip
        quality = GOOD if self._is_online else AWAY
        changed = {f"Part.{name}": NodeValue(value, quality, at) for name, value in values.items()}
        return self._show({**changed, "Missed": NodeValue(self._missed, quality, now)})

    def _is_news(self, message: PartMessage, last: PartMessage) -> bool:
        """A higher number; or any, of the present start of the service, behind one of an earlier start."""
        return message.number > last.number or (message.boot == self._boot != last.boot)

    def _show(self, changed: dict[str, NodeValue]) -> dict[str, NodeValue]:
        new = {path: value for path, value in changed.items() if self.shown[path] != value}
        self.shown.update(new)
        return new
