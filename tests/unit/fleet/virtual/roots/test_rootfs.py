"""A folder becomes an image of one layer for any architecture."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual.roots import rootfs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "etc").mkdir(parents=True)
    (tmp_path / "root" / "etc" / "standin").write_text("yes\n")
    (tmp_path / "root" / "dev").mkdir()
    (tmp_path / "root" / "dev" / "null").write_text("")
    return tmp_path / "root"


def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """A docker that keeps what it is told to load."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n/bin/cp "$4" {tmp_path}/loaded.tar\n{last}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def test_the_image_says_its_architecture_label_and_layer(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine(tmp_path, monkeypatch, "exit 0")
    rootfs.load(root, "base:arm64", "arm64", {"nano-ocr.standin": "yes"}, ["/bin/sh"], ["dev"])
    with tarfile.open(tmp_path / "loaded.tar") as archive:
        contents = {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]
    (entry,) = json.loads(contents["manifest.json"])
    assert entry["RepoTags"] == ["base:arm64"]
    config = json.loads(contents[entry["Config"]])
    assert entry["Config"] == hashlib.sha256(contents[entry["Config"]]).hexdigest() + ".json"
    assert (config["architecture"], config["os"]) == ("arm64", "linux")
    assert config["config"] == {"Labels": {"nano-ocr.standin": "yes"}, "Cmd": ["/bin/sh"]}
    (layer,) = entry["Layers"]
    assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(contents[layer]).hexdigest()]
    with tarfile.open(fileobj=io.BytesIO(contents[layer])) as inside:
        assert sorted(inside.getnames()) == [".", "./dev", "./etc", "./etc/standin"]
    assert [path.name for path in root.parent.glob("rootfs-*")] == []


def test_what_docker_refuses_is_said_in_its_words(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine(tmp_path, monkeypatch, "echo 'no space left' >&2; exit 1")
    with pytest.raises(VirtualFleetError, match="docker load failed: no space left"):
        rootfs.load(root, "base:arm64", "arm64")
