"""The HTTP client of `gvision`: address and key. Its requests are tried in test_reader.py, against a server."""

import pytest

from ocr_app.core.errors import ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.readers.gvision import client
from ocr_app.readers.gvision.client import VisionClient

KEY = "AIzaSy-not-a-real-key_0123456789"


def test_the_default_endpoint_is_googles_over_https(monkeypatch):
    monkeypatch.delenv("OCR_GVISION_ENDPOINT", raising=False)
    assert client.endpoint().startswith("https://vision.googleapis.com/")


@pytest.mark.parametrize("url", ["https://vision.example/", "http://localhost:1/", "http://127.0.0.1:1/"])
def test_an_address_may_be_https_or_of_this_computer(monkeypatch, url):
    monkeypatch.setenv(client.ENDPOINT, url)
    assert client.endpoint() == url


@pytest.mark.parametrize("url", ["http://vision.example/", "ftp://localhost/", "https://", "nonsense"])
def test_another_address_is_refused(monkeypatch, url):
    monkeypatch.setenv(client.ENDPOINT, url)
    with pytest.raises(UsageError):
        client.endpoint()


def test_a_key_is_the_content_of_its_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")
    monkeypatch.setenv(client.KEY_FILE, str(tmp_path / "key"))
    assert client.read_key() == KEY


@pytest.mark.parametrize("content", [b"", b"two words", b"one\ntwo", b"\xff\xfe"])
def test_a_file_without_a_key_is_refused_and_not_quoted(monkeypatch, tmp_path, content):
    (tmp_path / "file").write_bytes(content)
    monkeypatch.setenv(client.KEY_FILE, str(tmp_path / "file"))
    with pytest.raises(ReaderUnavailable) as caught:
        client.read_key()
    assert "two" not in str(caught.value)


def test_an_unreachable_service_is_a_failure_without_the_key():
    with pytest.raises(ReaderFailed) as caught:
        VisionClient("http://127.0.0.1:1/", KEY, 5.0).post({})
    assert caught.value.code == "unreachable" and KEY not in str(caught.value)
