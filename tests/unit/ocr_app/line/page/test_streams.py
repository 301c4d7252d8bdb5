"""Frames, pictures and assets; events are tried in tests/line/test_page.py."""

import json

import pytest
from aiohttp import web
from page_parts import png, row

from ocr_app.line.page.content.rendering import assets
from ocr_app.line.page.streams import PageStreams


@pytest.fixture
def streams(site):
    return PageStreams(site, assets())


def test_a_frame_is_there_once_an_event_told_it_and_only_the_last_few_are(site, streams, ask):
    with pytest.raises(web.HTTPNotFound):
        ask(streams.frame, "/frames/1.jpg", number="1")
    for number in range(1, 11):
        site.feed.view(row(number), png(), None)

        async def tell(request):
            return web.Response(body=await streams._make_event())

        event = json.loads(ask(tell, "/").body[6:])
        assert event["part"]["size"] == [40, 20] and event["counts"]["pass"] == number
    assert ask(streams.frame, "/frames/10.jpg", number="10").body.startswith(b"\xff\xd8")
    with pytest.raises(web.HTTPNotFound):
        ask(streams.frame, "/frames/1.jpg", number="1")


def test_a_frame_that_is_no_picture_has_no_size(site, streams, ask):
    site.feed.view(row(1), b"<svg/>", None)

    async def tell(request):
        return web.Response(body=await streams._make_event())

    assert json.loads(ask(tell, "/").body[6:])["part"]["size"] is None


def test_a_part_without_a_picture_has_none(streams, ask):
    for number in ("1", "7"):
        with pytest.raises(web.HTTPNotFound):
            ask(streams.picture, "/pictures/1.jpg", number=number)


def test_assets_are_known_by_name_only(streams, ask):
    assert ask(streams.asset, "/assets/page.css", name="page.css").content_type == "text/css"
    for name in ("../server.py", "page.css/", "", "users.json"):
        with pytest.raises(web.HTTPNotFound):
            ask(streams.asset, "/assets/x", name=name)


def test_hours_are_twelve(streams, ask):
    assert len(json.loads(ask(streams.hours, "/hours.json").body)) == 12
