"""A connection has to ask something soon, and there are not too many of them."""

import asyncio

import pytest

from ocr_app.line.page.access.guard import ConnectionGuard


class Inner:
    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values: self.calls.append((name, *values))


class Transport:
    aborted = False

    def abort(self):
        self.aborted = True


@pytest.fixture
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


def wait(loop, seconds):
    loop.run_until_complete(asyncio.wait_for(_sleep(seconds), 5))


async def _sleep(seconds):
    await asyncio.sleep(seconds)


def test_everything_is_handed_on(loop):
    inner, transport = Inner(), Transport()
    connection = ConnectionGuard(lambda: inner, loop)()
    connection.connection_made(transport)
    connection.data_received(b"x")
    connection.pause_writing()
    connection.resume_writing()
    connection.eof_received()
    connection.connection_lost(None)
    names = [call[0] for call in inner.calls]
    assert names == [
        "connection_made",
        "data_received",
        "pause_writing",
        "resume_writing",
        "eof_received",
        "connection_lost",
    ]


def test_one_that_asks_nothing_is_cut_off_and_one_that_asks_is_not(loop):
    guard = ConnectionGuard(Inner, loop, head_s=0.05)
    silent, asking = Transport(), Transport()
    for transport in (silent, asking):
        guard().connection_made(transport)
    guard.has_request(asking)
    wait(loop, 0.2)
    assert silent.aborted and not asking.aborted


def test_one_too_many_is_cut_off(loop):
    guard = ConnectionGuard(Inner, loop, most=1)
    first, second = guard(), guard()
    transports = [Transport(), Transport()]
    first.connection_made(transports[0])
    second.connection_made(transports[1])
    assert [one.aborted for one in transports] == [False, True] and guard.open == 2
    for call in (second.data_received, second.connection_lost):
        call(None)
    second.pause_writing()
    second.resume_writing()
    assert second.eof_received() is None
    first.connection_lost(None)
    assert guard.open == 0 and guard._timers == {}
