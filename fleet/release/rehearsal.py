"""Releases for virtual Nanos: real signed bundles around a small stand-in for the application (tests/fleet/standin).

`./inv bundle make --virtual` makes one, so that a deployment can be rehearsed without an image of the application.
"""

from __future__ import annotations

import io
import json
import platform
import subprocess
import tarfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fleet.boards import table
from fleet.core.errors import BundleError
from fleet.core.files import ROOT
from fleet.release import bundle
from fleet.virtual import image as node_image
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet

NANO = next(iter(table.load().of(table.FIRST).l4t))
"""The first release of the series of a Nano: images for it run on every later one."""
STANDIN = ROOT / "tests" / "fleet" / "standin"
LABEL = "nano-ocr.stand-in"
WAYS = ("unhealthy", "misreads", "crashes", "silent", "freezes")  # how the stand-in can be broken
GATE = {"live_s": 6, "ready_s": 120, "build_s": 60, "soak_s": 7, "poll_s": 0.5, "latency_ms": 500, "restarts": 1}
EXPECTED = (("good.png", "pass", "EXP 2026-12-31"), ("old.png", "fail", "EXP 2020-01-01"))


def main(version: str, key: str, serial: str, broken: str, path: str, l4t: str = "") -> None:
    """Run `./inv bundle make --virtual`."""
    for name, value in (("version", version), ("key", key)):
        if not value:
            raise BundleError(f"--{name} is missing", "a value", f"./inv bundle make --virtual {bundle.NEEDED[name]}")
    make(version, Path(key), int(serial) if serial else None, broken, Path(path) if path else bundle.OUT, l4t=l4t)


def make(
    version: str,
    key: Path,
    serial: int | None = None,
    ways: str = "",
    out: Path = bundle.OUT,
    fleet: Fleet | None = None,
    gate: dict[str, float] | None = None,
    say: Callable[[str], None] = print,
    l4t: str = "",
) -> Path:
    """Make a bundle for virtual boards; returns its path. ``ways``: words of WAYS, separated by spaces.

    ``gate`` changes limits; ``l4t`` is the release whose series it is for, such as 36.4.3, without it that of the
    Nano's image. Raises BundleError, ReleaseTableError, VirtualFleetUnavailable.
    """
    l4t = l4t or NANO
    table.load().of_l4t(l4t)
    unknown = [word for word in ways.split() if word not in WAYS]
    if unknown:
        raise BundleError(f"--broken {unknown[0]}", "one of: " + ", ".join(WAYS), "./inv --help bundle")
    folder = out / "parts" / version
    (folder / "challenge").mkdir(parents=True, exist_ok=True)
    (folder / "image.tar").write_bytes(saved(fleet or Fleet(), version, ways, l4t))
    wanted = [{"image": image, "verdict": verdict, "text": text} for image, verdict, text in EXPECTED]
    (folder / "challenge" / "expected.json").write_text(json.dumps(wanted))
    (folder / "challenge" / "answers.txt").write_text("".join(" ".join(line) + "\n" for line in EXPECTED))
    (folder / "wheel.whl").write_bytes(b"what provisioning needs and nodes do not" * 1000)
    spec = folder / "bundle.toml"
    spec.write_text(specification(folder, {**GATE, **(gate or {})}, l4t))
    return bundle.make(version, key, serial, spec=spec, out=out, say=say)


def specification(folder: Path, gate: dict[str, float], l4t: str = NANO) -> str:
    """The bundle.toml of the parts in ``folder``."""
    lines = ['name = "ocr-app"', f'machine = "{platform.machine()}"', f'l4t = "{l4t.rpartition(".")[0]}"', "[gate]"]
    lines += [f"{key} = {value}" for key, value in gate.items()]
    lines += ["[challenge]", 'arguments = ["read", "--jsonl", "challenge/images"]']
    for kind, name, to in (("image", "image.tar", "images"), ("challenge", "challenge", "challenge"),
                           ("wheel", "wheel.whl", "wheelhouse")):  # fmt: skip
        lines += ["[[part]]", f'kind = "{kind}"', f'from = "{folder.absolute() / name}"', f'to = "{to}"']
    return "\n".join(lines) + "\n"


def saved(fleet: Fleet, version: str, ways: str, l4t: str = NANO) -> bytes:
    """`docker save` of a stand-in image; nothing of it stays in the engine."""
    changes = [f"LABEL l4t.release={l4t}", f"LABEL {LABEL}={version}", "ENV NVIDIA_VISIBLE_DEVICES=all",
               "ENV PATH=/bin", 'ENTRYPOINT ["/bin/ocr-app"]']  # fmt: skip
    arguments = [word for change in changes for word in ("--change", change)]
    command = ["docker", "import", *arguments, "-"]
    made = subprocess.run(command, input=tree(_busybox(fleet), version, ways), capture_output=True, check=True)
    identity = made.stdout.decode().strip()
    try:
        return subprocess.run(["docker", "save", identity], capture_output=True, check=True).stdout
    finally:
        run_docker("image", "rm", "--force", identity)


def tree(busybox: bytes, version: str, ways: str) -> bytes:
    """The files of the stand-in image as a tar file."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        _file(archive, "bin/busybox", busybox, 0o755)
        for name in ("sh", "cat", "mv", "sleep", "true"):
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        _file(archive, "bin/ocr-app", (STANDIN / "ocr-app").read_bytes(), 0o755)
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
