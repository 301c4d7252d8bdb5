"""Addresses, and how the service listens on them."""

import socket

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.inputs import server


def test_addresses():
    assert server.address_of("127.0.0.1:80") == ("127.0.0.1", 80)
    assert server.address_of("[::1]:80") == ("::1", 80)
    assert server.address_of("unix:/run/a") == ("/run/a", -1)


@pytest.mark.parametrize("address", ["0.0.0.0:80", "8088", "example.org:1", "127.0.0.1:99999", "unix:", ":80"])
def test_addresses_that_others_reach_or_that_are_none(address):
    with pytest.raises(ServiceError, match="--listen"):
        server.address_of(address)


def test_an_address_in_use_is_said(fake, shared):
    second = fake("--listen", "127.0.0.1:{}".format(shared.port))
    assert second.process.wait(60) == 14 and "cannot listen" in second.said()


def test_it_listens_to_this_computer_alone(fake):
    served = fake("--listen", "0.0.0.0:8088")
    assert served.process.wait(60) == 14 and "unix:PATH" in served.said()


def test_a_unix_socket_does_as_well(fake, picture, tmp_path):
    path = str(tmp_path / "s")
    served = fake("--listen", "unix:" + path).ready()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
        body = picture(1)
        caller.sendall("POST /read HTTP/1.0\r\nContent-Length: {}\r\n\r\n".format(len(body)).encode() + body)
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert b'"text": "AB7"' in answer
    assert served.end() == 0 and not (tmp_path / "s").exists()
