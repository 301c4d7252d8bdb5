"""Ed25519 by the system's libcrypto: the vector of the standard, and a library that is missing."""

import pytest

from node_agent.errors import HostError
from node_agent.trust import ed25519

# RFC 8032, section 7.1, test 2
RFC_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
RFC_SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_vector_of_rfc_8032():
    key, signature = bytes.fromhex(RFC_KEY), bytes.fromhex(RFC_SIGNATURE)
    assert ed25519.is_valid(key, signature, b"\x72")
    assert not ed25519.is_valid(key, signature, b"\x73")
    assert not ed25519.is_valid(key[:31], signature, b"\x72")


def test_a_missing_library_is_an_error(monkeypatch):
    monkeypatch.setattr(ed25519, "LIBRARIES", ("libno-such-crypto.so",))
    with pytest.raises(HostError, match="no libcrypto that supports Ed25519"):
        ed25519.is_valid(bytes.fromhex(RFC_KEY), bytes.fromhex(RFC_SIGNATURE), b"\x72")
