"""The keeper against a real PostgreSQL; its questions are caught instead of sent."""

import json
import threading

import attr
import pytest

from fleet.site.keeping import keeper as keeping
from fleet.site.keeping.keeper import BoardNews, SiteKeeper
from fleet.site.metrics import SiteMetrics
from fleet.site.settings import SiteKeeping, SiteSettings
from fleet.site.store import database
from fleet.site.store.writing import BatchWriter
from tests.unit.fleet.site import samples


class CaughtQuestions:
    def __init__(self):
        self.published = []

    def publish(self, topic, text, qos):
        self.published.append((topic, text, qos))


@pytest.fixture
def made():
    own = attr.evolve(SiteSettings(), keep=SiteKeeping(grace_s=0.0, again_s=0.1, tries=1))
    found = SiteKeeper(own, SiteMetrics())
    found._client = CaughtQuestions()
    return found


def state(**members):
    return json.dumps({"ready": True, "degraded": [], **members}).encode()


def test_a_board_is_asked_for_its_gap_which_is_written_down_and_closed(made, connection, ask):
    writer = BatchWriter(connection)
    made._news.take("nano-ocr/line-1/availability", b"online", False, "nano-ocr")
    writer.write(samples.letters(*map(samples.record, (1, 2, 5))), [])
    made.look(connection)
    made.look(connection)
    assert ("nano-ocr/line-1/resend", "2", 1) in made._client.published
    assert ask(connection, "SELECT board, after, upto, closed FROM gaps") == [("line-1", 2, 4, None)]
    writer.write(samples.letters(*map(samples.record, (3, 4))), [])
    made.look(connection)
    assert ask(connection, "SELECT closed IS NOT NULL, given_up FROM gaps") == [(True, False)]


def test_a_gap_that_nobody_can_close_is_given_up_and_passed(made, connection, ask):
    made._news.take("nano-ocr/line-1/availability", b"online", False, "nano-ocr")
    BatchWriter(connection).write(samples.letters(*map(samples.record, (1, 5, 6))), [])
    stop = threading.Event()
    for _ in range(20):
        made.look(connection)
        stop.wait(0.05)
    assert ask(connection, "SELECT given_up FROM gaps") == [(True,)]
    assert ask(connection, "SELECT complete FROM boards") == [(6,)]


def test_how_boards_are_is_written_down(made, connection, ask):
    made._news.take("nano-ocr/line-1/availability", b"online", True, "nano-ocr")
    made._news.take("nano-ocr/line-1/state", state(number=3, degraded=["disk_low"]), False, "nano-ocr")
    made.look(connection)
    query = "SELECT board, online, heard IS NOT NULL, state ->> 'number' FROM boards"
    assert ask(connection, query) == [("line-1", True, True, "3")]
    made._news.take("nano-ocr/line-1/availability", b"offline", False, "nano-ocr")
    made.look(connection)
    assert ask(connection, query) == [("line-1", False, True, "3")]


def test_only_one_of_two_keeps(empty_url, connection, monkeypatch):
    """The second waits until the first is gone, however it went."""
    monkeypatch.setattr(SiteKeeper, "_listen", lambda self: None)
    own = attr.evolve(
        SiteSettings(), keep=SiteKeeping(look_s=0.1), database=attr.evolve(SiteSettings().database, url=empty_url)
    )
    metrics, stops, threads = [SiteMetrics(), SiteMetrics()], [], []
    for one in metrics:
        stops.append(threading.Event())
        threads.append(threading.Thread(target=SiteKeeper(own, one).run, args=(stops[-1],)))
        threads[-1].start()
        assert wait(lambda: any(each.keeps._value.get() for each in metrics))
    assert [each.keeps._value.get() for each in metrics] == [1, 0]
    query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    stops[0].set()
    connection.execute(query, (database.KEEPING,))
    assert wait(lambda: metrics[1].keeps._value.get() == 1)
    stops[1].set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def wait(true, seconds=10.0):
    stop = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if true():
            return True
        stop.wait(0.05)
    return False


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("nano-ocr/b/state", b"{"), ("nano-ocr/b/state", b"[]"), ("nano-ocr/b/state", b'"\\u0000"'),
        ("nano-ocr/b/availability", b"perhaps"), ("other", b"online"), ("nano-ocr/b/state", b""),
    ],
)  # fmt: skip
def test_what_no_board_sends_is_left_out(topic, payload):
    news = BoardNews()
    news.take(topic, payload, False, "nano-ocr")
    found, online, arrived = news.draw()
    assert not any("state" in its or "online" in its for its in found.values())
    assert (online, arrived) == (set(), set())


def test_a_time_is_one_in_utc():
    assert keeping._moment(None) is None
    assert keeping._moment(0.0).isoformat() == "1970-01-01T00:00:00+00:00"
