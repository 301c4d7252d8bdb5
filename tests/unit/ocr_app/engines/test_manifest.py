"""The record of every engine."""

import json

import pytest
from engine_files import manifest_of

from ocr_app.core.errors import EngineError
from ocr_app.engines import manifest


def test_a_manifest_survives_its_file():
    assert manifest.from_bytes(manifest.to_bytes(manifest_of()), "x.json") == manifest_of()


def breakages():
    record = manifest.to_json(manifest_of())
    for path in ("schema", "key", "parts", "file", "model", "ports", "plan", "check", "build", "file.size"):
        broken = json.loads(json.dumps(record))
        inner = broken
        for step in path.split(".")[:-1]:
            inner = inner[step]
        del inner[path.split(".")[-1]]
        yield path, json.dumps(broken).encode()
        inner[path.split(".")[-1]] = True
        yield path + " is true", json.dumps(broken).encode()
    whole = manifest.to_bytes(manifest_of())
    for length in (0, 1, len(whole) // 2, len(whole) - 3):
        yield "cut to {}".format(length), whole[:length]
    yield "not utf-8", b"\xff\xfe"
    yield "a list", b"[]"


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in breakages()])
def test_a_broken_manifest_is_unreadable(data):
    with pytest.raises(EngineError, match=r"^x\.json: ") as caught:
        manifest.from_bytes(data, "x.json")
    assert caught.value.code == "unreadable" and "prune" in caught.value.next_step


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("schema", "nano-ocr/engine/9", "schema 'nano-ocr/engine/9'"),
        ("key", "ab" * 32, "its key does not match"),
        ("file", {"sha256": "short", "size": 1}, "sha256 'short'"),
        ("model", {"file": "m.onnx"}, "'model.metadata' is missing"),
        ("ports", [], "ports has the type list"),
    ],
)
def test_the_reason_is_named(key, value, reason):
    record = json.loads(manifest.to_bytes(manifest_of()).decode())
    record[key] = value
    with pytest.raises(EngineError) as caught:
        manifest.from_bytes(json.dumps(record).encode(), "x.json")
    assert reason in caught.value.found
