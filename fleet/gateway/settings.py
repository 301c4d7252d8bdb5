"""What the gateway is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GatewaySettings:
    """Where from, and where to. ``listen``: HOST:PORT; ``user``, ``ca`` and the others empty for none."""

    host: str
    port: int
    listen: str = "127.0.0.1:4840"
    prefix: str = "nano-ocr"
    name: str = "nano-ocr-opcua"
    user: str = ""
    password_file: str = ""
    tls: bool = False
    ca: str = ""
    certificate: str = ""
    key: str = ""
    is_open: bool = False
