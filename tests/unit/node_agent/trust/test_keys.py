"""Installed keys: the *.pub files of one folder."""

import pytest
from simulation.signing import Signer

from node_agent.errors import HostError, ReleaseRefused
from node_agent.trust import installed_keys

ALICE, BOB = Signer("alice"), Signer("bob")


def test_a_node_without_a_folder_trusts_nobody(tmp_path):
    assert installed_keys(str(tmp_path / "absent")) == [] == installed_keys(str(tmp_path))


def test_keys_are_read_by_name_and_other_files_ignored(tmp_path):
    (tmp_path / "b.pub").write_text(BOB.public)
    (tmp_path / "a.pub").write_text("untrusted comment: alice\n" + ALICE.public + "\n")
    (tmp_path / "README").write_text("not a key")
    assert [key.id for key in installed_keys(str(tmp_path))] == [ALICE.id, BOB.id]


def test_a_file_that_is_not_a_key_is_an_error(tmp_path):
    (tmp_path / "a.pub").write_text("not a key")
    with pytest.raises(ReleaseRefused, match="a public key that is not base64"):
        installed_keys(str(tmp_path))
    (tmp_path / "a.pub").unlink()
    (tmp_path / "a.pub").mkdir()
    with pytest.raises(HostError, match="cannot read the key"):
        installed_keys(str(tmp_path))
