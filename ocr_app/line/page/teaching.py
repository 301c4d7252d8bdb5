"""The screens on which an engineer teaches a recipe: choose pictures, answer, try, approve."""

from typing import Any, Dict, List

from aiohttp import web

from ocr_app.core.errors import OcrError
from ocr_app.line.changes.changing import ChangeAuthor, ChangeRefused
from ocr_app.line.changes.preview import counted
from ocr_app.line.changes.teaching import OPTIONS, RecipeApproval, chosen_answers, propose_from
from ocr_app.line.page.access.gate import PagePerson, address_of
from ocr_app.line.page.access.users import ENGINEER
from ocr_app.line.page.acting import PageActions
from ocr_app.line.page.changing import PageChanges
from ocr_app.line.page.site import PageSite

_LONGEST_NAME = 60


class PageTeaching:
    """Handlers of aiohttp."""

    def __init__(self, site: PageSite, actions: PageActions, changes: PageChanges) -> None:
        self._site, self._actions, self._changes = site, actions, changes
        self._approval = RecipeApproval(site.line.changes, site.line.beside)

    def routes(self) -> List[web.RouteDef]:
        """What this class answers; nothing where nobody may change anything."""
        if not self._site.can_change:
            return []
        return [
            web.get("/teach", self.teach),
            web.post("/teach/propose", self.propose),
            web.post("/teach/try", self.attempt),
            web.post("/teach/approve", self.approve),
        ]

    async def teach(self, request: web.Request) -> web.StreamResponse:
        """The last pictures, to choose from."""
        return await self._teach(request, self._site.gate.demand(request, ENGINEER))

    async def _teach(self, request: web.Request, person: PagePerson, problem: str = "") -> web.StreamResponse:
        frames = await self._site.work(self._site.line.preview.frames.last)
        return self._site.page(
            request, "teach", 409 if problem else 200, person=person, screen="product", frames=frames, problem=problem
        )

    async def propose(self, request: web.Request) -> web.StreamResponse:
        """Reads the chosen pictures without a recipe, proposes one, and tries it on the last pictures."""
        site = self._site
        person, form = await self._actions.acting(request, ENGINEER)
        posted = await request.post()
        numbers = [int(text) for text in map(str, posted.getall("sample", [])) if text.isdigit() and len(text) < 19]
        options = [key for key in OPTIONS if form.get("option." + key)]
        texts = await site.work(site.line.preview.texts, numbers)
        if not texts:
            key = "teach.busy" if texts is None else "teach.unread" if numbers else "teach.nothing"
            return await self._teach(request, person, site.texts(key))
        samples = [texts[number] for number in numbers if number in texts]
        name = form.get("name", "").strip()[:_LONGEST_NAME]
        try:
            found = await site.work(propose_from, samples, name or "proposal", chosen_answers(form), options)
        except OcrError as error:
            return await self._teach(request, person, site.texts("teach.no-recipe", why=error.found))
        shown = {"text": found.text, "questions": found.questions, "answers": found.answers}
        return await self._taught(request, person, form, texts, shown)

    async def attempt(self, request: web.Request) -> web.StreamResponse:
        """Tries the recipe as it was edited."""
        person, form = await self._actions.acting(request, ENGINEER)
        return await self._edited(request, person, form, "")

    async def _edited(
        self, request: web.Request, person: PagePerson, form: Dict[str, str], problem: str
    ) -> web.StreamResponse:
        """The screen again, with what is in its form; the questions belong to a proposal and are left out."""
        posted = await request.post()
        numbers = [int(text) for text in map(str, posted.getall("sample", [])) if text.isdigit() and len(text) < 19]
        texts = await self._site.work(self._site.line.preview.texts, numbers) or {}
        shown = {"text": _lines(form.get("recipe", "")), "questions": (), "answers": {}}
        return await self._taught(request, person, form, texts, shown, problem)

    async def _taught(
        self, request: web.Request, person: PagePerson, form: Dict[str, str], texts: Dict[int, Any],
        shown: Dict[str, Any], problem: str = "",
    ) -> web.StreamResponse:  # fmt: skip
        site, rows = self._site, None
        name = form.get("name", "").strip()[:_LONGEST_NAME]
        try:
            setup = await site.work(self._approval.candidate, name, shown["text"])
            rows = await site.work(site.line.preview.run, setup)
        except OcrError as error:
            problem = problem or site.texts("teach.wrong", why=error.found)
        options = [key for key in OPTIONS if form.get("option." + key)]
        return site.page(
            request, "taught", 409 if problem else 200, person=person, screen="product", problem=problem, name=name,
            samples=texts, options=options, preview=self._changes.told(rows), counted=counted(rows or []),
            is_busy=rows is None and not problem, **shown,
        )  # fmt: skip

    async def approve(self, request: web.Request) -> web.StreamResponse:
        """The recipe becomes a product, after it was written down who approved it; it judges nothing yet."""
        site = self._site
        person, form = await self._actions.acting(request, ENGINEER)
        name, text = form.get("name", "").strip(), _lines(form.get("recipe", ""))
        author = ChangeAuthor(person.user, person.role, address_of(request))
        try:
            await site.work(self._approval.approve, author, name, text)
        except ChangeRefused as refused:
            return await self._edited(request, person, form, site.texts("refused." + refused.code))
        except OcrError as error:
            return await self._edited(request, person, form, site.texts("teach.wrong", why=error.found))
        return web.Response(status=303, headers={"Location": "/product?done=2"})


def _lines(text: str) -> str:
    """Browsers send the lines of a text area with CRLF (HTML, "Constructing the entry list")."""
    return text.replace("\r\n", "\n").strip() + "\n"
