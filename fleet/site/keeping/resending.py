"""When to ask a board for parts: a gap is given time, asked for, asked for again later, and given up in the end.

Nothing here knows MQTT or the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.site.settings import SiteKeeping
from fleet.site.store.chains import ChainGap


@dataclass
class OpenGap:
    """A gap that was seen. ``next_at``: when its board may be asked next.

    ``until``: the number up to which parts were missing when the board was asked; 0 before that. Beyond it, a board
    that goes on deciding parts always has some that are on their way.
    """

    gap: ChainGap
    next_at: float
    tries: int = 0
    until: int = 0

    @property
    def is_told(self) -> bool:
        """Whether the board was asked."""
        return self.until > 0


@dataclass(frozen=True)
class Asking:
    """What follows from a look: ``ask`` are numbers by board. The others are gaps: asked for at first, and ended."""

    ask: dict[str, int]
    opened: list[ChainGap]
    closed: list[ChainGap]
    given_up: list[ChainGap]


class ResendPolicy:
    """Remembers gaps from look to look. ``now``, everywhere: seconds of the monotonic clock."""

    def __init__(self, settings: SiteKeeping) -> None:
        self._settings = settings
        self._open: dict[str, OpenGap] = {}
        self._arrived: dict[str, float] = {}
        self._said: dict[str, int] = {}

    @property
    def asked(self) -> int:
        """How many boards have a gap that they were asked for."""
        return sum(seen.is_told for seen in self._open.values())

    def arrived(self, board: str, now: float) -> None:
        """The board is connected to the broker: what it sent before may be lost with nothing after it to tell."""
        self._arrived.setdefault(board, now + self._settings.grace_s)

    def left(self, board: str) -> None:
        """The board is gone; nobody hears a question."""
        self._arrived.pop(board, None)

    def said(self, board: str, number: int) -> None:
        """The number of the last part that the board decided, by its state."""
        self._said[board] = number

    def look(self, gaps: list[ChainGap], complete: dict[str, int], online: set[str], now: float) -> Asking:
        """``gaps``: the first of each board. ``complete``: up to which number each board is complete."""
        wanted = {gap.board: gap for gap in [*self._tails(complete), *gaps]}
        closed = [
            seen.gap for board, seen in self._open.items()
            if seen.is_told and (board not in wanted or wanted[board].after >= seen.until)
        ]  # fmt: skip
        self._open = {board: self._seen(gap, now) for board, gap in wanted.items()}
        ask, opened, given_up = self._due(online, now)
        for board in self._arrivals(online, now):
            if self._settings.history or board in complete:
                ask.setdefault(board, complete.get(board, 0))
        return Asking(ask, opened, closed, given_up)

    def _seen(self, gap: ChainGap, now: float) -> OpenGap:
        """The gap as it is now. One that begins elsewhere than before moves: the board is sending."""
        seen = self._open.get(gap.board)
        if seen is None:
            return OpenGap(gap, now + self._settings.grace_s)
        if seen.gap.after != gap.after:
            is_same = gap.after < seen.until
            pause = self._settings.again_s if is_same else self._settings.grace_s
            return OpenGap(gap, now + pause, until=seen.until if is_same else 0)
        seen.gap = gap
        return seen

    def _tails(self, complete: dict[str, int]) -> list[ChainGap]:
        """Boards whose last part, by their state, is beyond what is here."""
        return [
            ChainGap(board, complete.get(board, 0), number)
            for board, number in self._said.items()
            if number > complete.get(board, 0) and (self._settings.history or board in complete)
        ]

    def _due(self, online: set[str], now: float) -> tuple[dict[str, int], list[ChainGap], list[ChainGap]]:
        ask: dict[str, int] = {}
        opened, given_up = [], []
        for board, seen in list(self._open.items()):
            if now < seen.next_at or board not in online:
                continue
            if seen.tries >= self._settings.tries:
                given_up.append(seen.gap)
                del self._open[board]
                self._said.pop(board, None)
                continue
            opened += [] if seen.is_told else [seen.gap]
            ask[board], seen.until = seen.gap.after, max(seen.until, seen.gap.upto)
            seen.next_at = now + self._settings.again_s * 2.0**seen.tries
            seen.tries += 1
        return ask, opened, given_up

    def _arrivals(self, online: set[str], now: float) -> list[str]:
        due = [board for board, at in self._arrived.items() if now >= at and board in online]
        for board in due:
            del self._arrived[board]
        return due
