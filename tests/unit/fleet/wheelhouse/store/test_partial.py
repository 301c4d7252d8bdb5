"""Files that have arrived in part."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.wheelhouse.store.partial import PartialFile

URL = "https://127.0.0.1/file.whl"


@pytest.fixture
def partial(tmp_path: Path) -> PartialFile:
    return PartialFile(tmp_path / "house" / "file.whl")


def arrived(partial: PartialFile, data: bytes, start: int = 0) -> None:
    with partial.opened(start) as stream:
        stream.write(data)


def test_what_has_arrived_is_resumed_from_the_same_address(partial: PartialFile) -> None:
    arrived(partial, b"12345")
    partial.remember(URL, {"ETag": '"abc"'})
    assert partial.headers(URL) == {"Range": "bytes=5-", "If-Range": '"abc"'}
    assert partial.headers(URL + "?other") == {}


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"abc"'}])
def test_without_a_strong_validator_nothing_is_resumed(partial: PartialFile, headers: dict[str, str]) -> None:
    arrived(partial, b"12345")
    partial.remember(URL, headers)
    assert partial.resumable(URL) == 0


def test_a_date_is_a_validator_too(partial: PartialFile) -> None:
    arrived(partial, b"12345")
    partial.remember(URL, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"})
    assert partial.resumable(URL) == 5


def test_bytes_behind_the_start_are_dropped(partial: PartialFile) -> None:
    arrived(partial, b"12345")
    arrived(partial, b"x", start=3)
    assert partial.path.read_bytes() == b"123x"


def test_a_complete_file_has_its_name_and_no_note(partial: PartialFile) -> None:
    arrived(partial, b"12345")
    partial.remember(URL, {"ETag": '"abc"'})
    partial.complete()
    assert [path.name for path in partial.target.parent.iterdir()] == ["file.whl"]


def test_what_is_forgotten_begins_anew(partial: PartialFile) -> None:
    arrived(partial, b"12345")
    partial.remember(URL, {"ETag": '"abc"'})
    partial.forget()
    partial.forget()
    assert partial.resumable(URL) == 0 and not list(partial.target.parent.iterdir())
