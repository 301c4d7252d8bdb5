"""Archives of images, read back as a node reads them."""

import json
import tarfile

import pytest

from fleet.core.errors import ContainerImageError
from fleet.images import archives, context


def archive(path, architecture="amd64"):
    config = json.dumps({"architecture": architecture, "config": {"Labels": {"l4t.release": "32.7.1"}}})
    for name, text in (("config.json", config), ("manifest.json", json.dumps([{"Config": "config.json"}]))):
        (path / name).write_text(text)
    with tarfile.open(path / "image.tar", "w") as stream:
        for name in ("config.json", "manifest.json"):
            stream.add(path / name, name)
    return path / "image.tar", "sha256:" + context.model_files.sha256_of(path / "config.json")


def test_an_archive_is_read_back_as_a_node_reads_it(tmp_path):
    path, image_id = archive(tmp_path)
    assert archives.read_back(path, image_id, "amd64").labels == {"l4t.release": "32.7.1"}
    with pytest.raises(ContainerImageError, match="for x86_64"):
        archives.read_back(path, image_id, "arm64")
    with pytest.raises(ContainerImageError, match="tar holds"):
        archives.read_back(path, "sha256:other", "amd64")


def test_a_truncated_archive_is_refused(tmp_path):
    path, image_id = archive(tmp_path)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(ContainerImageError, match="not an image archive"):
        archives.read_back(path, image_id, "amd64")
