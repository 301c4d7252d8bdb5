"""The public keys that provisioning installed on this node."""

import os
from typing import List

from node_agent.errors import HostError
from node_agent.trust.minisign import PublicKey, public_key


def installed_keys(folder: str) -> List[PublicKey]:
    """Keys of ``folder/*.pub``, by name; none where there is no folder. Raises HostError, ReleaseRefused."""
    if not os.path.isdir(folder):
        return []
    names = sorted(name for name in os.listdir(folder) if name.endswith(".pub"))
    return [public_key(_read(os.path.join(folder, name))) for name in names]


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        raise HostError("cannot read the key {}: {}".format(path, error), "a public key of minisign")
