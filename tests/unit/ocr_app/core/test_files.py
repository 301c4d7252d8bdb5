"""Files are whole or absent, and a file that cannot be written says why."""

import errno
import json
import os

import pytest

from ocr_app.core import files
from ocr_app.core.errors import BuildError


def test_a_file_is_written_and_nothing_is_left_beside_it(tmp_path):
    files.write_whole(str(tmp_path / "a"), b"one")
    files.write_whole(str(tmp_path / "a"), b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    assert os.listdir(str(tmp_path)) == ["a"]


def test_json_is_utf_8_and_ends_with_a_newline(tmp_path):
    files.write_json(str(tmp_path / "a.json"), {"text": "é"})
    data = (tmp_path / "a.json").read_bytes()
    assert "é".encode("utf-8") in data and data.endswith(b"}\n") and json.loads(data.decode()) == {"text": "é"}


@pytest.mark.parametrize(
    "number, code, next_step",
    [(errno.ENOSPC, "space", "df -h"), (errno.EACCES, "forbidden", "sudo"), (errno.EROFS, "forbidden", "sudo")],
)
def test_a_failed_write_keeps_the_file_before(tmp_path, monkeypatch, number, code, next_step):
    path = tmp_path / "a"
    path.write_bytes(b"before")

    def full(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(BuildError) as caught:
        files.write_whole(str(path), b"after")
    assert caught.value.code == code and next_step in caught.value.next_step
    assert caught.value.found.startswith("{} cannot be written: ".format(path))
    assert path.read_bytes() == b"before" and os.listdir(str(tmp_path)) == ["a"]


def test_a_folder_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(BuildError):
        files.write_whole(str(tmp_path / "absent" / "a"), b"")


class FullDisk:
    name = "/data/log"

    def write(self, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_in_place_names_the_file():
    with pytest.raises(BuildError) as caught:
        files.write_in_place(FullDisk(), "text")
    assert caught.value.code == "space" and "/data/log cannot be written" in caught.value.found
    assert caught.value.expected == "space in /data"


def test_the_digest_is_that_of_the_standard():
    assert files.sha256_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
