"""The page over HTTP, with a real PostgreSQL behind it."""

import asyncio
from datetime import datetime, timedelta, timezone

import attr
import pytest
from aiohttp.test_utils import TestClient, TestServer

from fleet.core.errors import SiteError
from fleet.site.page import server
from fleet.site.settings import SitePage, SiteSettings
from fleet.site.store import chains
from fleet.site.store.writing import BatchWriter
from tests.unit.fleet.site import samples


def settings(url, **page):
    own = SiteSettings()
    return attr.evolve(own, database=attr.evolve(own.database, url=url), page=SitePage(**page))


def get(own, *paths):
    """(status, headers, text) of each path."""

    async def ask():
        async with TestClient(TestServer(server.application(own))) as client:
            found = []
            for path in paths:
                async with client.get(path) as answer:
                    found.append((answer.status, answer.headers, await answer.text()))
            return found

    return asyncio.run(ask())


def test_every_screen_shows_what_is_there(empty_url, connection):
    rows = samples.letters(
        *(samples.record(number, text="<b>&", picture="pictures/reject/1.jpg") for number in range(1, 41))
    )
    BatchWriter(connection).write(rows, [])
    chains.follow(connection)
    own = settings(empty_url, pictures="https://store.example/rejects")
    for status, headers, text in get(own, "/", "/?span=7d", "/boards?span=nonsense", "/boards/line-1"):
        assert status == 200 and "2026.11.1" in text and "default-src 'none'" in headers["Content-Security-Policy"]
    assert "&lt;b&gt;&amp;" in text and "<b>&" not in text
    assert f'src="https://store.example/rejects/line-1/{samples.record(40).id}"' in text
    assert "img-src 'self' https://store.example" in headers["Content-Security-Policy"]


def test_an_empty_site_has_screens_too(empty_url, connection):
    assert [status for status, _, _ in get(settings(empty_url), "/", "/boards")] == [200, 200]


def test_what_is_not_there_is_said(empty_url, connection):
    (status, _, text), (asset, _, _) = get(settings(empty_url), "/boards/none", "/assets/../server.py")
    assert (status, asset) == (404, 404) and "no such board" in text


def test_a_database_that_is_away_is_said_and_the_page_lives_on():
    ((status, _, text), (asset, headers, _)) = get(settings("postgresql://127.0.0.1:1/none"), "/", "/assets/page.css")
    assert status == 503 and "does not answer" in text
    assert asset == 200 and headers["Content-Type"].startswith("text/css")


def test_other_computers_are_let_in_only_when_asked_for():
    server.check(settings("", listen="127.0.0.1:1"))
    with pytest.raises(SiteError, match="knows no users"):
        server.check(settings("", listen="0.0.0.0:8095"))
    server.check(settings("", listen="0.0.0.0:8095", open=True))


def test_a_picture_has_an_address_where_there_is_one():
    assert server.picture_address("/pictures/", "b", "b-0-1") == "/pictures/b/b-0-1"
    assert server.picture_address("", "b", "b-0-1") == ""
    assert server.picture_address("/pictures", "../b", "../../etc/passwd") == "/pictures/..%2Fb/..%2F..%2Fetc%2Fpasswd"


def test_numbers_are_written_for_people():
    now = datetime(2026, 1, 2, tzinfo=timezone.utc)
    assert server.share(0.9999) == "99.9 %" and server.share(None) == "–"
    assert server.count(1234567) == "1\u202f234\u202f567"
    assert server.ago(None, now) == "never"
    assert [server.ago(now - timedelta(seconds=s), now) for s in (5, 90, 7200, 90000)] == [
        "5 s ago", "1 min ago", "2 h ago", "1 d ago",
    ]  # fmt: skip
