"""Pictures of rejects go to a store by PUT: each once, again until they are taken, and never in the way of anything."""

import base64
import http.server
import threading

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.pictures import PictureQuotas, PictureStore
from ocr_app.line.outputs.upload import PictureUpload
from ocr_app.line.outputs.webhook import NotTaken
from ocr_app.line.settings.outputs import UploadSettings

JPEG = b"\xff\xd8 picture "


class PictureServer:
    """A store of pictures; ``answers``: the next status codes, then 201."""

    def __init__(self):
        self.got, self.headers, self.answers = {}, [], []
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                code = store.answers.pop(0) if store.answers else 201
                store.headers.append(dict(self.headers))
                if code == 201:
                    store.got[self.path] = body
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()
        self.url = "http://127.0.0.1:{}/pictures".format(self.server.server_port)

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def store():
    made = PictureServer()
    yield made
    made.close()


@pytest.fixture
def journal(tmp_path, status):
    made = PartJournal(str(tmp_path), status)
    yield made
    made.close()


@pytest.fixture
def reject(tmp_path, journal, make_row):
    """Decides rejects, and keeps their pictures."""
    pictures = PictureStore(str(tmp_path), PictureQuotas(1000, 1000, 0))

    def work(*numbers):
        for number in numbers:
            assert journal.numbers.take() == number
            row = make_row(number, verdict="fail")
            journal.begin(row._replace(verdict=None))
            pictures.put(journal.decide(row), JPEG + str(number).encode())

    return work


@pytest.fixture
def upload(store, journal, status, tmp_path):
    def make(**more):
        return PictureUpload(UploadSettings(url=store.url, **more), "b", str(tmp_path), journal, status)

    return make


def names(*numbers):
    return ["/pictures/b/b-0-{}".format(number) for number in numbers]


def test_each_picture_is_sent_once_under_the_id_of_its_part(store, reject, upload):
    reject(1, 2)
    upload().send_new(threading.Event())
    assert list(store.got) == names(1, 2) and store.got[names(2)[0]] == JPEG + b"2"
    assert store.headers[0]["Content-Type"] == "image/jpeg" and "Authorization" not in store.headers[0]
    reject(3)
    upload().send_new(threading.Event())
    assert list(store.got) == names(1, 2, 3) and len(store.headers) == 3, "after a restart it goes on"


def test_a_user_and_a_password_go_along(store, reject, upload, tmp_path):
    (tmp_path / "password").write_text("s3cret\n")
    reject(1)
    upload(user="b", password_file=str(tmp_path / "password")).send_new(threading.Event())
    assert store.headers[0]["Authorization"] == "Basic " + base64.b64encode(b"b:s3cret").decode()
    with pytest.raises(ServiceError, match=r"upload\.password"):
        upload(user="b", password_file=str(tmp_path / "none"))
    with pytest.raises(ServiceError, match=r"upload\.ca_file"):
        PictureUpload(UploadSettings(url="https://a/b", ca_file=str(tmp_path / "no")), "b", "", None, None)


@pytest.mark.parametrize("code", [302, 401, 403, 404, 500, 507])
def test_what_is_not_taken_is_sent_again_with_what_is_behind_it(store, reject, upload, code):
    reject(1, 2)
    made = upload()
    store.answers += [code]
    with pytest.raises(NotTaken, match=str(code)):
        made.send_new(threading.Event())
    assert made.last == 0 and not store.got
    made.send_new(threading.Event())
    assert list(store.got) == names(1, 2)


def test_a_picture_that_the_store_refuses_does_not_hold_up_the_next(store, reject, upload):
    reject(1, 2)
    store.answers += [413]
    made = upload()
    made.send_new(threading.Event())
    assert list(store.got) == names(2) and made.last == 2


def test_a_picture_whose_quota_was_full_is_not_missed(store, reject, upload, tmp_path):
    reject(1, 2)
    (tmp_path / "pictures" / "reject" / "1-fail.jpg").unlink()
    upload().send_new(threading.Event())
    assert list(store.got) == names(2)


def test_a_new_journal_begins_anew(store, reject, upload, tmp_path):
    (tmp_path / "pictures").mkdir(exist_ok=True)
    (tmp_path / "pictures" / "uploaded").write_text("900")
    reject(1)
    upload().send_new(threading.Event())
    assert list(store.got) == names(1)


def test_a_store_that_is_away_is_said_until_it_is_back(store, reject, upload, status, make_row):
    reject(1)
    store.answers += [503, 503]
    made = upload(retry_s=0.01, retry_most_s=0.02)
    stop, seen = threading.Event(), []
    thread = threading.Thread(target=made.run, args=(stop,), daemon=True)
    thread.start()
    while not store.got or made._reach.is_lost:
        seen += status.degraded.current()
        assert thread.is_alive()
    stop.set()
    made.put(make_row(2, verdict="fail"), b"")
    thread.join(10)
    assert not thread.is_alive() and "picture_store_lost" not in status.degraded.current()
