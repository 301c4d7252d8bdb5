"""Rules of the role wheelhouse: room for packages, what a failure is called, and how a long build is described."""

from __future__ import annotations

from typing import Any

import pytest
from rules import wheelhouse
from rules.model import Observed

from tests.unit.ansible.answers import ROOT, judged, settings

FILES = [{"name": "numpy", "size": 100_000_000}, {"name": "pip", "size": 2_000_000}, {"name": "other", "size": 10**9}]
GIVEN = {"files": FILES, "needed": ["numpy"]}


def disk(free_mb: int) -> dict[str, Any]:
    return {"disks": {"venv": {"free_mb": free_mb, "path": "/opt"}}}


@pytest.mark.parametrize("free_mb, holds", [(907, False), (908, True)])
def test_room_for_what_is_needed_and_for_the_reserve(free_mb: int, holds: bool) -> None:
    rule = judged("wheelhouse", disk(free_mb), GIVEN)["wheelhouse.room"]
    assert (rule["holds"], rule["found"], rule["expected"]) == (holds, f"{free_mb} MB free in /opt", "908 MB")


def test_the_reserve_may_be_typed() -> None:
    rule = judged("wheelhouse", disk(1), GIVEN, wheelhouse_reserve_mb="-100000")["wheelhouse.room"]
    assert rule["holds"]


def test_pip_is_always_pushed() -> None:
    work = wheelhouse.work(Observed(disk(1)), settings("wheelhouse", GIVEN))
    assert [file["name"] for file in work["files"]] == ["numpy", "pip"]


def failure(**failed: Any) -> dict[str, Any]:
    return wheelhouse.failure(settings("wheelhouse", {"failed": failed}))


def test_a_failure_is_told_in_one_line() -> None:
    found = failure(failed=True, msg="pip\n  cannot install", stderr="E: broken")
    assert found["reason"] == "pip cannot install" and found["apt_reason"] == "pip cannot install E: broken"
    assert found["next"] == "./inv wheels verify on the control machine" and "dpkg --configure" in found["apt_next"]


def test_a_loop_fails_with_the_message_of_its_item() -> None:
    items = [{"failed": False, "msg": "fine"}, {"msg": "fine too"}, {"failed": True, "msg": "No space left on device"}]
    found = failure(failed=True, msg="One or more items failed", results=items)
    assert found["reason"] == "No space left on device"
    assert found["next"].startswith("free some space on the board") and found["apt_next"] == found["next"]


def test_a_failure_without_a_message() -> None:
    assert failure(failed=True)["reason"] == "no message"
    assert failure(failed=True, results=[])["reason"] == "no message"


@pytest.mark.parametrize(
    "stderr, page",
    [
        ("W: GPG error: https://a r32.7: The following signatures were invalid: EXPKEYSIG 0D29", "apt-key-expired"),
        ("The following signatures couldn't be verified: NO_PUBKEY 1", "apt-key-expired"),
        ("E: Failed to fetch http://a/dists/bionic/Release  404  Not Found [IP: 1.2.3.4]", "archive-gone"),
        ("E: The repository 'http://a bionic Release' does not have a Release file.", "archive-gone"),
        ("E: Release file for http://a/InRelease is not valid yet", "certificate-not-yet-valid"),
    ],
)  # fmt: skip
def test_a_known_message_of_apt_names_its_page(stderr: str, page: str) -> None:
    found = failure(failed=True, msg="Failed to update apt cache: " + "word " * 120, stderr=stderr)
    assert found["apt_next"].startswith(f"docs/how-to/breakages/{page}.md; on the board")
    assert (ROOT / "docs" / "how-to" / "breakages" / f"{page}.md").is_file()
    assert failure(failed=True, msg="broken")["apt_next"].startswith("on the board")


def test_a_long_message_is_shortened() -> None:
    found = failure(failed=True, msg="word " * 300)
    assert found["reason"].endswith("word...") and len(found["reason"]) <= 600
    assert found["apt_reason"].endswith("word...") and len(found["apt_reason"]) <= 400


def test_a_build_unpacks_its_sources_first() -> None:
    stages = [{"name": "make", "run": "make"}]
    found = wheelhouse.build(settings("wheelhouse", {"build": "opencv", "stages": stages}))
    assert found["folder"] == "/var/cache/nano-ocr/build/opencv" and found["unit"] == "nano-ocr-build-opencv"
    assert [stage["name"] for stage in found["spec"]["stages"]] == ["unpack", "make"]
    assert found["spec"]["folder"] == found["folder"]
