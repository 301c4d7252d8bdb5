"""What people do: sign in and out, and acknowledge alarms. Each is written down first."""

import math
import time
from typing import Any, Dict, List, Optional, Sequence

from aiohttp import web

from ocr_app.line.page.access import users
from ocr_app.line.page.access.gate import COOKIE, FORM_COOKIE, PagePerson, address_of, where_to
from ocr_app.line.page.access.users import NOBODY, OPERATOR, PageUser
from ocr_app.line.page.screens import PageScreens
from ocr_app.line.page.site import PageSite

MOST_SIGN_INS = 4


class PageActions:
    """Handlers of aiohttp."""

    def __init__(self, site: PageSite, screens: PageScreens) -> None:
        self._site, self._screens = site, screens
        self._signing_in = 0

    def routes(self) -> List[web.RouteDef]:
        """What this class answers."""
        return [
            web.get("/sign-in", self.sign_in_form),
            web.post("/sign-in", self.sign_in),
            web.post("/sign-out", self.sign_out),
            web.post("/alarms/acknowledge", self.acknowledge),
        ]

    # --- sign-in ---------------------------------------------------------------------------------------------------

    async def sign_in_form(self, request: web.Request) -> web.StreamResponse:
        """The form."""
        problem = "" if self._site.gate.users is not None else self._site.texts("sign-in.no-users")
        return self._form(request, where_to(request.query.get("next", "/")), problem)

    def _form(
        self, request: web.Request, onwards: str, problem: str = "", status: int = 200, name: str = ""
    ) -> web.StreamResponse:
        cookie = self._site.forms.new_cookie()
        token = self._site.forms.token(cookie)
        values = {"form_token": token, "next": onwards, "problem": problem, "name": name}
        response = self._site.page(request, "sign-in", status, **values)
        self._site.gate.set_cookie(response, FORM_COOKIE, cookie)
        return response

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Checks name and secret, at the pace that earlier failures allow."""
        site = self._site
        form = await site.gate.form(request)
        name, secret, onwards = form.get("name", "")[:40], form.get("secret", ""), where_to(form.get("next", ""))
        if site.gate.users is None:
            raise web.HTTPNotFound()
        if not site.forms.fits(request.cookies.get(FORM_COOKIE, ""), form.get("form", "")):
            return self._form(request, onwards, site.texts("sign-in.stale"), 403)
        address = address_of(request)
        wait_s = site.attempts.wait_s(name, address)
        if wait_s > 0:
            problem = site.texts("sign-in.wait", seconds=int(math.ceil(wait_s)))
            return self._form(request, onwards, problem, 429, name)
        if self._signing_in >= MOST_SIGN_INS:
            return self._form(request, onwards, site.texts("sign-in.busy"), 503, name)
        site.attempts.failed(name, address)  # before the wait for the hash, so that tries side by side count too
        user = await self._user(name, secret)
        if user is None:
            await site.record(request, PagePerson(name, ""), "sign-in-refused")
            return self._form(request, onwards, site.texts("sign-in.wrong"), 403, name)
        site.attempts.succeeded(name, address)
        return await self._signed_in(request, user, onwards)

    async def _user(self, name: str, secret: str) -> Optional[PageUser]:
        """The user whose secret this is; a name that does not exist takes as long."""
        people = self._site.gate.users
        found = people.current().get(name, NOBODY) if people is not None else NOBODY
        self._signing_in += 1
        try:
            fits = len(secret) <= users.LONGEST and await self._site.work(users.fits, secret, found.secret)
        finally:
            self._signing_in -= 1
        return found if fits and found.name else None

    async def _signed_in(self, request: web.Request, user: PageUser, onwards: str) -> web.StreamResponse:
        """Always a new session: one that was there before ends."""
        gate = self._site.gate
        gate.sessions.end(request.cookies.get(COOKIE, ""))
        await self._site.record(request, PagePerson(user.name, user.role), "sign-in")
        response = web.Response(status=303, headers={"Location": onwards})
        gate.set_cookie(response, COOKIE, gate.sessions.begin(user))
        response.del_cookie(FORM_COOKIE, path="/")
        return response

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """Ends the session."""
        site = self._site
        person, _ = await self.acting(request, "")
        site.gate.sessions.end(person.identifier)
        await site.record(request, person, "sign-out")
        response = web.Response(status=303, headers={"Location": "/sign-in"})
        response.del_cookie(COOKIE, path="/")
        return response

    async def acting(self, request: web.Request, least: str) -> Any:
        """(who, the form) of somebody who is signed in, may do this, and sent a form of this page; else an error."""
        form = await self._site.gate.form(request)
        person = self._site.gate.person(request)
        self._site.gate.check_token(person, form)
        if least and not users.may(person.role, least):
            raise web.HTTPForbidden()
        return person, form

    # --- alarms ----------------------------------------------------------------------------------------------------

    async def acknowledge(self, request: web.Request) -> web.StreamResponse:
        """Hides one alarm until it is over. It is written down who did that."""
        site = self._site
        person, form = await self.acting(request, OPERATOR)
        reason = form.get("alarm", "")
        site.open_alarms()
        if not site.alarms.acknowledge(reason, person.user, time.time()):
            return await self._screens.health(request, site.texts("health.gone"))
        await site.record(request, person, "acknowledge", site.texts.alarm(reason)["title"])
        return web.Response(status=303, headers={"Location": "/health"})


def values_of(form: Dict[str, str], names: Sequence[str]) -> Dict[str, str]:
    """What was filled into the fields of expected values."""
    asked = {name: form.get("value." + name, "").strip() for name in names}
    return {name: value for name, value in asked.items() if value}
