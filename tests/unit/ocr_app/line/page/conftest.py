"""A page without its network: a site over a real journal."""

import pytest

RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def page_line(tmp_path):
    """What the page needs of a running line, over a journal with one reject and a file of expected values."""
    from ocr_app.line.changes.changing import LineChanges
    from ocr_app.line.changes.preview import RecentFrames, SetupPreview
    from ocr_app.line.health.status import ServiceStatus
    from ocr_app.line.journal.beside import JournalBeside
    from ocr_app.line.journal.journal import PartJournal
    from ocr_app.line.journal.rows import PartRow
    from ocr_app.line.page.site import PageLine
    from ocr_app.line.parts.pipeline import LineIdentity
    from ocr_app.line.reading.jobs import JobQueue
    from ocr_app.line.settings.service import load

    (tmp_path / "r.yaml").write_text(RECIPE)
    path = tmp_path / "line.yaml"
    path.write_text(
        "recipe: {file: r.yaml, expected_file: expected.json}\njournal: {folder: j, board: b}\nsource: {kind: http}\n"
        "page: {listen: '127.0.0.1:0', users_file: u.json}\n"
    )
    settings, status = load(str(path)), ServiceStatus()
    journal = PartJournal(settings.journal.folder, status)
    row = PartRow(1, "b-0-1", "b", "0", "frame", "", "", 1.0, 1.0, 1.5, 9.0, True, "fail", "A", ("no-frame",))
    journal.decide(row)

    identity = LineIdentity("b", "0", "frame", "a", "d", "1")
    status.degraded.set("test", ["disk_low"])
    beside = JournalBeside(journal)
    frames, jobs = RecentFrames(journal, settings.journal.folder), JobQueue(4)
    preview = SetupPreview(frames, jobs, lambda: 0, str(tmp_path))
    yield PageLine(settings, identity, status.snapshot, lambda: 0, LineChanges(settings, beside), beside, preview)
    journal.close()


@pytest.fixture
def people(tmp_path):
    """A file with anna, an operator with the PIN 482915."""
    from ocr_app.line.page.access import users
    from ocr_app.line.page.access.users import PageUsers

    users.add(str(tmp_path / "u.json"), "anna", "operator", "482915")
    return PageUsers(str(tmp_path / "u.json"))


@pytest.fixture
def site(page_line, people):
    """Of a page with users."""
    from ocr_app.line.page.access.gate import PageGate
    from ocr_app.line.page.site import PageSite

    made = PageSite(page_line, PageGate(page_line.settings.page, people, False))
    yield made
    made.close()


@pytest.fixture
def ask(site):
    """(handler, path, match) -> the answer of a handler to somebody who is signed in."""
    import asyncio

    from aiohttp.test_utils import make_mocked_request

    from ocr_app.line.page.access.gate import COOKIE

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    identifier = site.gate.sessions.begin(site.gate.users.current()["anna"])

    def call(handler, path, **match):
        headers = {"Cookie": "{}={}".format(COOKIE, identifier), "Accept": "text/html"}
        request = make_mocked_request("GET", path, headers=headers, match_info=match)
        return loop.run_until_complete(handler(request))

    yield call
    asyncio.set_event_loop(None)
    loop.close()
