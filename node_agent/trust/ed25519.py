"""Verifies Ed25519 signatures with the system's libcrypto (OpenSSL 1.1.1 or 3), which Python's ssl module needs too.

A node needs no extra package for it, and the arithmetic is not ours (docs/adr/0025-signatures.md).
Functions used: EVP_PKEY_new_raw_public_key(3), EVP_DigestVerifyInit(3), EVP_DigestVerify(3).
"""

import ctypes
from typing import Any

from node_agent.errors import HostError

LIBRARIES = ("libcrypto.so.1.1", "libcrypto.so.3")
_ED25519 = 1087  # NID_ED25519 of openssl/obj_mac.h
_POINTER, _BYTES, _SIZE, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int
_SIGNATURES = {
    "EVP_PKEY_new_raw_public_key": (_POINTER, [_INT, _POINTER, _BYTES, _SIZE]),
    "EVP_PKEY_free": (None, [_POINTER]),
    "EVP_MD_CTX_new": (_POINTER, []),
    "EVP_MD_CTX_free": (None, [_POINTER]),
    "EVP_DigestVerifyInit": (_INT, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "EVP_DigestVerify": (_INT, [_POINTER, _BYTES, _SIZE, _BYTES, _SIZE]),
    "ERR_clear_error": (None, []),
}


def library() -> Any:
    """The system's libcrypto with the functions above. Raises HostError when it is missing or too old."""
    for name in LIBRARIES:
        try:
            found = ctypes.CDLL(name)
            for function, (result, arguments) in _SIGNATURES.items():
                getattr(found, function).restype = result
                getattr(found, function).argtypes = arguments
            return found
        except (OSError, AttributeError):
            continue
    expected = " or ".join(LIBRARIES) + ", OpenSSL 1.1.1 or later"
    raise HostError("no libcrypto that supports Ed25519", expected, "apt install libssl1.1")


def is_valid(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is a signature of ``message`` under ``public_key`` (32 bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    crypto = library()
    key = crypto.EVP_PKEY_new_raw_public_key(_ED25519, None, public_key, len(public_key))
    context = crypto.EVP_MD_CTX_new()
    try:
        if not key or not context or crypto.EVP_DigestVerifyInit(context, None, None, None, key) != 1:
            raise HostError("libcrypto cannot verify Ed25519 signatures", "OpenSSL 1.1.1 or later", "openssl version")
        return bool(crypto.EVP_DigestVerify(context, signature, len(signature), message, len(message)) == 1)
    finally:
        crypto.EVP_MD_CTX_free(context)
        crypto.EVP_PKEY_free(key)
        crypto.ERR_clear_error()
