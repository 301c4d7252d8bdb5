"""The checkpoint: written when it differs, and read only when it is sound."""

import pytest

from node_agent.store import LocalDisk
from node_agent.store.checkpoint import CHECKPOINT, load_checkpoint, save_checkpoint
from node_agent.store.state import EMPTY, committed_part, restored

STATE = EMPTY._replace(current={"id": "a", "version": "1"}, floor=3, highest=7, keys_retired=frozenset({"K"}))


@pytest.fixture
def disk(tmp_path):
    return LocalDisk(str(tmp_path))


def test_what_was_saved_is_loaded(disk):
    assert load_checkpoint(disk) is None
    save_checkpoint(disk, STATE)
    assert load_checkpoint(disk) == committed_part(STATE)
    assert restored(load_checkpoint(disk)) == STATE


def test_an_equal_checkpoint_is_not_written_again(disk, tmp_path):
    save_checkpoint(disk, STATE)
    before = (tmp_path / CHECKPOINT).stat().st_mtime_ns
    save_checkpoint(disk, STATE)
    assert (tmp_path / CHECKPOINT).stat().st_mtime_ns == before
    save_checkpoint(disk, STATE._replace(floor=4))
    assert load_checkpoint(disk)["floor"] == 4


@pytest.mark.parametrize("data", [b"", b"\n", b"0123456789abcdef []\n", b"0123456789abcdef {}\n", b"\xff" * 40])
def test_a_file_that_is_not_a_checkpoint_is_none(disk, data):
    disk.write(CHECKPOINT, data)
    assert load_checkpoint(disk) is None


def test_a_flipped_byte_is_noticed(disk):
    save_checkpoint(disk, STATE)
    data = disk.read(CHECKPOINT)
    for index in range(len(data)):
        disk.write(CHECKPOINT, data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :])
        assert load_checkpoint(disk) is None, index
