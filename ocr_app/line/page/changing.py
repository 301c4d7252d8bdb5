"""The screens of the product: what parts are judged by, another choice or other regions with a preview, and batches."""

from typing import Any, Dict, List, Optional, Sequence, Tuple
from urllib.parse import urlencode

from aiohttp import web

from ocr_app.core.errors import ImageError, OcrError
from ocr_app.line.changes.changing import AREA, EDITED, ChangeAuthor, ChangeRefused, check_regions
from ocr_app.line.changes.preview import KeptFrame, PreviewRow, counted
from ocr_app.line.page.access.gate import PagePerson, address_of
from ocr_app.line.page.access.users import ENGINEER, OPERATOR
from ocr_app.line.page.acting import PageActions, values_of
from ocr_app.line.page.content import pictures
from ocr_app.line.page.content.pictures import SMALL
from ocr_app.line.page.site import PageSite
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.settings.fields import Regions

BATCHES = 8
_DONE = {"1": "product.saved", "2": "product.approved"}
_SIDES = ("x", "y", "width", "height")


class PageChanges:
    """Handlers of aiohttp."""

    def __init__(self, site: PageSite, actions: PageActions) -> None:
        self._site, self._actions = site, actions

    def routes(self) -> List[web.RouteDef]:
        """What this class answers; nothing where nobody may change anything."""
        if not self._site.can_change:
            return []
        return [
            web.get("/product", self.product),
            web.get("/product/choose", self.choose),
            web.post("/product/try", self.attempt),
            web.post("/product", self.change),
            web.post("/batch", self.batch),
            web.get("/regions", self.regions_form),
            web.post("/regions/try", self.try_regions),
            web.post("/regions", self.change_regions),
        ]

    async def product(self, request: web.Request) -> web.StreamResponse:
        """What parts are judged by now, the products, and the last batches."""
        person = self._site.gate.demand(request, OPERATOR)
        key = _DONE.get(request.query.get("done", ""))
        done = self._site.texts(key) if key is not None else ""
        return await self._product(request, person, done=done)

    async def _product(
        self, request: web.Request, person: PagePerson, problem: str = "", done: str = "", status: int = 200
    ) -> web.StreamResponse:
        site, changes = self._site, self._site.line.changes
        rows = await site.work(changes.shelf.rows)
        expected = await site.work(lambda: changes.expected)
        batches = await site.work(site.records.batches, BATCHES)
        return site.page(
            request, "product", status, person=person, setup=changes.setup, rows=rows, expected=expected,
            batches=batches, problem=problem, done=done, has_file=changes.has_file,
        )  # fmt: skip

    async def choose(self, request: web.Request) -> web.StreamResponse:
        """The expected values of a product: as they are now, where it has the same fields."""
        person = self._site.gate.demand(request, OPERATOR)
        return await self._choose(request, person, request.query.get("product", ""))

    async def _choose(
        self, request: web.Request, person: PagePerson, name: str, values: Optional[Dict[str, str]] = None,
        problem: str = "",
    ) -> web.StreamResponse:  # fmt: skip
        site, changes = self._site, self._site.line.changes
        try:
            setup = await site.work(changes.shelf.load, name)
        except OcrError as error:
            return await self._product(request, person, site.texts("refused.product", why=error.found), status=409)
        now = await site.work(lambda: changes.expected)
        shown = now if values is None else values
        return site.page(
            request, "choose", 409 if problem else 200, person=person, screen="product", setup=setup, now=changes.setup,
            values=shown, problem=problem, is_file=changes.has_file and name != changes.setup.product,
        )  # fmt: skip

    async def attempt(self, request: web.Request) -> web.StreamResponse:
        """From what to what, and what the last pictures would be; nothing changes yet."""
        site, changes = self._site, self._site.line.changes
        person, form = await self._actions.acting(request, OPERATOR)
        name = form.get("product", "")
        try:
            setup, values = await site.work(self._candidate, form)
        except ChangeRefused as refused:
            return await self._choose(request, person, name, problem=site.texts("refused." + refused.code))
        except OcrError as error:
            return await self._product(request, person, site.texts("refused.product", why=error.found), status=409)
        now = await site.work(lambda: changes.expected)
        if changes.has_file and name != changes.setup.product:
            setup = setup._replace(expected=now)  # the file goes on as it is
        fields = [("product", name), ("digest", setup.digest)]
        fields += [("value." + key, text) for key, text in sorted(values.items())]
        return await self._confirm(
            request, person, setup, "/product", fields, "/product/choose?" + urlencode(fields[:1])
        )

    async def _confirm(
        self, request: web.Request, person: PagePerson, setup: LineSetup, action: str, fields: List[Tuple[str, str]],
        back: str,
    ) -> web.StreamResponse:  # fmt: skip
        """``fields``: what the form of the confirmation sends to ``action``."""
        site, changes = self._site, self._site.line.changes
        before = dict(changes.setup.record(), expected=await site.work(lambda: changes.expected))
        rows = await site.work(site.line.preview.run, setup)
        return site.page(
            request, "confirm", person=person, screen="product", before=before, after=setup.record(), action=action,
            fields=fields, back=back, preview=self.told(rows), counted=counted(rows or []), is_busy=rows is None,
        )  # fmt: skip

    def _candidate(self, form: Dict[str, str]) -> Tuple[LineSetup, Dict[str, str]]:
        """The setup that a form asks for, and its expected values. Raises OcrError, ChangeRefused."""
        changes, name = self._site.line.changes, form.get("product", "")
        values = values_of(form, changes.shelf.load(name).fields)
        return changes.with_product(name, values), values

    def told(self, rows: Optional[List[PreviewRow]]) -> List[Dict[str, Any]]:
        """The rows of a preview, each with its first reason as a sentence."""
        found = []
        for row in rows or []:
            why = self._site.texts.reason(row.reasons[0]) if row.reasons else ""
            found.append(dict(row._asdict(), why=why))
        return found

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Makes the change, between two parts, after it was written down who did that."""
        site = self._site
        person, form = await self._actions.acting(request, OPERATOR)
        author = ChangeAuthor(person.user, person.role, address_of(request))
        try:
            await site.work(self._change, author, form)
        except ChangeRefused as refused:
            problem = site.texts("refused." + refused.code)
            return await self._choose(request, person, form.get("product", ""), _filled(form), problem)
        except OcrError as error:
            return await self._product(request, person, site.texts("refused.product", why=error.found), status=409)
        return web.Response(status=303, headers={"Location": "/product?done=1"})

    def _change(self, author: ChangeAuthor, form: Dict[str, str]) -> None:
        changes = self._site.line.changes
        setup, values = self._candidate(form)
        if form.get("digest", setup.digest) != setup.digest:
            raise ChangeRefused(EDITED)
        if setup.product == changes.setup.product and setup.digest == changes.setup.digest:
            changes.expect(author, values)
        else:
            changes.choose(author, setup.product, {} if changes.has_file else values)

    # --- regions -----------------------------------------------------------------------------------------------------

    async def regions_form(self, request: web.Request) -> web.StreamResponse:
        """The last frame, and the regions on it."""
        person = self._site.gate.demand(request, ENGINEER)
        regions = [tuple(str(number) for number in region) for region in self._site.line.changes.setup.regions]
        return await self._regions(request, person, regions)

    async def _regions(
        self, request: web.Request, person: PagePerson, regions: List[Tuple[str, ...]], problem: str = ""
    ) -> web.StreamResponse:
        site = self._site
        frame, size = await site.work(self._last_frame)
        texts = {"regions." + key: text for key, text in site.texts.below("regions.").items()}
        return site.page(
            request, "regions", 409 if problem else 200, person=person, screen="product", frame=frame, size=size,
            regions=regions, problem=problem, script_texts=texts,
        )  # fmt: skip

    def _last_frame(self) -> Tuple[Optional[KeptFrame], Tuple[int, int]]:
        """The newest frame that is a picture, and its width and height."""
        for frame in self._site.line.preview.frames.last():
            try:
                return frame, pictures.of_bytes(frame.data, self._site.limits, SMALL).size
            except (ImageError, OSError):
                continue
        return None, (0, 0)

    async def try_regions(self, request: web.Request) -> web.StreamResponse:
        """What the last pictures would be with these regions; nothing changes yet."""
        site = self._site
        person, asked = await self._asked_regions(request)
        frame, size = await site.work(self._last_frame)
        try:
            regions = regions_of(asked, size if frame is not None else None)
        except ChangeRefused as refused:
            return await self._regions(request, person, asked, site.texts("refused." + refused.code))
        changes = site.line.changes
        setup = changes.setup._replace(regions=regions, expected=await site.work(lambda: changes.expected))
        text = ";".join(",".join(str(number) for number in region) for region in regions)
        return await self._confirm(request, person, setup, "/regions", [("regions", text)], "/regions")

    async def _asked_regions(self, request: web.Request) -> Tuple[PagePerson, List[Tuple[str, ...]]]:
        """Who asks, and the four numbers of each region as they were typed; empty ones are left out."""
        person, _ = await self._actions.acting(request, ENGINEER)
        posted = await request.post()
        columns = [[str(text).strip()[:8] for text in posted.getall("region." + name, [])] for name in _SIDES]
        return person, [row for row in zip(*columns) if any(row)]

    async def change_regions(self, request: web.Request) -> web.StreamResponse:
        """Other regions from the next part on."""
        site = self._site
        person, form = await self._actions.acting(request, ENGINEER)
        asked = [tuple(part.split(",")) for part in form.get("regions", "").split(";") if part]
        author = ChangeAuthor(person.user, person.role, address_of(request))
        try:
            await site.work(site.line.changes.regions, author, regions_of(asked, None))
        except ChangeRefused as refused:
            return await self._regions(request, person, asked, site.texts("refused." + refused.code))
        return web.Response(status=303, headers={"Location": "/product?done=1"})

    # --- batches -----------------------------------------------------------------------------------------------------

    async def batch(self, request: web.Request) -> web.StreamResponse:
        """A batch begins with the next part."""
        site = self._site
        person, _ = await self._actions.acting(request, OPERATOR)
        author = ChangeAuthor(person.user, person.role, address_of(request))
        try:
            await site.work(site.line.changes.begin_batch, author)
        except ChangeRefused as refused:
            return await self._product(request, person, site.texts("refused." + refused.code), status=409)
        return web.Response(status=303, headers={"Location": "/product?done=1"})


def _filled(form: Dict[str, str]) -> Dict[str, str]:
    return {name[len("value.") :]: text for name, text in form.items() if name.startswith("value.")}


def regions_of(asked: Sequence[Sequence[str]], size: Optional[Tuple[int, int]]) -> Regions:
    """The regions of four texts each. Raises ChangeRefused for what is no region, or outside ``size`` where known."""
    try:
        regions = tuple((int(x), int(y), int(width), int(height)) for x, y, width, height in asked)
    except ValueError:
        raise ChangeRefused(AREA)
    check_regions(regions)
    for x, y, width, height in regions:
        if size is not None and (x + width > size[0] or y + height > size[1]):
            raise ChangeRefused(AREA)
    return regions
