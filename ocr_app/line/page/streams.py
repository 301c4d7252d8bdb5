"""What the live screen asks for again and again: events as they come, frames, pictures, and the yield by hour."""

import asyncio
import collections
import json
import logging
import sqlite3
import time
from typing import Any, Dict, List, Optional, Set

from aiohttp import web

from ocr_app.core.errors import ImageError
from ocr_app.core.logs import Throttle, fields
from ocr_app.line.page.access.gate import HEADERS, PageGate
from ocr_app.line.page.access.users import OPERATOR, VIEWER
from ocr_app.line.page.content import pictures
from ocr_app.line.page.content.feed import ShownPart
from ocr_app.line.page.content.pictures import LARGEST, SMALL, PagePicture
from ocr_app.line.page.content.records import SearchTooSlow
from ocr_app.line.page.content.rendering import PageAsset
from ocr_app.line.page.site import PageSite

LOG = logging.getLogger(__name__)
LEAST_S, MOST_S, WRITE_S = 0.2, 1.0, 10.0
MOST_VIEWERS = 24
_FRAMES = 8
_LOG_EVERY_S = 60.0


class LiveViewer:
    """One browser that gets events. A slow one misses some, and always gets the newest."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._newest = b""

    def put(self, event: bytes) -> None:
        """The newest event."""
        self._newest = event
        self._changed.set()

    async def next(self) -> bytes:
        """Waits for it."""
        await self._changed.wait()
        self._changed.clear()
        return self._newest


class PageStreams:
    """Handlers of aiohttp, and the task that makes events while somebody looks."""

    def __init__(self, site: PageSite, assets: Dict[str, PageAsset]) -> None:
        self._site, self._assets = site, assets
        self._viewers: Set[LiveViewer] = set()
        self._frames: "collections.OrderedDict[int, PagePicture]" = collections.OrderedDict()
        self._throttle = Throttle(_LOG_EVERY_S)
        self._changed: Optional[asyncio.Event] = None
        self._ended = False

    def routes(self) -> List[web.RouteDef]:
        """What this class answers."""
        return [
            web.get("/events", self.events),
            web.get("/frames/{number:[0-9]{1,18}}.jpg", self.frame),
            web.get("/recent/{number:[0-9]{1,18}}.jpg", self.recent),
            web.get("/pictures/{number:[0-9]{1,18}}.jpg", self.picture),
            web.get("/hours.json", self.hours),
            web.get("/assets/{name}", self.asset),
        ]

    # --- events ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Makes an event after each part, five a second at most and one a second at least; ends by being cancelled."""
        self._changed = asyncio.Event()
        loop = asyncio.get_event_loop()
        self._site.feed.changed = lambda part: _wake(loop, self._changed)
        while True:
            try:
                await asyncio.wait_for(self._changed.wait(), MOST_S)
            except asyncio.TimeoutError:
                pass
            self._changed.clear()
            self._site.open_alarms()  # an alarm that ends unseen must not stay acknowledged
            if self._viewers:
                event = await self._make_event()
                for viewer in self._viewers:
                    viewer.put(event)
            await asyncio.sleep(LEAST_S)

    def end(self) -> None:
        """Lets the browsers go."""
        self._ended = True
        for viewer in self._viewers:
            viewer.put(b": the service ends\n\n")

    async def _make_event(self) -> bytes:
        site, part = self._site, self._site.feed.last
        await self._count()
        found: Dict[str, Any] = {"part": None, "health": site.health(), "now": time.time()}
        found.update(site.feed.counters(), under_way=site.line.under_way(), product=site.line.changes.setup.product)
        if part is not None:
            picture = await self._frame_of(part)
            found["part"] = dict(site.feed.describe(part), size=picture.size if picture else None)
        return b"data: " + json.dumps(found, ensure_ascii=False).encode("utf-8") + b"\n\n"

    async def _count(self) -> None:
        """Shift and batch are counted anew when they begin; where the journal is slow, at the next event."""
        site, batch = self._site, self._site.line.changes.batch
        first = None if batch is None else (batch.first_part, batch.wall, str(batch.record.get("product", "")))
        try:
            await site.work(site.feed.spans.look, time.time(), first, site.records.counts)
        except (sqlite3.Error, SearchTooSlow, web.HTTPServiceUnavailable) as error:
            held_back = self._throttle.admit("count")
            if held_back is not None:
                LOG.warning("parts are not counted", extra=fields(error=str(error)))

    async def _frame_of(self, part: ShownPart) -> Optional[PagePicture]:
        """The frame of a part as a picture, None where it has none that can be shown."""
        number = part.row.number
        if number in self._frames or not part.data:
            return self._frames.get(number)
        try:
            made = await self._site.work(pictures.of_bytes, part.data, self._site.limits)
        except (ImageError, OSError, web.HTTPServiceUnavailable) as error:
            held_back = self._throttle.admit("frame")
            if held_back is not None:
                LOG.warning("a frame is not shown", extra=fields(part=part.row.id, error=str(error)))
            return None
        self._frames[number] = made
        while len(self._frames) > _FRAMES:
            self._frames.popitem(last=False)
        return made  # type: ignore[no-any-return]

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, until the browser goes or its sign-in ends."""
        self._site.gate.demand(request, VIEWER, is_click=False)
        if len(self._viewers) >= MOST_VIEWERS:
            raise web.HTTPServiceUnavailable()
        response = web.StreamResponse(headers=dict(HEADERS, **{"Cache-Control": "no-store"}))
        response.content_type = "text/event-stream"
        await response.prepare(request)
        viewer = LiveViewer()
        self._viewers.add(viewer)
        if self._changed is not None:
            self._changed.set()
        try:
            while self._may_look(request) and not self._ended:
                await asyncio.wait_for(response.write(await viewer.next()), WRITE_S)
        except (asyncio.TimeoutError, ConnectionError):
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._viewers.discard(viewer)
        return response

    def _may_look(self, request: web.Request) -> bool:
        gate: PageGate = self._site.gate
        return bool(gate.person(request, is_click=False).role)

    # --- pictures --------------------------------------------------------------------------------------------------

    async def frame(self, request: web.Request) -> web.StreamResponse:
        """A frame of the live screen; the last few are there."""
        self._site.gate.demand(request, VIEWER, is_click=False)
        found = self._frames.get(int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound()
        return _jpeg(found)

    async def picture(self, request: web.Request) -> web.StreamResponse:
        """The picture of a part that the journal keeps."""
        site = self._site
        site.gate.demand(request, VIEWER, is_click=False)
        row = await site.work(site.records.part, int(request.match_info["number"]))
        path = pictures.path_of(site.folder, row.picture) if row is not None else ""
        if not path:
            raise web.HTTPNotFound()
        side = SMALL if request.query.get("side") == "small" else LARGEST
        try:
            return _jpeg(await site.work(pictures.of_file, path, site.limits, side))
        except ImageError:
            raise web.HTTPNotFound()

    async def recent(self, request: web.Request) -> web.StreamResponse:
        """The frame of one of the last parts, which the journal need not keep; for those who may change something."""
        site = self._site
        site.gate.demand(request, OPERATOR, is_click=False)
        found = await site.work(site.line.preview.frames.of, int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound()
        side = SMALL if request.query.get("side") == "small" else LARGEST
        try:
            return _jpeg(await site.work(pictures.of_bytes, found.data, site.limits, side))
        except (ImageError, OSError):
            raise web.HTTPNotFound()

    async def hours(self, request: web.Request) -> web.StreamResponse:
        """Passes and parts of the last hours."""
        self._site.gate.demand(request, VIEWER, is_click=False)
        found = await self._site.work(self._site.records.hours, time.time())
        return web.json_response(found)

    async def asset(self, request: web.Request) -> web.StreamResponse:
        """A file of the page itself; everybody may have it."""
        found = self._assets.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound()
        headers = {"Cache-Control": "no-cache"}
        return web.Response(body=found.data, content_type=found.kind, charset="utf-8", headers=headers)


def _jpeg(picture: PagePicture) -> web.Response:
    return web.Response(body=picture.jpeg, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def _wake(loop: Any, event: Optional[asyncio.Event]) -> None:
    """From the thread that decides; a loop that has ended needs nothing."""
    if event is not None:
        try:
            loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            pass
