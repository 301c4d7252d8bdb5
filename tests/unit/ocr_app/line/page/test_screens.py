"""The screens, by their handlers; tests/line has them in a browser."""

import pytest
from aiohttp import web

from ocr_app.line.page.screens import PageScreens


@pytest.fixture
def screens(site):
    return PageScreens(site)


def test_each_screen_is_a_page(screens, ask):
    assert 'id="verdict-word"' in ask(screens.live, "/").text
    assert "No picture came for this part." in ask(screens.rejects, "/rejects").text
    assert 'href="/parts/1"' in ask(screens.history, "/history").text
    assert "Disk almost full" in ask(screens.health, "/health").text
    assert "b-0-1" in ask(screens.part, "/parts/1", number="1").text


def test_a_part_that_is_not_there_is_not_found(screens, ask):
    with pytest.raises(web.HTTPNotFound):
        ask(screens.part, "/parts/2", number="2")


def test_an_export_is_a_file(screens, ask):
    found = ask(screens.export, "/history.json", kind="json")
    assert found.body.startswith(b'{"number": 1') and "attachment" in found.headers["Content-Disposition"]
    with pytest.raises(web.HTTPBadRequest):
        ask(screens.export, "/history.csv?since=x", kind="csv")


@pytest.mark.parametrize("query", ["since=x", "below=-1", "verdict=x&text=%00", "below=x"])
def test_a_search_with_nonsense_is_a_page(screens, ask, query):
    assert ask(screens.history, "/history?" + query).status == 200


def test_every_address_has_one_handler(screens):
    paths = [route.path for route in screens.routes()]
    assert len(paths) == len(set(paths)) == 6
