"""A word to systemd where it asked for one (sd_notify(3)): ready, still alive, stopping."""

import os
import socket
from typing import Mapping


def tell(words: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Sends ``words`` ("READY=1") to $NOTIFY_SOCKET; False where there is none or nobody listens."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    address = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(words.encode("utf-8"), address)
    except OSError:
        return False
    return True
