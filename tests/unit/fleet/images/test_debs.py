"""Packages for the apt of a stand-in base, made with dpkg."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import debs, spec

IMAGES = spec.load()
needs_dpkg = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg here")


@needs_dpkg
def test_an_index_lists_every_package_with_size_and_sha256(tmp_path: Path) -> None:
    for name in ("one", "two"):
        tree = tmp_path / f"tree-{name}"
        tree.mkdir()
        debs._pack(tree, {"Package": name, "Version": "1.0-2", "Depends": ""}, tmp_path, "arm64")
    debs.index(tmp_path)
    stanzas = (tmp_path / "Packages").read_text().split("\n\n")
    assert [stanza.splitlines()[0] for stanza in stanzas[:2]] == ["Package: one", "Package: two"]
    [deb] = tmp_path.glob("one_*.deb")
    assert f"Size: {deb.stat().st_size}" in stanzas[0] and "Version: 1.0-2" in stanzas[0]
    assert f"SHA256: {hashlib.sha256(deb.read_bytes()).hexdigest()}" in stanzas[0]
    assert "Depends" not in stanzas[0] and stanzas[2] == ""


def test_a_package_that_nobody_described_is_refused(tmp_path: Path) -> None:
    from dataclasses import replace

    base = replace(IMAGES.bases["l4t-base"], apt={"no-such-package": "1"})
    with pytest.raises(ContainerImageError, match="no stand-in for the package no-such-package"):
        debs.make_all(IMAGES, base, {}, tmp_path, tmp_path)


def test_a_command_that_fails_is_reported_with_its_message() -> None:
    with pytest.raises(ContainerImageError, match=r"sh -c .* failed: broken"):
        debs._run(["sh", "-c", "echo broken >&2; exit 1"])


@needs_dpkg
def test_without_an_old_python_for_the_processor_its_package_leads_to_debians(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    added: list[list[str]] = []
    monkeypatch.setattr(debs, "download", lambda root, names, into: added.append(names))
    base = replace(IMAGES.bases["l4t-base"], apt={"python3.6": "3.6.9-1"})
    debs.make_all(IMAGES, base, {}, tmp_path, tmp_path, "arm64")
    [deb] = tmp_path.glob("*.deb")
    assert deb.name == "python3.6_3.6.9-1_arm64.deb" and added == [["python3"]]
    told = subprocess.check_output(["dpkg-deb", "--contents", str(deb)], text=True)
    assert "./usr/bin/python3.6 -> python3\n" in told
    assert "python3" in subprocess.check_output(["dpkg-deb", "--field", str(deb), "Depends"], text=True)
