"""A folder of a real file system; what the operating system refuses becomes a message."""

import errno

import pytest

from node_agent.errors import HostError
from node_agent.store import LocalDisk
from node_agent.store.local_disk import translate_errors


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(str(tmp_path / "new" / "root"))


def test_files_are_created_extended_truncated_and_read(disk):
    disk.write("a", b"one")
    writer = disk.extend("a")
    writer.write(b" two")
    writer.sync()
    writer.close()
    assert (disk.read("a"), disk.size("a")) == (b"one two", 7)
    disk.truncate("a", 3)
    assert disk.read("a") == b"one"
    disk.replace("a", b"three")
    assert disk.read("a") == b"three" and disk.names("") == ["a"]


def test_folders_are_made_renamed_and_removed(disk):
    disk.make_folder("releases/new")
    disk.make_folder("releases/new")
    disk.write("releases/new/file", b"")
    disk.rename("releases/new", "releases/r1")
    disk.sync_dir("releases")
    assert disk.names("releases/r1") == ["file"] and not disk.exists("releases/new")
    disk.remove("releases")
    disk.remove("releases")
    assert disk.names("releases") == []


def test_free_space_is_measured(disk):
    assert disk.free_bytes() > 0


def test_what_fails_says_what_and_why(disk):
    with pytest.raises(HostError, match="cannot read absent: No such file"):
        disk.read("absent")
    with pytest.raises(HostError, match="cannot list file: Not a directory"):
        disk.write("file", b"")
        disk.names("file")


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "full"), (errno.EROFS, "read-only"), (errno.EIO, "input/output"), (errno.EDQUOT, "quota")],
)
def test_reasons_of_a_disk_in_plain_language(number, reason):
    def work():
        raise OSError(number, "x")

    with pytest.raises(HostError, match="cannot write a: the disk .*" + reason):
        translate_errors("write a", work)
