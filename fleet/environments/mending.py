"""Wheels whose index published them with a list of contents that is not theirs: copied with a true list."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path


def with_true_record(source: Path, target: Path) -> list[str]:
    """Copy a wheel, uncompressed, with a RECORD that says what is in it; returns the names whose entries were wrong.

    Everything but RECORD stays byte for byte, and two copies are equal: nothing in them depends on time or on a library
    that compresses. ``target`` is replaced whole or not at all.
    """
    partial = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as new:
        name = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        rows = {row[0]: row for row in csv.reader(old.read(name).decode().splitlines()) if row}
        wrong = []
        for info in old.infolist():
            if info.filename == name or info.is_dir():
                continue
            digest, size = _copied(old, info, new)
            if rows.get(info.filename, [])[1:] != [digest, str(size)] and not info.filename.endswith((".jws", ".p7s")):
                wrong.append(info.filename)
                rows[info.filename] = [info.filename, digest, str(size)]
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows.values())
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o644 << 16
        new.writestr(entry, text.getvalue())
    partial.replace(target)
    return wrong


def _copied(old: zipfile.ZipFile, info: zipfile.ZipInfo, new: zipfile.ZipFile) -> tuple[str, int]:
    """Copy one file; returns its digest as RECORD writes it, and its size in bytes."""
    entry = zipfile.ZipInfo(info.filename)
    entry.external_attr = info.external_attr
    total, size = hashlib.sha256(), 0
    with old.open(info) as stream, new.open(entry, "w", force_zip64=True) as out:
        while block := stream.read(1 << 20):
            total.update(block)
            size += len(block)
            out.write(block)
    return "sha256=" + base64.urlsafe_b64encode(total.digest()).rstrip(b"=").decode(), size
