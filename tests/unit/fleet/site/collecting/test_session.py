"""Acknowledgements belong to the connection that their message came by. What happens on the wire: tests/line."""

import types

import pytest

from fleet.core.errors import SiteError
from fleet.site.collecting import session
from fleet.site.collecting.session import SharedSession
from fleet.site.settings import SiteBroker


class RecordingClient:
    """In place of paho's client: what it was told."""

    def __init__(self):
        self.acknowledged, self.subscribed = [], []

    def ack(self, number, qos):
        self.acknowledged.append((number, qos))

    def subscribe(self, topic, qos):
        self.subscribed.append((topic, qos))


def code(value=0):
    return types.SimpleNamespace(is_failure=value >= 0x80, value=value)


@pytest.fixture
def made(monkeypatch):
    client, taken = RecordingClient(), []
    monkeypatch.setattr(session, "make_client", lambda *_, **__: client)
    own = SharedSession(SiteBroker(), "c", "$share/site/nano-ocr/+/part", 60, 10, taken.append)

    def connect():
        client.on_connect(client, None, types.SimpleNamespace(session_present=False), code())

    def deliver(number):
        message = types.SimpleNamespace(topic="t", payload=b"p", mid=number)
        client.on_message(client, None, message)
        return taken[-1]

    return types.SimpleNamespace(own=own, client=client, connect=connect, deliver=deliver)


def test_every_connection_subscribes_again(made):
    made.connect()
    made.client.on_disconnect(made.client, None, None, code(0x80))
    made.connect()
    assert made.client.subscribed == [("$share/site/nano-ocr/+/part", 1)] * 2


def test_what_is_stored_is_acknowledged(made):
    made.connect()
    assert made.own.acknowledge([made.deliver(1), made.deliver(2)]) == 2
    assert made.client.acknowledged == [(1, 1), (2, 1)]


def test_a_number_of_an_earlier_connection_is_never_acknowledged(made):
    made.connect()
    old = made.deliver(1)
    made.client.on_disconnect(made.client, None, None, code(0x80))
    assert made.own.acknowledge([old]) == 0
    made.connect()
    new = made.deliver(1)
    assert made.own.acknowledge([old, new]) == 1
    assert made.client.acknowledged == [(1, 1)]


def test_a_name_that_another_collector_has_is_trouble(made):
    made.connect()
    made.client.on_disconnect(made.client, None, None, code(session.TAKEN_OVER))
    assert "same name" in made.own.trouble


def test_a_subscription_that_is_refused_is_trouble(made):
    made.client.on_subscribe(made.client, None, 1, [code(0x87)])
    assert "refuses the subscription" in made.own.trouble


def test_a_password_that_is_missing_is_said(tmp_path):
    with pytest.raises(SiteError, match="password"):
        session.make_client(SiteBroker(user="u", password_file=str(tmp_path / "none")), "c", manual=True)


def test_the_session_outlives_its_connection():
    found = session.properties(3600, 17)
    assert (found.SessionExpiryInterval, found.ReceiveMaximum) == (3600, 17)
