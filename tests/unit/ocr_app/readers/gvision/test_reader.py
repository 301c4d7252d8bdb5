"""The gvision reader against a double of Google's service on the loopback interface."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.readers.gvision import reader as gvision

KEY = "AIzaSy-not-a-real-key_0123456789"


def box(x, y, width, height):
    """A bounding box as Google writes it: coordinates that are 0 are left out."""
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    return {"vertices": [{name: value for name, value in zip("xy", corner) if value} for corner in corners]}


def word(text, place, ends="", **more):
    symbols = [{"text": letter, "confidence": 0.9} for letter in text]
    if ends:
        symbols[-1]["property"] = {"detectedBreak": {"type": ends}}
    return dict({"symbols": symbols, "boundingBox": place}, **more)


FULL = {
    "pages": [
        {
            "blocks": [
                {
                    "paragraphs": [
                        {
                            "words": [
                                word("EXP", box(0, 0, 30, 10), "SPACE", confidence=0.8),
                                word("31.12", box(40, 0, 50, 10), "EOL_SURE_SPACE", confidence=1.0),
                                word("LOT", box(0, 20, 30, 10), "SURE_SPACE"),
                                word("A4", box(40, 20, 20, 10), "LINE_BREAK"),
                            ]
                        }
                    ]
                }
            ]
        }
    ],
    "text": "EXP 31.12\nLOT A4",
}
ANNOTATIONS = [
    {"description": "EXP 31.12\nLOT A4\n", "boundingPoly": box(0, 0, 90, 30)},
    {"description": "EXP", "boundingPoly": box(0, 0, 30, 10)},
    {"description": "31.12", "boundingPoly": box(40, 0, 50, 10)},
    {"description": "LOT", "boundingPoly": box(0, 20, 30, 10)},
    {"description": "A4", "boundingPoly": box(40, 20, 20, 10)},
]


class Double:
    """What the service answers next, and what it was asked."""

    def __init__(self):
        self.status, self.body, self.headers, self.delay = 200, {"responses": [{}]}, {}, 0.0
        self.asked = []

    def serve(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        self.asked.append((handler.path, handler.headers, json.loads(body.decode("utf-8"))))
        time.sleep(self.delay)
        data = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode("utf-8")
        handler.send_response(self.status)
        for name, value in dict(self.headers, **{"Content-Length": str(len(data))}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)


@pytest.fixture
def double(monkeypatch, tmp_path):
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            try:
                double.serve(self)
            except OSError:
                pass  # the caller has gone

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    key = tmp_path / "key"
    key.write_text(KEY + "\n")
    monkeypatch.setenv("OCR_GVISION_KEY_FILE", str(key))
    monkeypatch.setenv("OCR_GVISION_ENDPOINT", "http://127.0.0.1:{}/v1/images:annotate".format(server.server_port))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield double
    server.shutdown()
    thread.join()
    server.server_close()


def failure_of(image, timeout_s=10.0):
    with pytest.raises(ReaderFailed) as caught:
        gvision.open_reader(ReaderOptions(), timeout_s).read(image)
    assert KEY not in str(caught.value) and KEY not in repr(caught.value.to_json())
    return caught.value


def test_the_full_text_gives_lines_with_boxes_and_confidences(double, image):
    double.body = {"responses": [{"fullTextAnnotation": FULL, "textAnnotations": ANNOTATIONS}]}
    timer = Timer()
    lines = gvision.open_reader(ReaderOptions()).read(image, timer)
    assert [(line.text, line.confidence) for line in lines] == [("EXP 31.12", 0.9), ("LOT A4", 0.0)]
    assert lines[0].quad.tolist() == [[0, 0], [90, 0], [90, 10], [0, 10]]
    assert sorted(timer.ms) == ["preprocess", "recognise"]


def test_annotations_alone_give_the_same_lines(double, image):
    double.body = {"responses": [{"textAnnotations": ANNOTATIONS}]}
    lines = gvision.open_reader(ReaderOptions()).read(image)
    assert [line.text for line in lines] == ["EXP 31.12", "LOT A4"]
    assert lines[1].quad.tolist() == [[0, 20], [60, 20], [60, 30], [0, 30]]


def test_nothing_found_is_no_lines(double, image):
    assert gvision.open_reader(ReaderOptions()).read(image) == []


def test_one_line_joins_what_was_found(double, image):
    double.body = {"responses": [{"fullTextAnnotation": FULL}]}
    lines = gvision.open_reader(ReaderOptions()).read_line(image)
    assert [(line.text, line.confidence) for line in lines] == [("EXP 31.12 LOT A4", 0.0)]


def test_the_image_goes_out_lossless_and_the_key_in_a_header_only(double, image):
    gvision.open_reader(ReaderOptions(model="document")).read(image)
    path, headers, body = double.asked[0]
    request = body["requests"][0]
    data = np.frombuffer(base64.b64decode(request["image"]["content"]), np.uint8)
    assert np.array_equal(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), image)
    assert request["features"] == [{"type": "DOCUMENT_TEXT_DETECTION"}]
    assert headers["X-Goog-Api-Key"] == KEY
    assert KEY not in path


@pytest.mark.parametrize(
    "status, code, words",
    [
        (400, "refused", "refused the request"),
        (401, "refused", "does not accept the key"),
        (403, "refused", "billing"),
        (404, "refused", "does not offer this service"),
        (413, "refused", "too large"),
        (418, "refused", "refused the request"),
        (429, "quota", "quota of this key is used up"),
        (500, "service", "service fails"),
        (503, "service", "service fails"),
    ],
)
def test_refusals_are_told_in_plain_words_without_the_key(double, image, status, code, words):
    double.status = status
    double.body = {"error": {"message": "API key {} not valid".format(KEY)}}
    error = failure_of(image)
    assert (error.code, words in error.found) == (code, True)
    assert "API key [key] not valid" in error.found


def test_a_redirect_is_not_followed(double, image):
    double.status, double.headers = 307, {"Location": "http://127.0.0.1:1/"}
    assert failure_of(image).code == "refused"
    assert len(double.asked) == 1


def test_an_error_of_one_image_is_told(double, image):
    double.body = {"responses": [{"error": {"code": 3, "message": "Bad image data."}}]}
    error = failure_of(image)
    assert (error.code, "Bad image data." in error.found) == ("remote", True)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        {},
        {"responses": []},
        {"responses": [7]},
        {"responses": [{"textAnnotations": [{}, {"boundingPoly": 3}], "fullTextAnnotation": {"pages": 3}}]},
        {"responses": [{"fullTextAnnotation": {"pages": [{"blocks": [{"paragraphs": [{"words": [{}]}]}]}]}}]},
    ],
)
def test_an_undocumented_answer_is_garbage(double, image, body):
    double.body = body
    assert failure_of(image).code == "garbage"


def test_a_service_that_does_not_answer_is_given_up_in_time(double, image):
    double.delay = 0.6
    assert failure_of(image, timeout_s=0.2).code == "hung"


def test_a_service_that_cannot_be_reached_is_told(double, image, monkeypatch):
    monkeypatch.setenv("OCR_GVISION_ENDPOINT", "http://127.0.0.1:1/")
    assert failure_of(image).code == "unreachable"


def test_without_a_key_file_nothing_opens(double, monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_GVISION_KEY_FILE", str(tmp_path / "none"))
    assert "cannot be read" in gvision.probe().problem
    monkeypatch.delenv("OCR_GVISION_KEY_FILE")
    with pytest.raises(ReaderUnavailable):
        gvision.open_reader(ReaderOptions())
    assert gvision.probe().problem == "OCR_GVISION_KEY_FILE is not set"


def test_a_file_that_holds_no_key_is_refused_without_showing_it(double, monkeypatch, tmp_path):
    (tmp_path / "odd").write_text("two words\nand lines")
    monkeypatch.setenv("OCR_GVISION_KEY_FILE", str(tmp_path / "odd"))
    problem = gvision.probe().problem
    assert "does not contain an API key" in problem and "two words" not in problem


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://127.0.0.1/", "nonsense"])
def test_the_key_never_travels_unencrypted(double, monkeypatch, url):
    monkeypatch.setenv("OCR_GVISION_ENDPOINT", url)
    with pytest.raises(UsageError):
        gvision.open_reader(ReaderOptions())
    assert gvision.probe().problem


@pytest.mark.parametrize(
    "options, error",
    [
        (ReaderOptions(device="cuda"), DeviceUnavailable),
        (ReaderOptions(precision="fp16"), PrecisionUnavailable),
        (ReaderOptions(model="faces"), UsageError),
    ],
)
def test_what_cannot_be_had_is_refused(double, options, error):
    with pytest.raises(error):
        gvision.open_reader(options)
