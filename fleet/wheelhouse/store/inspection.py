"""Looks inside files: metadata, tags and machine code of wheels, folders of archives, names of Debian packages."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from email.parser import Parser
from pathlib import Path

from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from fleet.core.errors import WrongFile
from fleet.wheelhouse.store.manifest import ArtefactSource

_MACHINES = {"aarch64": 183, "x86_64": 62}  # e_machine of the ELF header (elf.h)
_ABI = re.compile(r"\.cpython-(\d+m?)-(\w+?)-linux-gnu\.so$")


def inspect(path: Path, source: ArtefactSource) -> None:
    """Compare the content of the file at ``path`` with the manifest. Raises WrongFile."""
    looks: dict[str, Callable[[Path, ArtefactSource], None]] = {
        "wheel": _wheel,
        "sdist": _sdist,
        "archive": _archive,
        "deb": _deb,
    }
    look = looks.get(source.kind)
    if look is None:
        return
    try:
        look(path, source)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, struct.error, KeyError, OSError) as error:
        raise _wrong(path, f"is damaged: {error}", f"a whole {source.kind}") from error


def machine_code(path: Path) -> int:
    """Check that the machine code in a wheel is for the machine and the Python of its file name.

    Returns the number of files of machine code. Raises WrongFile.
    """
    tags = parse_tag("-".join(path.name[:-4].split("-")[-3:]))
    try:
        with zipfile.ZipFile(path) as wheel:
            return _machine_code(path, wheel, {tag.platform for tag in tags}, {tag.abi for tag in tags})
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise _wrong(path, f"is damaged: {error}", "a whole wheel") from error


def _wheel(path: Path, source: ArtefactSource) -> None:
    tags = parse_tag(source.tag or "-".join(source.file[:-4].split("-")[-3:]))
    with zipfile.ZipFile(path) as wheel:
        folder = _dist_info(path, wheel)
        metadata = Parser().parsestr(wheel.read(folder + "METADATA").decode("utf-8", "replace"))
        _same(path, source, metadata["Name"] or "", metadata["Version"] or "")
        written = Parser().parsestr(wheel.read(folder + "WHEEL").decode())
        inside = {tag for line in written.get_all("Tag", ()) for tag in parse_tag(line)}
        if inside != set(tags):
            raise _wrong(path, f"is tagged {_format_tags(inside)} inside", _format_tags(set(tags)))
        _recorded_contents(path, wheel, folder)
        _machine_code(path, wheel, {tag.platform for tag in tags}, {tag.abi for tag in tags})


def _dist_info(path: Path, wheel: zipfile.ZipFile) -> str:
    folders = {name.split("/")[0] for name in wheel.namelist() if name.split("/")[0].endswith(".dist-info")}
    if len(folders) != 1:
        raise _wrong(path, f"has {len(folders)} .dist-info folders", "a wheel, with one")
    return folders.pop() + "/"


def _same(path: Path, source: ArtefactSource, name: str, version: str) -> None:
    expected = source.version_inside or source.version
    if canonicalize_name(name) != canonicalize_name(source.name):
        raise _wrong(path, f"is {name or 'nameless'} inside", source.name)
    if not _equal(version, expected):
        raise _wrong(path, f"is version {version or 'none'} inside", expected)


def _equal(one: str, other: str) -> bool:
    try:
        return Version(one) == Version(other)
    except InvalidVersion:
        return one == other


def _recorded_contents(path: Path, wheel: zipfile.ZipFile, folder: str) -> None:
    """Check every file against the wheel's RECORD, which also reads the whole archive."""
    for line in wheel.read(folder + "RECORD").decode("utf-8", "replace").splitlines():
        name, _, rest = line.strip().rpartition(",")[0].rpartition(",")
        if rest.startswith("sha256="):
            digest = base64.urlsafe_b64encode(hashlib.sha256(wheel.read(name.strip('"'))).digest())
            if digest.rstrip(b"=").decode() != rest[7:].rstrip("="):
                raise _wrong(path, f"has a {name} that differs from its RECORD", "an unchanged wheel")


def _machine_code(path: Path, wheel: zipfile.ZipFile, platforms: set[str], abis: set[str]) -> int:
    """Check that machine code is for the machine of the tag, and extension modules for its Python; count both."""
    count = 0
    wanted = {number for machine, number in _MACHINES.items() if any(p.endswith(machine) for p in platforms)}
    for info in wheel.infolist():
        if re.search(r"\.so(\.\d+)*$", info.filename) is None:
            continue
        with wheel.open(info) as stream:
            head = stream.read(20)
        if head[:4] != b"\x7fELF":
            continue
        machine = struct.unpack("<H", head[18:20])[0]
        if machine not in wanted:
            raise _wrong(
                path, f"holds {info.filename} for machine {machine}", f"{sorted(wanted)} ({_format_names(platforms)})"
            )
        abi = _ABI.search(info.filename)
        if abi and not abis & {"cp" + abi[1], "abi3", "none"}:
            raise _wrong(path, f"holds {info.filename} for cp{abi[1]}", _format_names(abis))
        count += 1
    return count


def _sdist(path: Path, source: ArtefactSource) -> None:
    with tarfile.open(path) as archive:
        names = archive.getnames()  # reads the whole archive
        top = {name.split("/")[0] for name in names}
        info = f"{sorted(top)[0]}/PKG-INFO"
        if len(top) != 1 or info not in names:
            raise _wrong(path, f"holds {_format_names(top)}", "one folder with PKG-INFO")
        stream = archive.extractfile(info)
        metadata = Parser().parsestr(stream.read().decode("utf-8", "replace") if stream else "")
    _same(path, source, metadata["Name"] or "", metadata["Version"] or "")


def _archive(path: Path, source: ArtefactSource) -> None:
    """Check that an archive is complete and has the top folder that the manifest names (GitHub: NAME-VERSION)."""
    with tarfile.open(path) as archive:
        top = {name.split("/")[0] for name in archive.getnames() if name not in (".", "")}
    if not top:
        raise _wrong(path, "is empty", "an archive with files")
    if source.version_inside and top != {source.version_inside}:
        raise _wrong(path, f"holds {_format_names(top)}", source.version_inside)


def _deb(path: Path, source: ArtefactSource) -> None:
    members = _ar(path)
    control = next((data for name, data in members.items() if name.startswith("control.tar")), None)
    if control is None:
        raise _wrong(path, f"holds {_format_names(set(members))}", "a Debian package")
    with tarfile.open(fileobj=io.BytesIO(control)) as archive:
        stream = archive.extractfile("./control")
        metadata = Parser().parsestr(stream.read().decode() if stream else "")
    expected = (source.name, source.version_inside or source.version, source.tag or "arm64")
    found = (metadata["Package"], metadata["Version"], metadata["Architecture"])
    if found != expected:
        raise _wrong(path, "is " + " ".join(map(str, found)) + " inside", " ".join(expected))


def _ar(path: Path) -> dict[str, bytes]:
    """The members of a Debian package, which is an `ar` archive; see deb(5)."""
    data, offset, members = path.read_bytes(), 8, {}
    if not data.startswith(b"!<arch>\n"):
        raise _wrong(path, f"begins with {data[:8]!r}", "a Debian package")
    while offset + 60 <= len(data):
        head = data[offset : offset + 60]
        size = int(head[48:58])
        if offset + 60 + size > len(data):
            raise _wrong(path, "ends early", "a whole Debian package")
        members[head[:16].decode().strip().rstrip("/")] = data[offset + 60 : offset + 60 + size]
        offset += 60 + size + size % 2
    return members


def _format_tags(tags: Iterable[Tag]) -> str:
    return _format_names({str(tag) for tag in tags})


def _format_names(words: set[str]) -> str:
    return ", ".join(sorted(words)) or "nothing"


def _wrong(path: Path, found: str, expected: str) -> WrongFile:
    return WrongFile(f"{path.name} {found}", expected, f"do not install it; delete {path} and fetch it again")
