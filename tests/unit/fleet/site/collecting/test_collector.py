"""The collector between broker and database: nothing is acknowledged that is not committed."""

import threading
import time

import psycopg
import pytest

from fleet.core.errors import SiteError
from fleet.site.collecting import collector as collecting
from fleet.site.collecting.collector import MessageInbox, SiteCollector, sort_out
from fleet.site.collecting.session import Delivery
from fleet.site.metrics import SiteMetrics
from fleet.site.settings import SiteSettings
from fleet.site.store.writing import Written
from tests.unit.fleet.site import samples


def delivery(number, payload=None):
    return Delivery("nano-ocr/line-1/part", payload or samples.payload(number), 1, number)


class ScriptedSession:
    """In place of the broker."""

    def __init__(self, *_):
        self.trouble, self.acknowledged = "", []

    def start(self):
        pass

    def stop(self):
        pass

    def acknowledge(self, deliveries):
        self.acknowledged += [each.number for each in deliveries]
        return len(deliveries)


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(collecting, "SharedSession", ScriptedSession)
    monkeypatch.setattr(collecting, "_PAUSES_S", (0.01,))
    return SiteCollector(SiteSettings(), SiteMetrics())


def run(made, until):
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,))
    thread.start()
    limit = time.monotonic() + 20
    while not until() and time.monotonic() < limit:
        time.sleep(0.005)
    stop.set()
    thread.join(20)
    assert not thread.is_alive() and until()


def test_what_the_database_does_not_take_is_tried_again_and_acknowledged_after_the_commit(made, monkeypatch):
    tries = []

    class Writer:
        def write(self, rows, dead):
            assert made.session.acknowledged == []
            tries.append(len(rows))
            if len(tries) < 3:
                raise psycopg.OperationalError("gone")
            return Written(len(rows), 0, 0)

    monkeypatch.setattr(made, "_open", Writer)
    for number in (1, 2):
        made._came(delivery(number))
    run(made, lambda: len(made.session.acknowledged) == 2)
    assert tries == [2, 2, 2] and made.session.acknowledged == [1, 2]


def test_what_is_not_stored_at_the_end_is_not_acknowledged(made, monkeypatch):
    asked = []

    def refuse():
        asked.append(1)
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr(made, "_open", refuse)
    made._came(delivery(1))
    run(made, lambda: len(asked) > 2)
    assert made.session.acknowledged == []


def test_a_name_that_is_taken_ends_the_collector(made):
    made.session.trouble = "another collector has connected under the same name"
    with pytest.raises(SiteError, match="same name"):
        made.run(threading.Event())


def test_messages_are_sorted_into_rows_and_dead_letters():
    rows, dead = sort_out([delivery(1), delivery(2, b"{"), delivery(1), delivery(3)], "nano-ocr")
    assert [row.number for _, row in rows] == [1, 3]
    assert [(letter.payload, letter.reason[:7]) for letter in dead] == [(b"{", "no JSON")]


def test_a_batch_is_full_or_waits_for_a_moment():
    inbox = MessageInbox()
    assert inbox.take(10, 0.0, wait_s=0.01) == []
    for number in range(5):
        inbox.put(delivery(number))
    assert [each.number for each in inbox.take(3, 10.0)] == [0, 1, 2]
    assert [each.number for each in inbox.take(3, 0.01)] == [3, 4]
    assert len(inbox) == 0
