"""Manifests fit the committed schema; the reader of manifests asks for what the schema asks for."""

import json
from pathlib import Path

import pytest

import ocr_app
from ocr_app.core import files
from ocr_app.core.errors import EngineError
from ocr_app.engines import manifest
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest

jsonschema = pytest.importorskip("jsonschema")
SCHEMA = json.loads((Path(ocr_app.__file__).parent / "data" / "engine.schema.json").read_text(encoding="utf-8"))
PLACE = Platform("tensorrt", "8.2.1.8", "32.7.6", "5.3", "aarch64")
OWN = EngineManifest(
    EngineIdentity("codes-recogniser", "ab" * 32, PLACE, "fp16", "cd" * 32, ShapeProfile((1, 1), (2, 2), (3, 3))),
    files.sha256_of(b"engine"),
    6,
    "codes-recogniser.onnx",
    {"characters": "[]"},
    ["image"],
    ["logits"],
    {"schema": "nano-ocr/precision-plan/1"},
    {"against": "the model", "samples": 2, "changed": 0, "largest_error": 0.5},
    {
        "at": "2026-01-01T00:00:00Z", "host": "h", "seconds": 1.5, "check_seconds": 1, "peak_mb": 100,
        "python": "3.6.9", "workspace_mb": 256, "app": "0", "calibration": [{"name": "c", "sha256": None, "items": 2}],
    },
)  # fmt: skip


def test_a_manifest_fits():
    record = json.loads(manifest.to_bytes(OWN).decode())
    jsonschema.Draft7Validator(SCHEMA).validate(record)
    assert manifest.from_bytes(manifest.to_bytes(OWN), "x") == OWN


@pytest.mark.parametrize("name", SCHEMA["required"])
def test_the_reader_misses_what_the_schema_requires(name):
    record = manifest.to_json(OWN)
    del record[name]
    with pytest.raises(EngineError):
        manifest.from_bytes(json.dumps(record).encode(), "x")
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(record)
