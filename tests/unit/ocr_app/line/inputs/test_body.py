"""The body of a request: its announced length, the time that it has, and the image in a form."""

import socket
from email.message import Message

import pytest

from ocr_app.line.inputs import body
from ocr_app.line.inputs.intake import RequestRefused


def headers(**values):
    made = Message()
    for name, value in values.items():
        made[name.replace("_", "-")] = value
    return made


FORM = headers(Content_Type='multipart/form-data; boundary="a b"')


def refused(call, *arguments):
    with pytest.raises(RequestRefused) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code


def test_lengths():
    assert body.length_of(headers(Content_Length="10"), 10) == 10
    assert refused(body.length_of, headers(Content_Length="11"), 10) == (413, "too-large")
    assert refused(body.length_of, headers(), 10) == (411, "length-required")
    assert refused(body.length_of, headers(Content_Length="1e3"), 10) == (400, "bad-request")


def test_what_is_no_form_is_the_image_itself():
    assert body.image_of(b"--x", headers(), 10) == body.UploadedImage(b"--x")
    assert body.image_of(b"--x", headers(Content_Type="application/x-www-form-urlencoded"), 10).data == b"--x"


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\r\n--a c\r\n", bytes(range(256)), b"\n--a b"])
def test_every_byte_of_a_file_in_a_form_is_kept(data):
    found = body.image_of(
        b'--a b\r\nContent-Disposition: form-data; name="f"; filename="a%22b.png"\r\n\r\n' + data + b"\r\n--a b--\r\n",
        FORM,
        999,
    )
    assert found == body.UploadedImage(data, 'a"b.png')


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--a b",
        b"--a b\r\nContent-Disposition: form-data; filename=x\r\n\r\nabc",
        b"--a b\r\nno headers\r\n--a b--",
        b'--a b\r\nContent-Disposition: form-data; name="f"\r\n\r\nx\r\n--a b--',
    ],
)
def test_a_form_that_is_cut_short_or_has_no_file_is_refused(data):
    assert refused(body.image_of, data, FORM, 999) == (400, "bad-form")


def test_a_file_of_a_form_has_the_limit_of_an_image():
    form = b"--a b\r\nContent-Disposition: form-data; filename=x\r\n\r\n" + b"1" * 11 + b"\r\n--a b--"
    assert refused(body.image_of, form, FORM, 10) == (413, "too-large")
    assert refused(body.image_of, form, headers(Content_Type="multipart/form-data"), 99) == (400, "bad-form")


def test_a_stream_ends_at_its_deadline_however_many_bytes_came():
    near, far = socket.socketpair()
    stream = body.DeadlineStream(near, 0.2)
    far.sendall(b"ab")
    assert stream.readable() and stream.read(2) == b"ab"
    with pytest.raises(socket.timeout):
        stream.read(1)
    far.sendall(b"c")
    with pytest.raises(socket.timeout):
        stream.read(1)
    assert stream.timed_out
    near.close(), far.close()
