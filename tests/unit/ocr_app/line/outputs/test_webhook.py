"""A webhook: one POST for each part, signed, in order, again until it is taken."""

import hashlib
import hmac
import http.server
import json
import threading

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.outputs import webhook
from ocr_app.line.outputs.webhook import NotTaken, WebhookOutput
from ocr_app.line.settings.outputs import WebhookSettings


class Receiver:
    """A program that takes results; ``answers``: the next status codes, then 204."""

    def __init__(self):
        self.got, self.answers, self.enough = [], [], threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                code = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(code)
                if code == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
                receiver.enough.set()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = "http://127.0.0.1:{}/parts".format(self.server.server_port)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def journal(tmp_path, status):
    made = PartJournal(str(tmp_path / "journal"), status)
    made.keep_cursors((webhook.CURSOR,))
    yield made
    made.close()


@pytest.fixture
def decide(journal, make_row):
    def work(*numbers):
        for number in numbers:
            journal.begin(make_row(number, verdict=None))
            journal.decide(make_row(number, text="é"))

    return work


def output(receiver, journal, status, **more):
    return WebhookOutput(WebhookSettings(url=receiver.url, **more), journal, status)


def test_each_part_is_sent_once_in_order_and_signed(receiver, journal, status, decide, tmp_path):
    (tmp_path / "secret").write_text("s\n")
    made = output(receiver, journal, status, secret_file=str(tmp_path / "secret"))
    decide(1, 2)
    assert made._send_some(threading.Event()) and not made._send_some(threading.Event())
    assert [json.loads(body)["number"] for _, _, body in receiver.got] == [1, 2]
    path, headers, body = receiver.got[0]
    assert path == "/parts" and headers[webhook.KEY] == "b-0-1" and json.loads(body)["text"] == "é"
    assert headers[webhook.SIGNATURE] == "sha256=" + hmac.new(b"s", body, hashlib.sha256).hexdigest()
    assert journal.cursor(webhook.CURSOR) == 2 and journal.count_undelivered(webhook.CURSOR) == 0


def test_without_a_secret_nothing_is_signed(receiver, journal, status, decide):
    decide(1)
    output(receiver, journal, status)._send_some(threading.Event())
    assert webhook.SIGNATURE not in receiver.got[0][1]


@pytest.mark.parametrize("code", [302, 400, 404, 500, 503])
def test_what_is_not_taken_stays_and_is_sent_again(receiver, journal, status, decide, code):
    made = output(receiver, journal, status)
    decide(1, 2)
    receiver.answers += [code]
    with pytest.raises(NotTaken, match=str(code)):
        made._send_some(threading.Event())
    assert journal.cursor(webhook.CURSOR) == 0
    made._send_some(threading.Event())
    assert [json.loads(body)["number"] for _, _, body in receiver.got] == [1, 1, 2]
    assert {path for path, _, _ in receiver.got} == {"/parts"}, "a redirect is not followed"


def test_one_that_is_lost_is_said_until_it_is_found(receiver, journal, status, decide):
    made = output(receiver, journal, status, retry_s=0.01, retry_most_s=0.02)
    receiver.answers += [500] * 3
    decide(1)
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,), daemon=True)
    thread.start()
    assert receiver.enough.wait(10)
    while len(receiver.got) < 4 or made._reach.is_lost:
        assert thread.is_alive()
    stop.set()
    thread.join(5)
    assert "webhook_lost" not in status.degraded.current() and len(receiver.got) == 4


def test_nobody_there_and_a_silent_one_are_not_taken(receiver, journal, status, decide, make_row):
    made = output(receiver, journal, status, timeout_s=0.2)
    receiver.close()
    with pytest.raises(NotTaken):
        made.send(make_row(1))
    decide(1)
    stop = threading.Event()
    thread = threading.Thread(target=made.run, args=(stop,), daemon=True)
    thread.start()
    while "webhook_lost" not in status.degraded.current():
        assert thread.is_alive()
    stop.set()
    thread.join(5)


def test_certificates_that_cannot_be_used_are_said(tmp_path):
    with pytest.raises(ServiceError, match=r"webhook\.ca_file"):
        webhook.make_opener("https://b/parts", str(tmp_path / "none"), "webhook.ca_file")
