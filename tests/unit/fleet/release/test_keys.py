"""Signing keys: never overwritten, encrypted, used with a password."""

from __future__ import annotations

import subprocess

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


def test_a_folder_that_git_would_commit_is_refused(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(SigningKeyError, match="git would commit"):
        keys.generate(tmp_path / "secrets", "test", "")
    (tmp_path / ".gitignore").write_text("/secrets/\n")
    secret, _ = keys.generate(tmp_path / "secrets", "test", "")
    assert secret.parent.stat().st_mode & 0o777 == 0o700
    subprocess.run(["git", "-C", str(tmp_path), "add", "--force", "secrets/test.pub"], check=True)
    with pytest.raises(SigningKeyError, match="git would commit"):
        keys.generate(tmp_path / "secrets", "second", "")


def test_the_folder_of_the_docs_is_ignored():
    assert "/keys/" in (keys.Path(__file__).parents[4] / ".gitignore").read_text().splitlines()


def test_a_folder_that_others_may_read_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    with pytest.raises(SigningKeyError, match="others may read"):
        keys.generate(tmp_path / "open", "test", "")


def test_a_new_password_is_asked_for_twice(monkeypatch):
    monkeypatch.delenv(keys.PASSWORD_FILE, raising=False)
    given = iter(["one", "one", "one", "two", "", ""])
    assert keys.new_password(lambda prompt: next(given)) == "one"
    with pytest.raises(SigningKeyError, match="differ"):
        keys.new_password(lambda prompt: next(given))
    with pytest.raises(SigningKeyError, match="empty"):
        keys.new_password(lambda prompt: next(given))
