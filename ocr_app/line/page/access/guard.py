"""Guards connections: their number, and the time that the head of a first request may take to arrive.

aiohttp itself bounds the size of a head, and how long a connection may be idle between two requests.
"""

import asyncio
from typing import Any, Callable, Dict

MOST = 128
HEAD_S = 10.0


class ConnectionGuard:
    """Makes the protocol of each connection. ``make``: that of aiohttp. For the thread of the event loop alone."""

    def __init__(self, make: Callable[[], Any], loop: Any, most: int = MOST, head_s: float = HEAD_S) -> None:
        self._make, self._loop, self._most, self._head_s = make, loop, most, head_s
        self._timers: Dict[Any, Any] = {}
        self.open = 0

    def __call__(self) -> "GuardedConnection":
        return GuardedConnection(self._make(), self)

    def enter(self, transport: Any) -> bool:
        """A new connection; False where there are too many."""
        self.open += 1
        if self.open > self._most:
            return False
        self._timers[transport] = self._loop.call_later(self._head_s, self._give_up, transport)
        return True

    def has_request(self, transport: Any) -> None:
        """The head of a request has arrived."""
        timer = self._timers.pop(transport, None)
        if timer is not None:
            timer.cancel()

    def leave(self, transport: Any) -> None:
        """A connection has ended."""
        self.open -= 1
        self.has_request(transport)

    def _give_up(self, transport: Any) -> None:
        self._timers.pop(transport, None)
        transport.abort()


class GuardedConnection(asyncio.Protocol):
    """Hands everything on to the protocol of aiohttp."""

    def __init__(self, inner: Any, guard: ConnectionGuard) -> None:
        self._inner, self._guard, self._transport = inner, guard, None  # type: Any, ConnectionGuard, Any

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if self._guard.enter(transport):
            self._inner.connection_made(transport)
        else:
            self._inner = None
            transport.abort()

    def connection_lost(self, exc: Any) -> None:
        self._guard.leave(self._transport)
        if self._inner is not None:
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._inner.data_received(data)

    def eof_received(self) -> Any:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()
