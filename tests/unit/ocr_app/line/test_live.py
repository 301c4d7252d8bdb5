"""A line is put together from its settings; tests/line runs it as a program."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from ocr_app.core.errors import ServiceError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal import database
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.live import LiveLine
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.settings.service import load

RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"
PAGE = Path(__file__).resolve().parents[4] / "docs" / "reference" / "service-metrics.md"


@pytest.fixture
def make_line(tmp_path):
    """(more settings) -> a line that is not started."""
    made = []

    def make(more=""):
        (tmp_path / "r.yaml").write_text(RECIPE)
        path = tmp_path / "line.yaml"
        path.write_text("recipe: {file: r.yaml}\njournal: {folder: j, board: b}\nsource: {kind: http}\n" + more)
        made.append(LiveLine(load(str(path)), ServiceStatus(), JobQueue(8), "1.2"))
        return made[-1]

    yield make
    for each in made:
        each.end()


def test_its_rows_say_what_judged_them(make_line):
    identity = make_line().identity
    assert (identity.board, identity.cause, identity.recipe, identity.release) == ("b", "frame", "a", "1.2")
    assert len(identity.recipe_digest) == 64 and len(identity.boot) == 12


def test_frames_over_http_have_a_source_and_nothing_is_under_way(make_line):
    line = make_line()
    assert line.pushed is not None and line.pipeline.under_way == 0


def test_a_second_service_on_one_journal_is_refused(make_line):
    make_line()
    with pytest.raises(ServiceError, match="another service uses the journal"):
        make_line()


def test_its_state_tells_the_last_part(make_line):
    line = make_line()
    assert line._state()["verdict"] is None and line._state()["passes"] == 0
    for number, verdict in ((1, "pass"), (2, "hold")):
        row = PartRow(number, "i", "b", "0", "frame", "", "", 1.0, None, 1.0, 1.0, True, verdict, "A1", ("x",))
        line._remember(row, b"")
    state = line._state()
    assert (state["number"], state["verdict"], state["text"], state["reason"]) == (2, "hold", "A1", "x")
    assert (state["passes"], state["rejects"], state["ready"]) == (1, 1, False)
    assert line._conditions() == {"live": True, "ready": False, "busy": False, "degraded": False}


def test_its_gauges_are_documented(make_line):
    text = PAGE.read_text(encoding="utf-8")
    for family in make_line("mqtt: {host: 127.0.0.1, port: 1}\n").gauges():
        assert "| `{}` | {} |".format(family.name, family.type) in text, family.name
        assert generate_latest(registry_of(family))


def registry_of(family):
    registry = CollectorRegistry()
    registry.register(type("Once", (), {"collect": lambda self: [family]})())
    return registry


def test_a_journal_that_cannot_be_opened_is_said(make_line, tmp_path):
    (tmp_path / "j").write_text("a file in its place")
    with pytest.raises(ServiceError, match=r"journal in .* cannot be used"):
        make_line()


def test_a_line_that_was_stopped_leaves_a_whole_journal(make_line, tmp_path):
    line = make_line()
    line.end()
    connection = database.open_for_reading(str(tmp_path / "j"))
    assert connection.execute("SELECT release FROM boots").fetchall() == [("1.2",)]
    connection.close()


def test_a_page_gets_every_verdict(make_line):
    line = make_line("page: {listen: '127.0.0.1:0'}\n")
    assert line._page.url.startswith("http://127.0.0.1:")
    assert line.pipeline._views == [line._page._line.preview.frames.view, line._page.view]
    line._page._address.bound.close()
