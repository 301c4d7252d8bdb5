"""Small releases, complete and signed: an image archive as `docker save` makes it, a challenge set, a manifest."""

import hashlib
import io
import json
import tarfile

from node_agent.errors import ReleaseRefused
from node_agent.release.source import ReleaseSource
from simulation.signing import Signer

KEY = Signer("the key of these tests")
GATE = {"live_s": 20, "ready_s": 60, "build_s": 600, "soak_s": 40, "poll_s": 10, "latency_ms": 100, "restarts": 1}
EXPECTED = [
    {"image": "good.png", "verdict": "pass", "text": "EXP 10/2027"},
    {"image": "bad.png", "verdict": "fail", "text": "EXP 10/2017"},
]


class Memory(ReleaseSource):
    """A release that is nowhere but in memory."""

    def __init__(self, files):
        self.files = dict(files)

    def open(self, path):
        if path not in self.files:
            raise ReleaseRefused("{} is not there".format(path))
        return io.BytesIO(self.files[path])


def image_archive(version, l4t="32.7.1", machine="arm64", filler=b""):
    """(bytes of the archive, image id); ``filler`` stands for the layers."""
    labels = {} if l4t is None else {"l4t.release": l4t}
    config = json.dumps({"architecture": machine, "config": {"Labels": labels}, "version": version}).encode()
    name = hashlib.sha256(config).hexdigest()
    entries = json.dumps([{"Config": name + ".json", "RepoTags": ["ocr-app:" + version], "Layers": []}]).encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, data in ((name + ".json", config), ("layer.tar", filler), ("manifest.json", entries)):
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return stream.getvalue(), "sha256:" + name


def release(version, serial, signer=KEY, label="32.7.1", challenge=True, gate=None, **changes):
    """A Source with a release; ``changes`` replace keys of the manifest."""
    archive, image_id = image_archive(version, label)
    files = {"images/ocr-app.tar": archive}
    kinds = {"images/ocr-app.tar": "image"}
    if challenge:
        files["challenge/expected.json"] = json.dumps(EXPECTED).encode()
        kinds["challenge/expected.json"] = "challenge"
    members = [
        {"path": path, "kind": kinds[path], "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in sorted(files.items())
    ]
    manifest = {
        "format": 1,
        "name": "ocr-app",
        "version": version,
        "serial": serial,
        "floor": 0,
        "created": "2026-11-23T12:00:00Z",
        "revision": "a test",
        "target": {"l4t": "32.7", "machine": "aarch64"},
        "image": {"path": "images/ocr-app.tar", "id": image_id, "unpacked_bytes": 1000},
        "challenge": ["read", "--jsonl", "challenge"] if challenge else [],
        "keys": {"add": [], "retire": []},
        "gate": dict(GATE, **(gate or {})),
        "members": members,
    }
    manifest.update(changes)
    data = json.dumps(manifest, indent=1).encode()
    files["manifest.json"] = data
    files["manifest.json.minisig"] = signer.sign(data).encode()
    return Memory(files)


def id_of(source):
    return hashlib.sha256(source.files["manifest.json"]).hexdigest()
