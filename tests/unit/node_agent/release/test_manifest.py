"""Manifests are strict: unknown, missing and repeated entries are refused, and paths that leave the folder."""

import json

import pytest
from simulation.releases import GATE, release

from node_agent.errors import ReleaseRefused
from node_agent.release import manifest


def text(**changes):
    record = json.loads(release("1.0", 1).files["manifest.json"].decode())
    record.update(changes)
    return json.dumps(record).encode()


def test_a_manifest_is_named_by_its_bytes():
    made = manifest.parse(text())
    assert len(made.id) == 64 and made.id != manifest.parse(text(version="1.1")).id
    assert [member.kind for member in manifest.for_node(made)] == ["challenge", "image"]


def member(**changes):
    return dict({"path": "images/ocr-app.tar", "kind": "image", "sha256": "0" * 64, "size": 1}, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"surprise": 1},
        {"version": ""},
        {"serial": -1},
        {"serial": True},
        {"serial": "7"},
        {"target": {"l4t": "32.7"}},
        {"keys": {"add": "K", "retire": []}},
        {"gate": dict(GATE, soak_s=GATE["live_s"])},
        {"gate": dict(GATE, poll_s=0)},
        {"gate": dict(GATE, latency_ms="fast")},
        {"members": []},
        {"members": [member(), member()]},
        {"members": [member(), member(path="images/other.tar")]},
        {"members": [member(path="../image")]},
        {"members": [member(path="/etc/passwd")]},
        {"members": [member(path="images//x")]},
        {"members": [member(path="manifest.json")]},
        {"members": [member(kind="surprise")]},
        {"members": [member(sha256="abc")]},
        {"image": {"path": "images/ocr-app.tar", "id": "latest", "unpacked_bytes": 1}},
    ],
    ids=str,
)
def test_what_is_not_a_manifest_is_refused(changes):
    with pytest.raises(ReleaseRefused):
        manifest.parse(text(**changes))


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b"\xff"])
def test_what_is_not_json_is_refused(data):
    with pytest.raises(ReleaseRefused):
        manifest.parse(data)
