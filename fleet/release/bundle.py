"""Bundles: one signed tar file with everything that provisions and updates a fleet without an uplink.

Members: ``manifest.json`` and ``manifest.json.minisig`` first, then the parts of ``bundle.toml``, sorted.
The same parts give the same bytes, except for the signature. The format of the manifest and its checks are the agent's
(`node_agent.release.manifest`), so nothing is signed that a node would refuse.
"""

from __future__ import annotations

import hashlib
import io
import logging
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from fleet.core.errors import BundleError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.release import keys
from fleet.release.parts import SPEC, BundlePart, describe, parts, stamp_of
from node_agent.errors import AgentError
from node_agent.release import image_archive, manifest
from node_agent.release.manifest import ReleaseManifest
from node_agent.release.source import BundleSource
from node_agent.trust import minisign

log = logging.getLogger(__name__)

OUT = ROOT / "build" / "bundles"
NEEDED = {
    "version": "--version 1.0 --key keys/nano-ocr.key",
    "key": "--version 1.0 --key keys/nano-ocr.key; to make the key: ./inv bundle keys",
}


def write(target: Path, found: Iterable[BundlePart], data: bytes, signature: bytes) -> None:
    """Write the tar file: sorted, without times, owners or compression, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".partial")
    with tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in ((manifest.NAME, data), (manifest.SIGNATURE, signature)):
            archive.addfile(_header(name, len(content)), io.BytesIO(content))
        for part in found:
            with part.path.open("rb") as stream:
                archive.addfile(_header(part.name, part.path.stat().st_size), stream)
    partial.replace(target)


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o644
    return header


def verify(path: Path, trusted: list[minisign.PublicKey]) -> tuple[ReleaseManifest, str]:
    """(manifest, id of the key) of a valid bundle. Raises BundleError."""
    try:
        with BundleSource(str(path)) as source:
            return _verified(path, source, trusted)
    except AgentError as error:
        raise BundleError(f"{path.name}: {error.found}", error.expected, error.next_step) from error


def _verified(path: Path, source: BundleSource, trusted: list[minisign.PublicKey]) -> tuple[ReleaseManifest, str]:
    data = source.read(manifest.NAME)
    key = minisign.verify(data, source.read(manifest.SIGNATURE).decode(errors="replace"), trusted)
    made = manifest.parse(data)
    _compare_names(path, made)
    for member in made.members:
        _compare(source, member)
    with source.open(made.image) as stream:
        image_archive.check(image_archive.inspect(stream), made.image_id, made.machine, made.l4t)
    return made, key.id


def _compare_names(path: Path, made: ReleaseManifest) -> None:
    with tarfile.open(path, "r:") as archive:
        found = [member.name for member in archive]
    wanted = [manifest.NAME, manifest.SIGNATURE, *(member.path for member in made.members)]
    if found != wanted:
        differ = sorted(set(found) ^ set(wanted)) or ["their order, or one member occurs twice"]
        raise BundleError(f"{path.name}: members differ from the manifest: {', '.join(differ[:5])}", "the signed list")


def _compare(source: BundleSource, member: manifest.ReleaseMember) -> None:
    digest, size = hashlib.sha256(), 0
    for piece in source.pieces(member.path):
        digest.update(piece)
        size += len(piece)
    if (size, digest.hexdigest()) != (member.size, member.sha256):
        raise BundleError(
            f"{member.path}: {size} bytes, sha256 {digest.hexdigest()}", f"{member.size}, {member.sha256}"
        )


def trusted_keys(folder: Path) -> list[minisign.PublicKey]:
    """The public keys of a folder or a file. Raises BundleError if there are none."""
    files = [folder] if folder.is_file() else sorted(folder.glob("*.pub"))
    if not files:
        expected = "the keys that the fleet trusts"
        raise BundleError(f"no *.pub in {folder}", expected, "./inv bundle keys, or --keys FOLDER")
    try:
        return [minisign.public_key(path.read_text()) for path in files]
    except AgentError as error:
        raise BundleError(error.found, error.expected) from error


def table(made: ReleaseManifest) -> list[str]:
    """A table for people: kind, files, megabytes."""
    lines = []
    for kind in manifest.KINDS:
        sizes = [member.size for member in made.members if member.kind == kind]
        if sizes:
            lines.append(f"{kind:<12} {len(sizes):>5} files {sum(sizes) / 1e6:>9.1f} MB")
    return lines


def make(
    version: str,
    key: Path,
    serial: int | None = None,
    spec: Path = SPEC,
    out: Path = OUT,
    floor: int = 0,
    add: Iterable[Path] = (),
    retire: Iterable[str] = (),
    say: Callable[[str], None] = print,
) -> Path:
    """Make and sign a bundle; returns its path. ``add`` and ``retire`` replace keys of the fleet."""
    wanted = load_toml(spec)
    log.info("reading and hashing the parts")
    found = parts(wanted)
    roll = {"add": [minisign.public_key(path.read_text()).text for path in add], "retire": list(retire)}
    data = describe(wanted, found, stamp_of(version, serial), roll, floor)
    made = manifest.parse(data)
    comment = f"{made.name} {version} serial {made.serial} manifest {made.id}"
    signature = keys.sign(data, key, comment, keys.ask_password)
    target = out / f"{made.name}-{version}.bundle"
    write(target, found, data, signature)
    say("\n".join([*table(made), f"{target} ({target.stat().st_size / 1e6:.1f} MB)"]))
    return target


def main(verb: str, path: str, **options: Any) -> None:
    """Run one verb of `./inv bundle`: make, verify or keys."""
    if verb == "keys":
        password = "" if options["no_password"] else keys.new_password()
        for made in keys.generate(Path(path or "keys"), options["name"], password):
            print(made)
        print(keys.ROLL_OVER)
    elif verb == "verify":
        found, signer = verify(Path(path), trusted_keys(Path(options["keys"])))
        lines = [
            f"{found.name} {found.version}, serial {found.serial}, L4T {found.l4t}.x, {found.machine}",
            *table(found),
        ]
        print("\n".join([*lines, f"signed by key {signer}; every member is what the manifest says"]))
    elif verb == "make":
        _make_from(path, options)
    else:
        raise BundleError(f"no verb called {verb!r}", "make, verify or keys", "./inv --help bundle")


def _make_from(path: str, options: dict[str, Any]) -> None:
    for name in ("version", "key"):
        if not options[name]:
            raise BundleError(f"--{name} is missing", "a value", f"./inv bundle make {NEEDED[name]}")
    added = [Path(name) for name in options["add"] or ()]
    serial = int(options["serial"]) if options["serial"] else None
    make(
        options["version"],
        Path(options["key"]),
        serial,
        spec=Path(options["spec"]) if options["spec"] else SPEC,
        out=Path(path) if path else OUT,
        floor=int(options["floor"] or 0),
        add=added,
        retire=options["retire"] or (),
    )
