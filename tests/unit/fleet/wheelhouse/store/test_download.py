"""Downloads over a real local server: resumed, redirected, retried, and never taken short or over plain http."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from urllib3.exceptions import ProtocolError

from fleet.core.errors import DownloadFailed
from fleet.wheelhouse.store.download import RetryPolicy, download
from tests.unit.fleet.wheelfiles import Shelf, serve

DATA = bytes(range(256)) * 4000
QUICK = RetryPolicy(silence_s=0.3, attempts=3, pause_s=0.01)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "file.whl").write_bytes(DATA)
    with serve(folder) as shelf:
        yield shelf


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "wheelhouse" / "file.whl"


def fetch(shelf: Shelf, target: Path, *names: str, pinned: bool = True) -> str:
    urls = tuple(shelf.url(name) for name in names or ("file.whl",))
    return download(urls, target, pinned, policy=QUICK)


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(shelf: Shelf, target: Path) -> None:
    assert fetch(shelf, target) == shelf.url("file.whl")
    assert target.read_bytes() == DATA
    assert [path.name for path in target.parent.iterdir()] == ["file.whl"]


def test_a_cut_connection_is_continued_where_it_stopped(shelf: Shelf, target: Path) -> None:
    shelf.cut_after = [300_000]
    fetch(shelf, target)
    assert target.read_bytes() == DATA
    assert shelf.asked == [("/file.whl", ""), ("/file.whl", "bytes=300000-")]


def test_a_second_run_continues_what_the_first_left(shelf: Shelf, target: Path) -> None:
    shelf.cut_after = [1000, 1000, 1000]
    with pytest.raises(DownloadFailed, match="ended after 3000 of 1024000 bytes"):
        fetch(shelf, target)
    assert not target.exists()
    fetch(shelf, target)
    assert target.read_bytes() == DATA and shelf.asked[-1] == ("/file.whl", "bytes=3000-")


def test_another_file_at_the_address_is_fetched_from_its_beginning(shelf: Shelf, target: Path) -> None:
    shelf.cut_after = [1000, 1000, 1000]
    with pytest.raises(DownloadFailed):
        fetch(shelf, target)
    (shelf.folder / "file.whl").write_bytes(DATA[::-1])
    fetch(shelf, target)
    assert target.read_bytes() == DATA[::-1]


def test_without_a_validator_nothing_is_continued(shelf: Shelf, target: Path) -> None:
    shelf.validator, shelf.cut_after = False, [1000]
    fetch(shelf, target)
    assert target.read_bytes() == DATA and [asked for _, asked in shelf.asked] == ["", ""]


def test_a_partial_file_that_is_too_long_begins_again(shelf: Shelf, target: Path) -> None:
    shelf.cut_after = [1000, 1000, 1000]
    with pytest.raises(DownloadFailed):
        fetch(shelf, target)
    partial = target.with_name("file.whl.partial")
    partial.write_bytes(DATA + b"more")
    fetch(shelf, target)
    assert target.read_bytes() == DATA


def test_silence_ends_an_attempt_and_the_next_one_continues(shelf: Shelf, target: Path) -> None:
    shelf.silent = [1.0]
    fetch(shelf, target)
    assert target.read_bytes() == DATA and shelf.asked[1][1] == "bytes=100-"


def test_a_redirect_is_followed(shelf: Shelf, target: Path) -> None:
    shelf.redirects["/shared/static/abc.whl"] = "/file.whl"
    fetch(shelf, target, "shared/static/abc.whl")
    assert target.read_bytes() == DATA


def test_a_busy_server_is_asked_again(shelf: Shelf, target: Path) -> None:
    shelf.status = [503, 429]
    fetch(shelf, target)
    assert len(shelf.asked) == 3


def test_a_file_that_is_gone_is_taken_from_the_second_address(shelf: Shelf, target: Path) -> None:
    assert fetch(shelf, target, "moved.whl", "file.whl") == shelf.url("file.whl")
    assert [path for path, _ in shelf.asked] == ["/moved.whl", "/file.whl"]


def test_every_address_and_its_answer_is_told(shelf: Shelf, target: Path) -> None:
    shelf.status = [403, 500, 500, 500]
    with pytest.raises(DownloadFailed) as caught:
        fetch(shelf, target, "one.whl", "two.whl")
    assert "one.whl: HTTP 403" in caught.value.found and "two.whl: HTTP 500" in caught.value.found
    assert "3 attempts" in caught.value.found


def test_a_server_that_is_not_there(target: Path) -> None:
    with pytest.raises(DownloadFailed, match="refused"):
        download(("http://127.0.0.1:9/file.whl",), target, True, policy=QUICK)


def test_plain_http_is_not_taken_without_a_known_hash(target: Path) -> None:
    with pytest.raises(DownloadFailed, match="https only"):
        download(("http://wheels.example/file.whl",), target, False, policy=QUICK)


def test_a_redirect_to_plain_http_is_not_taken_without_a_known_hash(shelf: Shelf, target: Path) -> None:
    shelf.redirects["/a.whl"] = f"http://0.0.0.0:{shelf.port}/file.whl"
    with pytest.raises(DownloadFailed, match="https only"):
        fetch(shelf, target, "a.whl", pinned=False)
    assert not target.exists()


def test_progress_tells_bytes_and_total(shelf: Shelf, target: Path) -> None:
    told: list[tuple[int, int]] = []
    download((shelf.url("file.whl"),), target, True, lambda done, total: told.append((done, total)), QUICK)
    assert told[-1] == (len(DATA), len(DATA)) and told == sorted(told)


def test_the_note_of_a_partial_file_names_its_address(shelf: Shelf, target: Path) -> None:
    shelf.cut_after = [1000, 1000, 1000]
    with pytest.raises(DownloadFailed):
        fetch(shelf, target)
    note = json.loads(target.with_name("file.whl.partial.json").read_text())
    assert note["url"] == shelf.url("file.whl") and note["validator"].startswith('"')


def test_what_arrived_before_a_connection_was_reset_is_kept(shelf: Shelf, target: Path) -> None:
    shelf.cut_after, shelf.status = [5000], []
    fetch(shelf, target)
    assert target.read_bytes() == DATA and [asked for _, asked in shelf.asked] == ["", "bytes=5000-"]


def test_a_loop_of_redirects_ends(shelf: Shelf, target: Path) -> None:
    shelf.redirects["/a.whl"] = "/a.whl"
    with pytest.raises(DownloadFailed, match="too many redirects"):
        fetch(shelf, target, "a.whl")


def test_a_final_answer_is_not_asked_for_again(shelf: Shelf, target: Path) -> None:
    shelf.status = [403]
    with pytest.raises(DownloadFailed, match=r"HTTP 403 Forbidden\n"):
        fetch(shelf, target)
    assert len(shelf.asked) == 1


def test_the_proxy_of_the_environment_is_used(shelf: Shelf, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{shelf.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(DownloadFailed, match="HTTP 404"):
        download(("http://wheels.example/file.whl",), target, True, policy=QUICK)
    assert [path for path, _ in shelf.asked] == ["http://wheels.example/file.whl"]


def test_pauses_grow_and_have_a_limit() -> None:
    retry = RetryPolicy(attempts=20, pause_s=1.0).retry()
    pauses = []
    for _ in range(10):
        retry = retry.increment("GET", "/", error=TimeoutReading())
        pauses.append(retry.get_backoff_time())
    assert pauses[:4] == [0, 2.0, 4.0, 8.0] and max(pauses) == 120


class TimeoutReading(ProtocolError):
    """A body that stopped."""
