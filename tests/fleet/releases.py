"""Releases for virtual Nanos: real signed bundles around a small stand-in image (tests/fleet/standin)."""

from __future__ import annotations

import io
import json
import platform
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fleet.release import bundle, keys
from fleet.virtual import image as node_image
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet

HERE = Path(__file__).parent
LABEL = "nano-ocr.stand-in"
GATE = {"live_s": 6, "ready_s": 120, "build_s": 60, "soak_s": 7, "poll_s": 0.5, "latency_ms": 500, "restarts": 1}
EXPECTED = (("good.png", "pass", "EXP 2026-12-31"), ("old.png", "fail", "EXP 2020-01-01"))


@dataclass(frozen=True)
class Maker:
    """Makes bundles in ``folder``, signed by the key that lies there."""

    folder: Path
    fleet: Fleet

    @property
    def keys(self) -> Path:
        """Folder of the public key."""
        return self.folder / "keys"

    def make(self, version: str, serial: int, ways: str = "", **gate: float) -> Path:
        """A bundle; ``ways`` are the words of the stand-in, ``gate`` changes its bounds."""
        if not (self.keys / "test.key").exists():
            keys.generate(self.keys, "test", "")
        folder = self.folder / version
        (folder / "challenge").mkdir(parents=True)
        (folder / "image.tar").write_bytes(saved(self.fleet, version, ways))
        wanted = [{"image": image, "verdict": verdict, "text": text} for image, verdict, text in EXPECTED]
        (folder / "challenge" / "expected.json").write_text(json.dumps(wanted))
        (folder / "challenge" / "answers.txt").write_text("".join(" ".join(line) + "\n" for line in EXPECTED))
        (folder / "wheel.whl").write_bytes(b"what provisioning needs and nodes do not" * 1000)
        spec = folder / "bundle.toml"
        spec.write_text(_spec(folder, dict(GATE, **gate)))
        return bundle.make(version, self.keys / "test.key", serial, spec=spec, out=self.folder, say=lambda _: None)


def _spec(folder: Path, gate: dict[str, float]) -> str:
    lines = ['name = "ocr-app"', f'machine = "{platform.machine()}"', 'l4t = "32.7"', "[gate]"]
    lines += [f"{key} = {value}" for key, value in gate.items()]
    lines += ["[challenge]", 'arguments = ["read", "--jsonl", "challenge/images"]']
    for kind, name, to in (("image", "image.tar", "images"), ("challenge", "challenge", "challenge"),
                           ("wheel", "wheel.whl", "wheelhouse")):  # fmt: skip
        lines += ["[[part]]", f'kind = "{kind}"', f'from = "{folder / name}"', f'to = "{to}"']
    return "\n".join(lines) + "\n"


def saved(fleet: Fleet, version: str, ways: str) -> bytes:
    """`docker save` of a stand-in image; nothing of it stays in the engine."""
    changes = ["LABEL l4t.release=32.7.1", f"LABEL {LABEL}={version}", "ENV NVIDIA_VISIBLE_DEVICES=all",
               "ENV PATH=/bin", 'ENTRYPOINT ["/bin/ocr-app"]']  # fmt: skip
    arguments = [word for change in changes for word in ("--change", change)]
    command = ["docker", "import", *arguments, "-"]
    made = subprocess.run(command, input=_tree(fleet, version, ways), capture_output=True, check=True)
    identity = made.stdout.decode().strip()
    try:
        return subprocess.run(["docker", "save", identity], capture_output=True, check=True).stdout
    finally:
        run_docker("image", "rm", "--force", identity)


def _tree(fleet: Fleet, version: str, ways: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        _file(archive, "bin/busybox", _busybox(fleet), 0o755)
        for name in ("sh", "cat", "mv", "sleep", "true"):
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        _file(archive, "bin/ocr-app", (HERE / "standin" / "ocr-app").read_bytes(), 0o755)
        _file(archive, "version", version.encode(), 0o644)
        _file(archive, "ways", f" {ways} ".encode(), 0o644)
        for name in ("release", "data", "run/nano-ocr", "tmp"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
    return stream.getvalue()


def _file(archive: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    header = tarfile.TarInfo(name)
    header.size, header.mode = len(data), mode
    archive.addfile(header, io.BytesIO(data))


@cache
def _busybox(fleet: Fleet) -> bytes:
    """The static busybox of the nodes' own image."""
    tag = node_image.ensure(fleet, lambda _: None)[0]
    command = ["docker", "run", "--rm", "--entrypoint", "/bin/cat", tag, "/bin/busybox"]
    return subprocess.run(command, capture_output=True, check=True).stdout
