"""Where a release is read from: a folder or a bundle with the same files."""

import io
import os
import tarfile

import pytest

from node_agent.errors import ReleaseRefused
from node_agent.release.source import BundleSource, FolderSource, open_source

FILES = {"manifest.json": b"{}", "images/a.tar": b"x" * (3 << 20)}


@pytest.fixture
def folder(tmp_path):
    for path, data in FILES.items():
        target = tmp_path / "folder" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return str(tmp_path / "folder")


@pytest.fixture
def bundle(tmp_path):
    path = str(tmp_path / "bundle")
    with tarfile.open(path, "w") as archive:
        for name, data in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture(params=["folder", "bundle"])
def path(request):
    return request.getfixturevalue(request.param)


def test_the_kind_follows_from_the_path(folder, bundle):
    assert isinstance(open_source(folder), FolderSource)
    with open_source(bundle) as source:
        assert isinstance(source, BundleSource)


def test_both_give_the_same_files(path):
    with open_source(path) as source:
        assert {name: source.read(name) for name in FILES} == FILES
        assert [len(piece) for piece in source.pieces("images/a.tar")] == [1 << 20] * 3


def test_a_missing_file_is_refused(path):
    with open_source(path) as source, pytest.raises(ReleaseRefused, match=r"absent is not in .*"):
        source.read("absent")


def test_a_large_file_is_not_read_whole(path):
    with open_source(path) as source, pytest.raises(ReleaseRefused, match="larger than 1024 bytes"):
        source.read("images/a.tar", limit=1024)


def test_a_missing_a_truncated_and_another_file_are_refused(bundle, tmp_path):
    with pytest.raises(ReleaseRefused, match="cannot open"):
        open_source(str(tmp_path / "absent"))
    (tmp_path / "other").write_bytes(b"not a bundle")
    with pytest.raises(ReleaseRefused, match="is not a complete bundle"):
        open_source(str(tmp_path / "other"))
    os.truncate(bundle, 2 << 20)
    with pytest.raises(ReleaseRefused), open_source(bundle) as source:
        source.read("images/a.tar")
