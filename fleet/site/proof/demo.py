"""`./inv site demo`: simulated boards, Mosquitto, two collectors, PostgreSQL and the page; each is killed in turn."""

from __future__ import annotations

import asyncio
import itertools
import logging
import signal
import threading
import time
from pathlib import Path

import attr

from fleet.core.errors import SiteError
from fleet.core.files import ROOT
from fleet.live.broker import free_port
from fleet.site import settings as settled
from fleet.site.page import server
from fleet.site.proof import faults
from fleet.site.proof.boards import BoardRhythm, JournalledBoard
from fleet.site.proof.faults import ProvedSite

FOLDER = ROOT / "build" / "site-demo"
BOARDS, RATE_HZ = 10, 1.0
_HOURS, _BY_HOUR = 24, 12
_KILL_EVERY_S, _SAY_S = 20.0, 5.0
_TURNS = ("collector", "broker", "database")


class DemonstratedPage:
    """The page, in a thread with an event loop of its own."""

    def __init__(self, path: Path) -> None:
        found = settled.load(str(path))
        self.settings = attr.evolve(found, page=attr.evolve(found.page, listen=f"127.0.0.1:{free_port()}"))
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="page")
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(server.serve(self.settings, self._ended))
        self._loop.close()

    @property
    def address(self) -> str:
        """For a browser."""
        return f"http://{self.settings.page.listen}/"

    def end(self) -> None:
        """Ends it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join(10.0)


def run(seconds: float = 0.0, folder: Path = FOLDER) -> int:
    """Until Ctrl-C, or for ``seconds``. Returns 0. Raises SiteError: something is missing, or a part is lost."""
    for name in ("ocr_app", "fleet.site"):
        logging.getLogger(name).setLevel(logging.ERROR)  # what is killed says so often enough here
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    _say("starting PostgreSQL, Mosquitto, two collectors and ten boards; this takes some seconds")
    try:
        with ProvedSite(folder) as site:
            page = DemonstratedPage(site.settings)
            boards = _boards(site, folder)
            rhythm = BoardRhythm(boards, RATE_HZ)
            try:
                _greet(site, page, seconds)
                rhythm.start()
                _watch(site, boards, rhythm, seconds)
            except KeyboardInterrupt:
                _say("\nending: waiting until everything that was decided is in the database")
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C leaves nothing behind
                rhythm.end()
            try:
                return _conclude(site, boards)
            finally:
                for board in boards:
                    board.end()
                page.end()
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _boards(site: ProvedSite, folder: Path) -> list[JournalledBoard]:
    """The last one rejects more than its siblings, one is degraded, two have the next release; all have a past."""
    made = [
        JournalledBoard(
            folder / "boards", f"line-{number + 1}", site.broker.port, 0.18 if number == BOARDS - 1 else 0.05,
            "2026.12.0" if number < 2 else "2026.11.1",
        )
        for number in range(BOARDS)
    ]  # fmt: skip
    made[3].degraded = ["disk_low"]
    for step in range(_HOURS * _BY_HOUR, 0, -1):
        for board in made:
            board.decide(ago_s=step * 3600.0 / _BY_HOUR)
    return made


def _greet(site: ProvedSite, page: DemonstratedPage, seconds: float) -> None:
    until = f"after {seconds:g} s" if seconds else "with Ctrl-C"
    _say(
        f"page      {page.address}   (open it in a browser)\n"
        f"database  psql '{site.database.url}'\n"
        f"MQTT      127.0.0.1:{site.broker.port}, topics nano-ocr/+/part\n\n"
        f"Each board decides a part a second. Every {_KILL_EVERY_S:g} s a collector, the broker or the database is\n"
        f"killed, in turn, and started again. It ends {until}.\n"
    )


def _watch(site: ProvedSite, boards: list[JournalledBoard], rhythm: BoardRhythm, seconds: float) -> None:
    start = time.monotonic()
    turns, next_kill = itertools.cycle(_TURNS), start + _KILL_EVERY_S
    while not seconds or time.monotonic() - start < seconds:
        time.sleep(min(_SAY_S, max(0.1, start + seconds - time.monotonic())) if seconds else _SAY_S)
        if time.monotonic() >= next_kill:
            kind = next(turns)
            _say(f"{time.monotonic() - start:5.0f} s  killing the {kind}")
            faults.kills(site, 2.0)[kind]()
            next_kill = time.monotonic() + _KILL_EVERY_S
        decided, stored = sum(board.last for board in boards), sum(site.completes().values())
        _say(f"{time.monotonic() - start:5.0f} s  {decided} parts decided, {stored} in the database without a gap")


def _conclude(site: ProvedSite, boards: list[JournalledBoard]) -> int:
    site.wait_complete({board.name: board.last for board in boards})
    found = faults.compare(site, [row for board in boards for row in board.rows()])
    _say(
        f"{found['journalled']} parts in the journals of the boards, {found['stored']} in the database: "
        f"{found['lost']} lost, {found['doubled']} doubled, {found['otherwise']} told otherwise"
    )
    wrong = found["lost"] or found["doubled"] or found["otherwise"] or found["unknown"]
    if wrong:
        raise SiteError("parts are lost, doubled or told otherwise", "each part once", str(site.folder))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)
