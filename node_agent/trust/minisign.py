"""Reads and verifies minisign's public keys and signatures (jedisct1.github.io/minisign, "Signature format").

Only prehashed signatures are accepted ("ED", the default since minisign 0.8): Ed25519 over BLAKE2b-512 of the file,
and a second signature over the first one and the trusted comment.
"""

import base64
import binascii
import hashlib
from typing import Iterable, List, NamedTuple, Optional

from node_agent.errors import ReleaseRefused
from node_agent.trust import ed25519


class PublicKey(NamedTuple):
    """A key of minisign: its id, its 32 bytes, its line of text."""

    id: str
    raw: bytes
    text: str


_COMMENT, _TRUSTED = "untrusted comment: ", "trusted comment: "


def public_key(text: str) -> PublicKey:
    """A public key, from the text of minisign's file or from its second line alone. Raises ReleaseRefused."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(_COMMENT)]
    data = _decoded(lines[0] if len(lines) == 1 else "", "public key")
    if len(data) != 42 or data[:2] != b"Ed":
        raise ReleaseRefused(
            "not a public key of minisign: {!r}".format(text[:60]), "a comment line and a line of 56 characters"
        )
    return PublicKey(_key_id(data[2:10]), data[10:], lines[0])


def _key_id(raw: bytes) -> str:
    """As minisign prints it: 16 capital hex digits, little endian."""
    return "{:016X}".format(int.from_bytes(raw, "little"))


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ReleaseRefused("a {} that is not base64: {!r}".format(what, text[:60]))


def verify(message: bytes, signature: str, trusted: Iterable[PublicKey]) -> PublicKey:
    """The trusted key that signed ``message``.

    Raises ReleaseRefused for a malformed signature, an unknown key, or a signature of another message.
    """
    lines = signature.splitlines()
    if len(lines) < 4 or not lines[0].startswith(_COMMENT) or not lines[2].startswith(_TRUSTED):
        raise ReleaseRefused(
            "not a signature of minisign", "four lines: comment, signature, trusted comment, signature"
        )
    data, whole = _decoded(lines[1], "signature"), _decoded(lines[3], "signature")
    if len(data) != 74 or data[:2] != b"ED":
        raise ReleaseRefused(
            "a signature of kind {!r}".format(data[:2]), "a prehashed one (b'ED')", "sign with minisign -H"
        )
    key = _signer(_key_id(data[2:10]), list(trusted))
    digest = hashlib.blake2b(message, digest_size=64).digest()
    comment = lines[2][len(_TRUSTED) :].encode("utf-8")
    if not ed25519.is_valid(key.raw, data[10:], digest) or not ed25519.is_valid(key.raw, whole, data[10:] + comment):
        raise ReleaseRefused(
            "the signature does not belong to this file", "a signature by key " + key.id, "fetch the bundle again"
        )
    return key


def _signer(key_id: str, trusted: List[PublicKey]) -> PublicKey:
    found: Optional[PublicKey] = next((key for key in trusted if key.id == key_id), None)
    if found is None:
        known = ", ".join(key.id for key in trusted) or "none"
        raise ReleaseRefused("signed by key {}, which is not trusted here".format(key_id), "one of: " + known)
    return found
