"""Names, roles and forms; tests/line/test_page.py tries all of it from outside."""

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from ocr_app.line.page.access import gate as gates
from ocr_app.line.page.access import users
from ocr_app.line.page.access.gate import COOKIE, NotSignedIn, PageGate, PagePerson, where_to
from ocr_app.line.page.access.users import ENGINEER, OPERATOR, VIEWER, PageUsers
from ocr_app.line.settings.page import PageSettings


def request(**headers):
    return make_mocked_request("GET", "/", headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def people(tmp_path):
    users.add(str(tmp_path / "u.json"), "anna", OPERATOR, "482915")
    return PageUsers(str(tmp_path / "u.json"))


def test_without_users_everyone_here_looks():
    gate = PageGate(PageSettings(listen="127.0.0.1:1"), None, False)
    assert gate.demand(request(), VIEWER) == PagePerson("", VIEWER)
    with pytest.raises(NotSignedIn):
        gate.demand(request(), OPERATOR)


def test_with_users_looking_needs_a_sign_in_unless_it_is_open(people):
    with pytest.raises(NotSignedIn):
        PageGate(PageSettings(listen="127.0.0.1:1"), people, False).demand(request(), VIEWER)
    assert PageGate(PageSettings(listen="127.0.0.1:1", look="open"), people, False).person(request()).role == VIEWER


def test_a_session_is_a_person_until_the_user_changes(people, tmp_path):
    gate = PageGate(PageSettings(listen="127.0.0.1:1"), people, False)
    cookie = request(Cookie="{}={}".format(COOKIE, gate.sessions.begin(people.current()["anna"])))
    assert gate.demand(cookie, OPERATOR).user == "anna"
    with pytest.raises(web.HTTPForbidden):
        gate.demand(cookie, ENGINEER)
    users.add(str(tmp_path / "u.json"), "anna", OPERATOR, "739164")
    assert gate.person(cookie).role == ""


@pytest.mark.parametrize("name, listen, fits", [
    ("127.0.0.1:1", "127.0.0.1:1", True), ("localhost", "127.0.0.1:1", True), ("[::1]:1", "[::1]:1", True),
    ("evil.example", "127.0.0.1:1", False), ("[", "127.0.0.1:1", False), ("", "127.0.0.1:1", False),
    ("board.plant", "0.0.0.0:1", True),
])  # fmt: skip
def test_a_local_page_has_local_names(name, listen, fits):
    gate = PageGate(PageSettings(listen=listen), None, False)
    if fits:
        gate.check_host(request(Host=name))
    else:
        with pytest.raises(web.HTTPMisdirectedRequest):
            gate.check_host(request(Host=name))


def test_a_form_has_the_token_of_its_person():
    PageGate.check_token(PagePerson("a", OPERATOR, "t"), {"csrf": "t"})
    for person, form in ((PagePerson("a", OPERATOR, "t"), {}), (PagePerson("", VIEWER), {"csrf": ""})):
        with pytest.raises(web.HTTPForbidden):
            PageGate.check_token(person, form)


def test_links_lead_to_screens_of_the_page_only():
    assert where_to("/parts/12") == "/parts/12" and where_to("/history") == "/history"
    for text in ("//a", "/\\a", "https://a", "/parts/x", "", "/history\n"):
        assert where_to(text) == "/"


def test_the_policy_allows_nothing_that_is_inline():
    assert "unsafe" not in gates.HEADERS["Content-Security-Policy"]
