"""The page as a part of the service: an event loop in a thread of its own, beside the line."""

import asyncio
import functools
import io
import logging
import sys
import threading
from typing import Any, Dict, List, Optional

from aiohttp import web
from PIL import Image as Pillow

from ocr_app.core.logs import fields
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.page.access import gate as gates
from ocr_app.line.page.access.certificate import names_of
from ocr_app.line.page.access.gate import PageGate
from ocr_app.line.page.access.guard import ConnectionGuard
from ocr_app.line.page.access.listening import PageAddress
from ocr_app.line.page.acting import PageActions
from ocr_app.line.page.changing import PageChanges
from ocr_app.line.page.content.rendering import assets
from ocr_app.line.page.content.words import lines_of
from ocr_app.line.page.screens import PageScreens
from ocr_app.line.page.site import PageLine, PageSite
from ocr_app.line.page.streams import PageStreams
from ocr_app.line.page.teaching import PageTeaching
from ocr_app.line.reading.jobs import Result

LOG = logging.getLogger(__name__)
KEEP_ALIVE_S, HANDSHAKE_S, END_S = 15.0, 10.0, 2.0
_LOOK_S = 0.2
_MOST_REMARKS = 16
_EXIF_ORIENTATION = 0x0112  # Exif 2.32, table 4


class OperatorPage:
    """``view`` gets every verdict; ``run`` is the body of a thread."""

    def __init__(self, line: PageLine, address: PageAddress) -> None:
        settings = line.settings.page
        self._line, self._address = line, address
        self._site = PageSite(line, PageGate(settings, address.users, address.context is not None))
        name = names_of(settings)[0] if not settings.is_local else settings.host
        self.url = address.url(name)
        self._remarks: List[Any] = []
        self._lock = threading.Lock()

    def view(self, row: PartRow, data: bytes, result: Optional[Result]) -> None:
        """The next verdict; never waits."""
        self._site.feed.view(row, data, result)
        if not row.passed and result is not None:
            with self._lock:
                self._remarks = (self._remarks + [(row, data, result)])[-_MOST_REMARKS:]

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(self._serve(stop, loop))
        finally:
            asyncio.set_event_loop(None)
            loop.close()
            self._site.close()

    async def _serve(self, stop: threading.Event, loop: Any) -> None:
        files = assets()
        streams, screens = PageStreams(self._site, files), PageScreens(self._site)
        guards: List[ConnectionGuard] = []

        def arrived(transport: Any) -> None:
            guards[0].has_request(transport)

        failed = functools.partial(LOG.exception, "a request of the page failed")
        checked = gates.middleware(self._site.gate, arrived, self._site.error, failed)
        app = web.Application(client_max_size=gates.BODY_BYTES, middlewares=[checked])
        actions = PageActions(self._site, screens)
        changes = PageChanges(self._site, actions)
        app.add_routes(screens.routes() + streams.routes() + actions.routes() + changes.routes())
        app.add_routes(PageTeaching(self._site, actions, changes).routes())
        runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE_S)
        await runner.setup()
        assert runner.server is not None  # since setup
        guards.append(ConnectionGuard(runner.server, loop))
        server = await loop.create_server(guards[0], sock=self._address.bound, **self._tls())
        events = loop.create_task(streams.run())
        LOG.info("page listening", extra=fields(page=self.url))
        try:
            while not stop.is_set():
                if events.done():
                    events.result()
                await self._write_remarks()
                await asyncio.sleep(_LOOK_S)
        finally:
            events.cancel()
            streams.end()
            server.close()
            try:
                await asyncio.wait_for(runner.cleanup(), END_S)
            except asyncio.TimeoutError:
                LOG.warning("requests of the page were broken off")
            await self._write_remarks()

    def _tls(self) -> Dict[str, Any]:
        if self._address.context is None:
            return {}
        limit: Dict[str, Any] = {"ssl_handshake_timeout": HANDSHAKE_S} if sys.version_info >= (3, 7) else {}
        return dict(limit, ssl=self._address.context)

    async def _write_remarks(self) -> None:
        """Sentences and quads of rejects, beside their rows; they come after the verdict, which waits for none."""
        with self._lock:
            found, self._remarks = self._remarks, []
        for row, data, result in found:
            await self._site.work(self._write_remark, row, data, result)

    def _write_remark(self, row: PartRow, data: bytes, result: Result) -> None:
        size = _size_of(data)
        told = self._site.texts.reasons_of(list(row.reasons), result)
        lines = lines_of(result) if size else []
        self._line.beside.remark(row.number, {"reasons": told, "lines": lines, "size": list(size or (1, 1))})


def _size_of(data: bytes) -> Any:
    """Width and height of a frame as it is read, from its head; None where that does not tell."""
    try:
        with Pillow.open(io.BytesIO(data)) as picture:
            turned = picture.getexif().get(_EXIF_ORIENTATION, 1) in (5, 6, 7, 8)
            return picture.size[::-1] if turned else picture.size
    except Exception:  # Pillow's readers raise exceptions of many classes
        return None
