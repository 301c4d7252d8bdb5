"""Signing keys in minisign's format, made and used with py-minisign; see docs/adr/0025-signatures.md."""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import minisign

from fleet.core.errors import SigningKeyError

PASSWORD_FILE = "NANO_OCR_KEY_PASSWORD_FILE"


def generate(folder: Path, name: str, password: str) -> tuple[Path, Path]:
    """Write NAME.key (mode 600, encrypted unless ``password`` is empty) and NAME.pub; returns both paths.

    The folder is made for its owner alone. Raises SigningKeyError if one of the files exists (keys are never
    overwritten), if git would commit the folder, or if others may read it.
    """
    _refuse_public(folder)
    secret, public = folder / f"{name}.key", folder / f"{name}.pub"
    for path in (secret, public):
        if path.exists():
            raise SigningKeyError(f"{path} exists", "a new name: keys are never overwritten", "--name OTHER")
    pair = minisign.KeyPair.generate()
    if password:
        pair.secret_key.encrypt(password)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(bytes(pair.secret_key))
    public.write_bytes(bytes(pair.public_key))
    return secret, public


def _refuse_public(folder: Path) -> None:
    """Raises SigningKeyError for a folder that git would commit, or that others may read."""
    step = "./inv bundle keys --path keys, which git ignores, or a folder outside of the repository"
    near = next(path for path in [folder.absolute(), *folder.absolute().parents] if path.is_dir())
    if _git(near, "rev-parse", "--is-inside-work-tree") == 0:
        tracked = _git(near, "ls-files", "--error-unmatch", str(folder.absolute())) == 0
        if tracked or _git(near, "check-ignore", "--quiet", str(folder.absolute() / "x.key")) != 0:
            raise SigningKeyError(f"git would commit {folder}", "a folder that git ignores", step)
    if folder.is_dir() and folder.stat().st_mode & 0o077:
        raise SigningKeyError(f"others may read {folder}", "mode 0700", f"chmod 700 {folder}")


def _git(folder: Path, *words: str) -> int:
    """Exit code of git; 127 without git, where nothing can be committed."""
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 127


def new_password(ask: Callable[[str], str] | None = None) -> str:
    """A password that was typed twice, or that of the file. Raises SigningKeyError unless both are the same."""
    if os.environ.get(PASSWORD_FILE):
        return ask_password()
    ask = ask or getpass.getpass
    first, second = ask("password for the new key: "), ask("the same again: ")
    if first != second:
        raise SigningKeyError("the two passwords differ", "the same password twice", "./inv bundle keys")
    if not first:
        raise SigningKeyError("an empty password", "a password", "--no-password for a key without one")
    return first


ROLL_OVER = """\
Keep the .key file away from the boards, and a copy of it offline. Boards trust the .pub files of `keys`:
  ./inv provision --tags release
To replace this key later, make another one and let one more release, signed by this one, carry it:
  ./inv bundle keys --name second
  ./inv bundle make --version VERSION --key OLD.key --add keys/second.pub --retire ID_OF_THE_OLD_KEY"""


def sign(data: bytes, key: Path, comment: str, password: Callable[[], str]) -> bytes:
    """The signature file of ``data``. ``password`` is called for an encrypted key. Raises SigningKeyError."""
    if not key.is_file():
        raise SigningKeyError(f"{key} is not there", "a secret key of minisign", "./inv bundle keys --path FOLDER")
    try:
        secret = minisign.SecretKey.from_file(key)
        if secret.is_encrypted():
            secret.decrypt(password())
        return bytes(secret.sign(data, trusted_comment=comment))
    except (minisign.Error, ValueError) as error:
        raise SigningKeyError(f"{key}: {error}", "the key's password", f"{PASSWORD_FILE}=FILE, or type it") from error


def ask_password(prompt: str = "password of the signing key: ") -> str:
    """The password from the file that NANO_OCR_KEY_PASSWORD_FILE names, or from the terminal."""
    path = os.environ.get(PASSWORD_FILE)
    if path is None:
        return getpass.getpass(prompt)
    if not Path(path).is_file():
        raise SigningKeyError(f"{PASSWORD_FILE}: {path} is not there", "a file with the password")
    return Path(path).read_text().rstrip("\n")
