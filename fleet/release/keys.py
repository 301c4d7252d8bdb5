"""Signing keys in minisign's format, made and used with py-minisign; see docs/adr/0025-signatures.md."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path

import minisign

from fleet.core.errors import SigningKeyError

PASSWORD_FILE = "NANO_OCR_KEY_PASSWORD_FILE"


def generate(folder: Path, name: str, password: str) -> tuple[Path, Path]:
    """Write NAME.key (mode 600, encrypted unless ``password`` is empty) and NAME.pub; returns both paths.

    Raises SigningKeyError if one of them exists: keys are never overwritten.
    """
    secret, public = folder / f"{name}.key", folder / f"{name}.pub"
    for path in (secret, public):
        if path.exists():
            raise SigningKeyError(f"{path} exists", "a new name: keys are never overwritten", "--name OTHER")
    pair = minisign.KeyPair.generate()
    if password:
        pair.secret_key.encrypt(password)
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(bytes(pair.secret_key))
    public.write_bytes(bytes(pair.public_key))
    return secret, public


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
