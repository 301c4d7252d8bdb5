"""Small bundles from real parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from simulation.releases import EXPECTED, GATE, image_archive

from fleet.release import bundle, keys
from fleet.release.parts import BundleOrigin
from node_agent.trust import minisign

STAMP = BundleOrigin("1.0", 7, "2026-11-23T12:00:00+00:00", "a test")


NO_KEYS = {"add": [], "retire": []}


SPEC = {
    "name": "ocr-app",
    "machine": "aarch64",
    "l4t": "32.7",
    "gate": GATE,
    "challenge": {"arguments": ["read", "--jsonl", "challenge/images"]},
    "part": [
        {"kind": "image", "from": "ocr-app.tar", "to": "images"},
        {"kind": "challenge", "from": "challenge", "to": "challenge"},
        {"kind": "wheel", "from": "wheelhouse", "to": "wheelhouse"},
        {"kind": "engine", "from": "engines", "to": "engines", "optional": True},
    ],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    (folder / "challenge").mkdir(parents=True)
    (folder / "wheelhouse").mkdir()
    (folder / "ocr-app.tar").write_bytes(image_archive("1.0")[0])
    (folder / "challenge" / "expected.json").write_text(json.dumps(EXPECTED))
    (folder / "wheelhouse" / "numpy-1.whl").write_bytes(b"a wheel" * 20000)
    (folder / "wheelhouse" / ".hidden").write_bytes(b"not this")
    return folder


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, Path]:
    return keys.generate(tmp_path / "keys", "test", "")


def made(root: Path, key: tuple[Path, Path], target: Path, **spec: object) -> Path:
    found = bundle.parts(SPEC | spec, root)
    data = bundle.describe(SPEC | spec, found, STAMP, NO_KEYS, 0)
    bundle.write(target, found, data, keys.sign(data, key[0], "of a test", lambda: ""))
    return target


def trusted(key: tuple[Path, Path]) -> list[minisign.PublicKey]:
    return bundle.trusted_keys(key[1].parent)
