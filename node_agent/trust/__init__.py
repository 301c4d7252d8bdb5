"""Who may sign a release: minisign's public keys and signatures, verified by the system's libcrypto."""

from node_agent.trust.keys import installed_keys
from node_agent.trust.minisign import PublicKey, public_key, verify

__all__ = ["PublicKey", "installed_keys", "public_key", "verify"]
