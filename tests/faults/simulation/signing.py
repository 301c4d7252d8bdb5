"""Signs as minisign does, for tests on every Python: Ed25519 by the system's libcrypto, keys from a seed."""

import base64
import ctypes
import hashlib

from node_agent.trust import ed25519

_POINTER, _SIZE = ctypes.c_void_p, ctypes.c_size_t


def _crypto():
    found = ed25519.library()
    found.EVP_PKEY_new_raw_private_key.restype = _POINTER
    found.EVP_PKEY_new_raw_private_key.argtypes = [ctypes.c_int, _POINTER, ctypes.c_char_p, _SIZE]
    found.EVP_PKEY_get_raw_public_key.argtypes = [_POINTER, ctypes.c_char_p, ctypes.POINTER(_SIZE)]
    found.EVP_DigestSignInit.argtypes = [_POINTER] * 5
    found.EVP_DigestSign.argtypes = [_POINTER, ctypes.c_char_p, ctypes.POINTER(_SIZE), ctypes.c_char_p, _SIZE]
    return found


class Signer(object):
    """A key pair whose secret is the SHA-256 of its name."""

    def __init__(self, name):
        self.seed = hashlib.sha256(name.encode()).digest()
        self.key_id = hashlib.sha256(self.seed).digest()[:8]
        self.id = "{:016X}".format(int.from_bytes(self.key_id, "little"))
        crypto, size, raw = _crypto(), _SIZE(32), ctypes.create_string_buffer(32)
        key = crypto.EVP_PKEY_new_raw_private_key(1087, None, self.seed, 32)
        assert crypto.EVP_PKEY_get_raw_public_key(key, raw, ctypes.byref(size)) == 1
        crypto.EVP_PKEY_free(key)
        self.raw = raw.raw
        self.public = base64.b64encode(b"Ed" + self.key_id + self.raw).decode()

    def ed25519(self, message):
        crypto, size, raw = _crypto(), _SIZE(64), ctypes.create_string_buffer(64)
        key, context = crypto.EVP_PKEY_new_raw_private_key(1087, None, self.seed, 32), crypto.EVP_MD_CTX_new()
        assert crypto.EVP_DigestSignInit(context, None, None, None, key) == 1
        assert crypto.EVP_DigestSign(context, raw, ctypes.byref(size), message, len(message)) == 1
        crypto.EVP_MD_CTX_free(context)
        crypto.EVP_PKEY_free(key)
        return raw.raw

    def sign(self, data, comment="of a test"):
        """The text of a signature file."""
        signature = self.ed25519(hashlib.blake2b(data, digest_size=64).digest())
        whole = self.ed25519(signature + comment.encode())
        lines = ["untrusted comment: of a test", base64.b64encode(b"ED" + self.key_id + signature).decode()]
        return "\n".join(lines + ["trusted comment: " + comment, base64.b64encode(whole).decode(), ""])
