"""The screens that show something: live, rejects, one part, history with its export, health."""

import io
import re
import sqlite3
from typing import Any, Dict, List, Tuple
from urllib.parse import urlencode

from aiohttp import web

from ocr_app.line.journal import history
from ocr_app.line.journal.rows import VERDICTS, PartRow
from ocr_app.line.page.access.users import OPERATOR, VIEWER, may
from ocr_app.line.page.content.records import LIMIT_S, PartSearch, SearchTooSlow
from ocr_app.line.page.site import PageSite, has_picture, local_moment

REJECTS, ROWS, EXPORTED, ACTIONS = 24, 50, 20000, 50
_LONGEST = 100
_DIGITS = re.compile(r"[0-9]{1,18}\Z")
_REJECTED = tuple(verdict for verdict in VERDICTS if verdict != "pass")
_SCRIPT = ("verdict.", "state.", "live.", "count.", "text.", "span.")


class PageScreens:
    """Handlers of aiohttp."""

    def __init__(self, site: PageSite) -> None:
        self._site = site

    def routes(self) -> List[web.RouteDef]:
        """What this class answers."""
        return [
            web.get("/", self.live),
            web.get("/rejects", self.rejects),
            web.get("/parts/{number:[0-9]{1,18}}", self.part),
            web.get("/history", self.history),
            web.get("/history.{kind:csv|json}", self.export),
            web.get("/health", self.health),
        ]

    async def live(self, request: web.Request) -> web.StreamResponse:
        """The last part; a script fills it in."""
        person = self._site.gate.demand(request, VIEWER)
        return self._site.page(request, "live", person=person, script_texts=self._script_texts(_SCRIPT))

    def _script_texts(self, prefixes: Tuple[str, ...]) -> Dict[str, str]:
        return {prefix + key: text for prefix in prefixes for key, text in self._site.texts.below(prefix).items()}

    async def rejects(self, request: web.Request) -> web.StreamResponse:
        """Pictures of the last rejects."""
        person = self._site.gate.demand(request, VIEWER)
        below = _number(request.query.get("below", ""))
        found = await self._search(PartSearch(verdicts=_REJECTED, below=below), REJECTS + 1)
        rows = [self._told(row) for row in found[:REJECTS]]
        more, is_older = len(found) > REJECTS, below is not None
        return self._site.page(request, "rejects", person=person, rows=rows, more=more, is_older=is_older)

    async def part(self, request: web.Request) -> web.StreamResponse:
        """One part: picture, reasons, and everything that is known about it."""
        site = self._site
        person = site.gate.demand(request, VIEWER)
        number = int(request.match_info["number"])
        row = await site.work(site.records.part, number)
        if row is None:
            raise web.HTTPNotFound()
        remark = await site.work(site.records.remark, number)
        told = remark.get("reasons") or site.texts.reasons_of(list(row.reasons), None)
        beside = await site.work(site.records.beside, number)
        picture = row.picture if has_picture(site.folder, row.picture) else ""
        took = None if row.decided is None else (row.decided - row.triggered) * 1000.0
        return site.page(
            request, "part", person=person, screen="part", row=dict(row._asdict(), picture=picture),
            remark=dict({"lines": [], "size": [1, 1]}, **remark), reasons=told, beside=beside, took=took,
        )  # fmt: skip

    async def history(self, request: web.Request) -> web.StreamResponse:
        """The search, and what it found."""
        person = self._site.gate.demand(request, VIEWER)
        wanted, asked, problem = self._asked(request)
        rows: List[PartRow] = []
        if not problem:
            try:
                rows = await self._search(wanted, ROWS + 1)
            except SearchTooSlow:
                problem = self._site.texts("history.slow", seconds=int(LIMIT_S))
            except sqlite3.Error:
                problem = self._site.texts("history.broken")
        more = self._query(request, below=rows[ROWS - 1].number) if len(rows) > ROWS else ""
        shown = [self._told(row) for row in rows[:ROWS]]
        return self._site.page(
            request, "history", person=person, rows=shown, asked=asked, problem=problem, more=more,
            query=self._query(request), most=EXPORTED,
        )  # fmt: skip

    async def export(self, request: web.Request) -> web.StreamResponse:
        """The newest parts of a search as a file, in the order in which they came."""
        self._site.gate.demand(request, VIEWER)
        wanted, _, problem = self._asked(request)
        if problem:
            raise web.HTTPBadRequest()
        try:
            rows = await self._search(wanted, EXPORTED)
        except SearchTooSlow:
            raise web.HTTPServiceUnavailable()
        kind = request.match_info["kind"]
        data = await self._site.work(_exported, rows, kind)
        headers = {"Content-Disposition": 'attachment; filename="parts.{}"'.format(kind)}
        content_type = "text/csv" if kind == "csv" else "application/x-ndjson"
        return web.Response(body=data, content_type=content_type, charset="utf-8", headers=headers)

    async def health(self, request: web.Request, problem: str = "") -> web.StreamResponse:
        """Alarms with what to do, the line, and what people did."""
        site = self._site
        person = site.gate.demand(request, VIEWER)
        found = site.health()
        show = site.gate.users is not None and may(person.role, OPERATOR)
        actions = await site.work(site.records.actions, ACTIONS) if show else []
        return site.page(
            request, "health", person=person, health=found, alarms=found["alarms"], facts=self._facts(),
            show_actions=show, actions=actions, problem=problem, script_texts=self._script_texts(("health.",)),
        )  # fmt: skip

    def _facts(self) -> List[Tuple[str, str]]:
        its, snapshot = self._site.line.identity, self._site.line.snapshot()
        setup = self._site.line.changes.setup
        info = snapshot.info
        found = [("board", its.board), ("state", snapshot.state), ("product", setup.product), ("recipe", setup.recipe)]
        found += [("digest", setup.digest[:12]), ("release", its.release)]
        found += [(name, info[name]) for name in ("reader", "engine", "device") if info.get(name)]
        return found + [("boot", its.boot), ("waiting", str(self._site.line.under_way()))]

    async def _search(self, wanted: PartSearch, most: int) -> List[PartRow]:
        found = await self._site.work(self._site.records.search, wanted, most)
        return list(found)

    def _told(self, row: PartRow) -> Dict[str, Any]:
        """A row for a list, with its first reason as a sentence."""
        own = [reason for reason in row.reasons if not reason.startswith("degraded:")]
        why = self._site.texts.reason(own[0]) if own else ""
        picture = row.picture if has_picture(self._site.folder, row.picture) else ""
        return dict(row._asdict(), why=why, picture=picture)

    def _asked(self, request: web.Request) -> Tuple[PartSearch, Dict[str, Any], str]:
        """The search, its fields as they were filled in, and what is wrong with them."""
        query, problem = request.query, ""
        bounds: List[Any] = []
        for name in ("since", "until"):
            text = query.get(name, "")[:_LONGEST]
            try:
                bounds.append(local_moment(text) if text else None)
            except ValueError:
                bounds.append(None)
                problem = self._site.texts("history.time", text=text)
        verdicts = tuple(verdict for verdict in VERDICTS if verdict in query.getall("verdict", []))
        text = query.get("text", "")[:_LONGEST]
        below = _number(query.get("below", ""))
        asked = {"since": query.get("since", ""), "until": query.get("until", ""), "text": text, "verdicts": verdicts}
        return PartSearch(bounds[0], bounds[1], verdicts, text, below), asked, problem

    @staticmethod
    def _query(request: web.Request, **more: Any) -> str:
        kept = [(name, value) for name, value in request.query.items() if name in ("since", "until", "verdict", "text")]
        return urlencode([(name, value[:_LONGEST]) for name, value in kept] + list(more.items()))


def _exported(rows: List[PartRow], kind: str) -> bytes:
    stream = io.StringIO()
    write = history.write_csv if kind == "csv" else history.write_json_lines
    write(reversed(rows), stream)
    return stream.getvalue().encode("utf-8")


def _number(text: str) -> Any:
    return int(text) if _DIGITS.match(text) else None
