"""Work of the role preflight: which release a board has, and which sources it has to reach."""

from __future__ import annotations

import socket
import subprocess
from types import SimpleNamespace

import pytest
from rules import preflight

from tests.unit.ansible.answers import settings


@pytest.mark.parametrize(
    "text, version",
    [
        ("# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64", "32.7.6"),
        ("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic", "36.4.3"),
        ("R32 (release), REVISION: 7.6, GCID: 1", ""),
        ("", ""),
    ],
)
def test_the_release_of_a_board(text: str, version: str) -> None:
    assert preflight.release(text) == version


def test_with_a_bundle_no_source_is_tried() -> None:
    assert preflight.plan(settings("preflight", fleet_bundle="/bundle"))["sources"][4:] == []
    assert preflight.plan(settings("preflight"))["sources"][4:] == ["repo.download.nvidia.com:443"]


def test_only_sources_that_do_not_answer_are_printed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = f"127.0.0.1:{server.getsockname()[1]}"
        argv = preflight.plan(settings("preflight", preflight_sources=["127.0.0.1:9", there]))["sources"]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["127.0.0.1:9"]


@pytest.mark.parametrize(
    "text, holds",
    [
        ("# R32 (release), REVISION: 7.1, GCID: 1, BOARD: t210ref, EABI: aarch64", True),
        ("# R32 (release), REVISION: 7.6, GCID: 1, BOARD: t210ref, EABI: aarch64", True),
        ("# R36 (release), REVISION: 4.3, GCID: 1, BOARD: generic", False),
        ("", False),
    ],
)
def test_only_a_release_of_jetpack_4_6_is_accepted(text: str, holds: bool) -> None:
    observed = SimpleNamespace(file=lambda name: SimpleNamespace(text=text))
    rule = preflight._releases(observed, settings("preflight"))[0]  # type: ignore[arg-type]
    assert (rule.id, rule.holds) == ("preflight.release", holds)
