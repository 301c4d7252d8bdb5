"""The server of OPC UA, by asyncua: one object for each board, of one type, which clients may read and not write."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.gateway.board import NODES, NodeKind, NodeValue, empty
from fleet.gateway.settings import GatewaySettings

log = logging.getLogger(__name__)
NAMESPACE = "urn:nano-ocr:lines"
APPLICATION = "urn:nano-ocr:opcua"
PATH = "nano-ocr"
MOST_BOARDS = 1000
"""A broker that anybody may write to could name any number of boards."""


class LineSpace:
    """The address space. All methods belong to one event loop."""

    def __init__(self, settings: GatewaySettings) -> None:
        from asyncua import Server

        self._settings, self._server = settings, Server()
        self._index = 0
        self._type: Any = None
        self._nodes: dict[str, dict[str, Any]] = {}
        self._refused: set[str] = set()

    async def start(self) -> None:
        """Listens. Raises OSError where the address is taken, ValueError where a certificate cannot be used."""
        from asyncua import ua
        from asyncua.crypto.permission_rules import SimpleRoleRuleset

        own, server = self._settings, self._server
        await server.init()
        server.allow_remote_admin(False)
        server.set_endpoint(f"opc.tcp://{own.listen}/{PATH}")
        server.set_server_name("nano-ocr lines")
        await server.set_application_uri(APPLICATION)
        kinds = [ua.SecurityPolicyType.NoSecurity]
        if own.certificate:
            kinds = [ua.SecurityPolicyType.Basic256Sha256_Sign, ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
            await server.load_certificate(own.certificate, format_of(own.certificate))
            await server.load_private_key(own.key, format=format_of(own.key))
        server.set_security_policy(kinds, SimpleRoleRuleset())  # type: ignore[no-untyped-call,unused-ignore]
        self._index = await server.register_namespace(NAMESPACE)
        self._type = await self._make_type()
        self._lines = await server.nodes.objects.add_folder(self._id("Lines"), self._name("Lines"))
        await server.start()

    async def stop(self) -> None:
        """Hangs up."""
        await self._server.stop()

    def _id(self, text: str) -> str:
        return f"ns={self._index};s={text}"

    def _name(self, text: str) -> str:
        return f"{self._index}:{text}"

    async def _make_type(self) -> Any:
        made = await self._server.nodes.base_object_type.add_object_type(self._id("LineType"), self._name("LineType"))
        part = await made.add_object(self._id("LineType.Part"), self._name("Part"))
        await part.set_modelling_rule(True)
        for kind in NODES:
            below, name = (
                (part, kind.path.removeprefix("Part.")) if kind.path.startswith("Part.") else (made, kind.path)
            )
            variant = self._variant(kind, empty(kind).value)
            node = await below.add_variable(self._id(f"LineType.{kind.path}"), self._name(name), variant)
            await node.set_modelling_rule(True)
        return made

    @staticmethod
    def _variant(kind: NodeKind, value: Any) -> Any:
        from asyncua import ua

        if value is None:  # a time that is not known yet
            value = datetime(1601, 1, 1, tzinfo=timezone.utc)
        return ua.Variant(value, ua.VariantType[kind.type], is_array=kind.is_array)

    async def show(self, board: str, changed: dict[str, NodeValue]) -> None:
        """Writes what changed; a board that is new gets its object first."""
        from asyncua import ua

        if board not in self._nodes and not await self._add(board):
            return
        now = datetime.now(timezone.utc)
        for kind in NODES:
            if kind.path in changed:
                value = changed[kind.path]
                shown = ua.DataValue(
                    self._variant(kind, value.value), ua.StatusCode(getattr(ua.StatusCodes, value.quality)),
                    value.at, now,
                )  # fmt: skip
                await self._server.write_attribute_value(self._nodes[board][kind.path].nodeid, shown)

    async def _add(self, board: str) -> bool:
        if len(self._nodes) >= MOST_BOARDS:
            if len(self._refused) < MOST_BOARDS and board not in self._refused:
                self._refused.add(board)
                log.error("%s is left out: there are %d boards already", board, MOST_BOARDS)
            return False
        made = await self._lines.add_object(self._id(board), self._name(board), objecttype=self._type)
        self._nodes[board] = {}
        for kind in NODES:
            path = [self._name(name) for name in kind.path.split(".")]
            self._nodes[board][kind.path] = await made.get_child(path)
        await self.show(board, {kind.path: empty(kind) for kind in NODES})
        log.info("%s is there now", board)
        return True


def format_of(path: str) -> str:
    """pem or der, by what is in the file; asyncua would go by its name. Raises OSError."""
    return "pem" if Path(path).read_bytes().lstrip().startswith(b"-----BEGIN") else "der"


async def run_until(space: LineSpace, ended: asyncio.Event) -> None:
    """Serves until ``ended``."""
    try:
        await ended.wait()
    finally:
        await space.stop()
