"""Teaching is for engineers; tests/line/test_page_screens.py teaches a recipe in a browser."""

import pytest
from aiohttp import web

from ocr_app.line.page import teaching
from ocr_app.line.page.acting import PageActions
from ocr_app.line.page.changing import PageChanges
from ocr_app.line.page.screens import PageScreens
from ocr_app.line.page.teaching import PageTeaching


@pytest.fixture
def taught(site):
    actions = PageActions(site, PageScreens(site))
    return PageTeaching(site, actions, PageChanges(site, actions))


def test_an_operator_teaches_nothing(taught, ask):
    with pytest.raises(web.HTTPForbidden):
        ask(taught.teach, "/teach")


def test_without_users_there_is_nothing_to_teach(site, taught):
    assert len(taught.routes()) == 4
    site.gate.users = None
    assert taught.routes() == []


def test_lines_of_a_browser_are_lines():
    assert teaching._lines("\r\nname: a\r\ncodes: []") == "name: a\ncodes: []\n"
