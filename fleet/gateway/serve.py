"""The gateway as a process: ``python -m fleet.gateway.serve``, which `./inv opcua` runs in its environment."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import ssl
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core import logs
from fleet.core.errors import FleetError, GatewayError
from fleet.gateway import messages
from fleet.gateway.board import BoardView
from fleet.gateway.settings import GatewaySettings
from fleet.gateway.space import LineSpace, run_until

log = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PASSWORD = "NANO_OCR_MQTT_PASSWORD"
"""Environment variable of the password, if no file holds it."""
_QUEUE = 10000


class LineGateway:
    """Takes what the broker sends into the views of the boards, and shows it in the space."""

    def __init__(self, settings: GatewaySettings, space: LineSpace) -> None:
        """Raises GatewayError: no password, no certificates."""
        self._settings, self._space = settings, space
        self._views: dict[str, BoardView] = {}
        self._queue: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(_QUEUE)
        self._client = make_client(settings)
        self._client.on_connect = self._connected
        self._client.on_disconnect = lambda *_: self._loop.call_soon_threadsafe(self._put, "", b"")
        self._client.on_message = lambda _, __, message: self._loop.call_soon_threadsafe(
            self._put, message.topic, message.payload
        )

    def start(self) -> None:
        """Connects, from a thread of paho, as often as is needed."""
        self._loop = asyncio.get_running_loop()
        self._client.connect_async(self._settings.host, self._settings.port, 15)
        self._client.loop_start()

    def stop(self) -> None:
        """Leaves the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, _: Any, __: Any, code: Any, *___: Any) -> None:
        if code.is_failure:
            log.error("the broker refuses the connection: %s", code)
            return
        log.info("connected to %s:%d", self._settings.host, self._settings.port)
        client.subscribe([(f"{self._settings.prefix}/+/{kind}", 1) for kind in messages.KINDS])

    def _put(self, topic: str, payload: bytes) -> None:
        """In the loop; an empty topic says that the broker has gone."""
        try:
            self._queue.put_nowait((topic, payload))
        except asyncio.QueueFull:
            log.error("messages come faster than they can be shown; one is left out: %s", topic)

    async def run(self) -> None:
        """Shows every message, in order, for ever."""
        while True:
            topic, payload = await self._queue.get()
            if not topic:
                log.warning("the broker is gone; everything is bad until it is back")
                for board, view in self._views.items():
                    await self._space.show(board, view.broker_gone())
                continue
            found = messages.parse_topic(topic, self._settings.prefix)
            if found is not None and payload:  # an empty one removes what was retained
                await self._take(*found, payload)

    async def _take(self, board: str, kind: str, payload: bytes) -> None:
        view, now = self._views.get(board) or BoardView(), datetime.now(timezone.utc)
        try:
            if kind == "part":
                changed = view.part(messages.parse_part(payload), now)
            elif kind == "state":
                changed = view.state(messages.parse_state(payload), now)
            else:
                changed = view.available(messages.parse_availability(payload), now)
        except messages.WrongMessage as error:
            log.warning("%s of %s is not what a board sends: %s", kind, board, error)
            return
        self._views[board] = view
        await self._space.show(board, changed)


def make_client(settings: GatewaySettings) -> Any:
    """A client of paho-mqtt, not connected yet. Its session lasts: parts of a short absence come afterwards."""
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=settings.name, clean_session=False)
    client.reconnect_delay_set(1, 30)
    try:
        if settings.user:
            client.username_pw_set(settings.user, _password(settings.password_file))
        if settings.tls:
            client.tls_set_context(ssl.create_default_context(cafile=settings.ca or None))
    except (OSError, ValueError) as error:
        raise GatewayError(str(error), "a password and certificates that can be read", "./inv opcua --help") from error
    return client


def _password(path: str) -> str | None:
    if not path:
        return os.environ.get(PASSWORD)
    return Path(path).read_text(encoding="utf-8").splitlines()[0]


async def serve(settings: GatewaySettings) -> None:
    """Until SIGTERM or SIGINT. Raises GatewayError: the address is taken, a certificate cannot be used."""
    space, ended = LineSpace(settings), asyncio.Event()
    gateway = LineGateway(settings, space)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        await space.start()
    except (OSError, ValueError) as error:
        raise GatewayError(f"cannot serve on {settings.listen}: {error}", "a free address", "--listen") from error
    log.info("serves opc.tcp://%s/nano-ocr", settings.listen)
    gateway.start()
    showing = asyncio.ensure_future(gateway.run())
    showing.add_done_callback(lambda _: ended.set())
    await run_until(space, ended)
    gateway.stop()
    if showing.done():
        showing.result()  # a fault of our own ends the process, so that it is started again
    showing.cancel()


def check(settings: GatewaySettings) -> None:
    """Raises GatewayError for settings that do not fit, or that let anybody on the network look without being asked."""
    host = settings.listen.rpartition(":")[0].strip("[]")
    if bool(settings.certificate) != bool(settings.key):
        raise GatewayError("only one of --certificate and --key", "both or neither", "./inv opcua --help")
    if host not in LOOPBACK and not settings.certificate and not settings.is_open:
        raise GatewayError(
            f"--listen {settings.listen} lets other computers in, and nothing is encrypted",
            "--certificate and --key, or --open if everybody on that network may look",
            "openssl req -x509 -newkey rsa:2048 -nodes",
        )


def parse(arguments: Sequence[str]) -> GatewaySettings:
    """The settings of a command line."""
    parser = argparse.ArgumentParser(prog="opcua", description="Shows lines that speak MQTT as nodes of OPC UA.")
    parser.add_argument("--broker", required=True, metavar="HOST:PORT", help="the MQTT broker of the lines")
    parser.add_argument("--listen", default=GatewaySettings.listen, metavar="HOST:PORT", help="default: %(default)s")
    parser.add_argument("--prefix", default=GatewaySettings.prefix, help="mqtt.prefix of the lines; %(default)s")
    parser.add_argument("--name", default=GatewaySettings.name, help="of this client at the broker; %(default)s")
    parser.add_argument("--user", default="", help=f"at the broker; its password is in {PASSWORD} or a file")
    parser.add_argument("--password-file", default="", help="file whose first line is the password")
    parser.add_argument("--tls", action="store_true", help="encrypt the way to the broker, and check its certificate")
    parser.add_argument("--ca", default="", help="certificates that may sign that of the broker")
    parser.add_argument(
        "--certificate", default="", help="of this server (DER or PEM); without one, nothing is encrypted"
    )
    parser.add_argument("--key", default="", help="its private key (PEM)")
    parser.add_argument("--open", action="store_true", dest="is_open", help="other computers may look unencrypted")
    own = vars(parser.parse_args(arguments))
    host, _, port = own.pop("broker").rpartition(":")
    if not host or not port.isdigit():
        parser.error("--broker: HOST:PORT")
    return GatewaySettings(host=host.strip("[]"), port=int(port), **own)


def main(arguments: Sequence[str] | None = None) -> int:
    """The process; an exit code of errors.py."""
    logs.configure()
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    settings = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        check(settings)
        asyncio.run(serve(settings))
    except FleetError as error:
        print(f"opcua: {error}", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
