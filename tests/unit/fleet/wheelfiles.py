"""Small real wheels, packages and an HTTP server with faults, for the tests of the wheelhouse."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import struct
import tarfile
import threading
import time
import zipfile
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MACHINES = {"aarch64": 183, "x86_64": 62}


def elf(machine: str) -> bytes:
    """The first bytes of a shared library for ``machine``, and padding."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, MACHINES[machine]) + bytes(64)


def digest(data: bytes) -> str:
    """As a wheel's RECORD writes it."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def wheel(
    folder: Path,
    name: str = "torch",
    version: str = "1.10.0",
    tag: str = "cp36-cp36m-linux_aarch64",
    inside: str = "",
    tag_inside: str = "",
    files: dict[str, bytes] | None = None,
    spoil: str = "",
    unfounded: str = "",
) -> Path:
    """A wheel in ``folder``; ``inside`` and ``tag_inside`` are what its metadata say where that is not the name's.

    ``unfounded`` is a file that its RECORD lists and that it does not hold.
    """
    path = folder / f"{name.replace('-', '_')}-{version}-{tag}.whl"
    info = f"{name.replace('-', '_')}-{version}.dist-info/"
    python, abi, platforms = (tag_inside or tag).split("-")
    tags = "".join(f"Tag: {p}-{abi}-{s}\n" for p in python.split(".") for s in platforms.split("."))
    contents = dict(files or {f"{name.replace('-', '_')}/__init__.py": b"version = 1\n"})
    contents[info + "METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {inside or version}\n".encode()
    contents[info + "WHEEL"] = f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n{tags}".encode()
    record = "".join(f"{key},sha256={digest(data)},{len(data)}\n" for key, data in contents.items())
    record += f"{unfounded},sha256={digest(b'')},7\n" if unfounded else ""
    with zipfile.ZipFile(path, "w") as archive:
        for key, data in contents.items():
            archive.writestr(key, data + b"# changed\n" if key == spoil else data)
        archive.writestr(info + "RECORD", record + info + "RECORD,,\n")
    return path


def archive(path: Path, members: dict[str, bytes]) -> Path:
    """A tar.gz of ``members``."""
    with tarfile.open(path, "w:gz") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


def deb(path: Path, package: str, version: str, architecture: str) -> Path:
    """A Debian package that holds its control file only."""
    control = f"Package: {package}\nVersion: {version}\nArchitecture: {architecture}\n".encode()
    inner = path.with_suffix(".control")
    archive(inner, {"./control": control})
    data, out = inner.read_bytes(), b"!<arch>\n"
    for name, content in (("debian-binary", b"2.0\n"), ("control.tar.gz", data)):
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        out += b"\n" * (len(content) % 2)
    inner.unlink()
    path.write_bytes(out)
    return path


class Shelf:
    """What the server serves, how it misbehaves, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, str]] = []  # (path, Range)
        self.cut_after: list[int] = []  # the next answers end after so many bytes
        self.silent: list[float] = []  # the next answers begin, then wait so many seconds
        self.status: list[int] = []  # the next answers are these errors
        self.redirects: dict[str, str] = {}
        self.validator = True
        self.port = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"


@contextlib.contextmanager
def serve(folder: Path) -> Iterator[Shelf]:
    """A web server on this machine with range requests, ETag, and faults on demand."""
    shelf = Shelf(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            shelf.asked.append((self.path, asked))
            if shelf.status:
                self._answer(shelf.status.pop(0))
            elif self.path in shelf.redirects:
                self._answer(302, Location=shelf.redirects[self.path])
            elif not (shelf.folder / self.path[1:]).is_file():
                self._answer(404)
            else:
                self._file((shelf.folder / self.path[1:]).read_bytes(), asked)

        def _answer(self, status: int, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def _file(self, data: bytes, asked: str) -> None:
            tag = '"' + hashlib.md5(data).hexdigest() + '"'
            start = int(asked[6:-1]) if asked and self.headers.get("If-Range") == tag else 0
            if start >= len(data):
                self._answer(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            if shelf.validator:
                self.send_header("ETag", tag)
            self.send_header("Date", formatdate())
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self._body(data[start:])

        def _body(self, data: bytes) -> None:
            with contextlib.suppress(OSError):
                if shelf.silent:
                    self.wfile.write(data[:100])
                    self.wfile.flush()
                    time.sleep(shelf.silent.pop(0))
                    data = data[100:]
                if shelf.cut_after:
                    data = data[: shelf.cut_after.pop(0)]
                    self.close_connection = True
                self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    shelf.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
