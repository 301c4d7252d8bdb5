"""Signed bundles around an image in Docker's format, for tests that unpack them."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

from fleet.release import bundle, keys
from fleet.release.parts import BundleOrigin

STAMP = BundleOrigin("1.0", 7, "2026-11-23T12:00:00+00:00", "a test")
GATE = {
    "live_s": 1, "ready_s": 2, "build_s": 3, "soak_s": 4, "poll_s": 1, "latency_ms": 5, "restarts": 0,
}  # fmt: skip
SPEC = {
    "name": "ocr-app", "machine": "aarch64", "l4t": "32.7", "gate": GATE,
    "challenge": {"arguments": ["read", "--recipe", "recipes/b.yaml", "challenge/images"]},
    "part": [
        {"kind": "image", "from": "ocr-app.tar", "to": "images"},
        {"kind": "recipe", "from": "recipes", "to": "recipes"},
        {"kind": "challenge", "from": "challenge", "to": "challenge"},
    ],
}  # fmt: skip


def packed(files: dict[str, bytes], is_compressed: bool = False, links: tuple[str, ...] = ()) -> bytes:
    """A tar file of files, and of links that lead out of it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for name in links:
            header = tarfile.TarInfo(name)
            header.type, header.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(header)
    return gzip.compress(stream.getvalue()) if is_compressed else stream.getvalue()


def image_archive(layers: tuple[dict[str, bytes], ...], links: tuple[str, ...] = ()) -> bytes:
    """An image for a board as `docker save` writes it; each second layer is compressed."""
    config = json.dumps({"architecture": "arm64", "config": {"Labels": {"l4t.release": "32.7.6"}}}).encode()
    blobs = {f"blobs/{number}": packed(layer, number % 2 == 1, links) for number, layer in enumerate(layers)}
    manifest = json.dumps([{"Config": "config.json", "Layers": list(blobs)}]).encode()
    return packed({"manifest.json": manifest, "config.json": config, **blobs})


def write_bundle(
    folder: Path, layers: tuple[dict[str, bytes], ...], recipes: dict[str, str], links: tuple[str, ...] = ()
) -> tuple[Path, Path]:
    """A bundle in ``folder``; returns it, and the folder of its keys, which are made once."""
    root, trusted = folder / "parts", folder / "keys"
    if not trusted.is_dir():
        keys.generate(trusted, "test", "")
    (root / "challenge").mkdir(parents=True, exist_ok=True)
    (root / "challenge" / "expected.json").write_text('[{"image": "a", "verdict": "pass", "text": "A"}]')
    for name, text in recipes.items():
        (root / "recipes" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "recipes" / name).write_text(text)
    (root / "ocr-app.tar").write_bytes(image_archive(layers, links))
    found = bundle.parts(SPEC, root)
    data = bundle.describe(SPEC, found, STAMP, {"add": [], "retire": []}, 0)
    target = folder / "a.bundle"
    bundle.write(target, found, data, keys.sign(data, trusted / "test.key", "of a test", lambda: ""))
    return target, trusted
