"""What all screens share: the line that is shown, its journal, who may do what, and the threads that work for them."""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Dict, List, NamedTuple

from aiohttp import web

from ocr_app.imaging.load import Limits
from ocr_app.line.changes.changing import LineChanges
from ocr_app.line.changes.preview import SetupPreview
from ocr_app.line.health.snapshot import StatusSnapshot
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.journal.pictures import UNKNOWN
from ocr_app.line.page.access.attempts import SignInAttempts
from ocr_app.line.page.access.gate import PageGate, PagePerson, address_of
from ocr_app.line.page.access.sessions import FormTokens
from ocr_app.line.page.content.alarms import AlarmAnswer, PageAlarms
from ocr_app.line.page.content.feed import LiveFeed
from ocr_app.line.page.content.records import PageRecords
from ocr_app.line.page.content.rendering import PageRenderer, moment
from ocr_app.line.page.content.words import PageTexts
from ocr_app.line.parts.pipeline import LineIdentity
from ocr_app.line.settings.service import ServiceSettings

WORKERS, MOST_WAITING = 2, 32


class PageLine(NamedTuple):
    """The running line, as far as the page needs it."""

    settings: ServiceSettings
    identity: LineIdentity
    snapshot: Callable[[], StatusSnapshot]
    under_way: Callable[[], int]
    changes: LineChanges
    beside: JournalBeside
    preview: SetupPreview


class PageSite:
    """For the thread of the event loop, except where it says otherwise."""

    def __init__(self, line: PageLine, gate: PageGate) -> None:
        self.line, self.gate = line, gate
        self.folder = line.settings.journal.folder
        image = line.settings.image
        self.limits = Limits(image.max_pixels, image.max_bytes, image.min_side)
        self.texts = PageTexts()
        self.feed = LiveFeed(self.texts, shifts=line.settings.page.shifts)
        self.alarms = PageAlarms()
        self.attempts = SignInAttempts()
        self.forms = FormTokens()
        self.records = PageRecords(self.folder)
        self._pool = ThreadPoolExecutor(WORKERS)
        self._waiting = 0
        self._render = PageRenderer(
            self.texts, board=line.identity.board, has_users=gate.users is not None, can_change=self.can_change
        )

    @property
    def can_change(self) -> bool:
        """Whether anything can be changed here: there is somebody who may."""
        return self.gate.users is not None

    async def work(self, task: Callable[..., Any], *arguments: Any) -> Any:
        """What would hold up the event loop, in another thread. Raises HTTPServiceUnavailable where too much waits."""
        if self._waiting >= MOST_WAITING:
            raise web.HTTPServiceUnavailable()
        self._waiting += 1
        try:
            return await asyncio.get_event_loop().run_in_executor(self._pool, task, *arguments)
        finally:
            self._waiting -= 1

    def page(self, request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:
        """A screen as an answer."""
        person = values.pop("person", None) or self.gate.person(request, is_click=False)
        values.setdefault("screen", template)
        html = self._render(template, person=person, alarm_count=self.open_alarms(), **values)
        return web.Response(text=html, status=status, content_type="text/html")

    def open_alarms(self) -> int:
        """How many alarms nobody acknowledged."""
        reasons = self.line.snapshot().degraded
        return len(reasons) - len(self.alarms.look(reasons))

    def health(self) -> Dict[str, Any]:
        """The state of the service, and its alarms with who acknowledged them."""
        snapshot = self.line.snapshot()
        answers = self.alarms.look(snapshot.degraded)
        alarms: List[Dict[str, Any]] = [
            dict(self.texts.alarm(reason), answer=self._answer(answers[reason]) if reason in answers else None)
            for reason in snapshot.degraded
        ]
        return {"ready": snapshot.ready, "live": snapshot.live, "state": snapshot.state, "alarms": alarms}

    def _answer(self, answer: AlarmAnswer) -> Dict[str, Any]:
        told = self.texts("health.acknowledged", user=answer.user, time=moment(answer.wall))
        return dict(answer._asdict(), told=told)

    async def record(self, request: web.Request, person: PagePerson, action: str, detail: str = "") -> bool:
        """Writes down who did what; False where the disk does not take it."""
        record = self.line.beside.record_action
        return bool(await self.work(record, person.user, person.role, address_of(request), action, detail))

    def error(self, request: web.Request, status: int, reason: str) -> web.StreamResponse:
        """The page of an error; its text is ours, never what the request said."""
        key = "error.{}".format(status)
        known = self.texts.below("error.")
        name = "{}.{}".format(status, reason)
        problem = known.get(name) or known.get(key[len("error.") :]) or known["400"]
        if "text/html" not in request.headers.get("Accept", ""):
            return web.Response(status=status, text=problem + "\n")
        return self.page(request, "error", status, problem=problem)

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=True)


def local_moment(text: str) -> float:
    """Seconds since 1970 of what a browser's field of time says, in the local time of the board. Raises ValueError."""
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    raise ValueError(text)


def has_picture(folder: str, picture: str) -> bool:
    """Whether the picture that a row names is still there; bytes of no known kind are no picture."""
    return bool(picture) and not picture.endswith(UNKNOWN) and os.path.isfile(os.path.join(folder, picture))
