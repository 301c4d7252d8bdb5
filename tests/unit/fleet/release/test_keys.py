"""Signing keys: never overwritten, encrypted, used with a password."""

from __future__ import annotations

import pytest

from fleet.core.errors import SigningKeyError
from fleet.release import keys
from node_agent.trust import minisign


def test_keys_are_never_overwritten_and_a_secret_is_for_its_owner(key):
    assert key[0].stat().st_mode & 0o777 == 0o600
    with pytest.raises(SigningKeyError, match="exists"):
        keys.generate(key[0].parent, "test", "")


def test_an_encrypted_key_needs_its_password(tmp_path, monkeypatch):
    monkeypatch.setattr("minisign.secret_key.OPSLIMIT", 1 << 15, raising=False)
    secret, public = keys.generate(tmp_path, "locked", "right")
    signature = keys.sign(b"data", secret, "comment", lambda: "right").decode()
    assert minisign.verify(b"data", signature, [minisign.public_key(public.read_text())])
    with pytest.raises(SigningKeyError, match="password"):
        keys.sign(b"data", secret, "comment", lambda: "wrong")


def test_the_password_may_come_from_a_file(tmp_path, monkeypatch):
    (tmp_path / "password").write_text("right\n")
    monkeypatch.setenv(keys.PASSWORD_FILE, str(tmp_path / "password"))
    assert keys.ask_password() == "right"
    monkeypatch.setenv(keys.PASSWORD_FILE, str(tmp_path / "nothing"))
    with pytest.raises(SigningKeyError, match="nothing is not there"):
        keys.ask_password()
