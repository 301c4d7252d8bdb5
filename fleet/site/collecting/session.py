"""A session of MQTT 5 that outlives its connection, in which a message is acknowledged when somebody says so.

An acknowledgement belongs to the connection that its message came by: after another start of the connection, the broker
may have given the number of the message to another one. What is acknowledged too late comes again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from fleet.core.errors import SiteError
from fleet.site.settings import SiteBroker
from ocr_app.core.errors import ServiceError
from ocr_app.line.outputs.credentials import password_of, tls_context

log = logging.getLogger(__name__)
TAKEN_OVER = 0x8E
"""Reason code: another client has connected under the same name."""


class Delivery(NamedTuple):
    """A message. ``connection``: which start of the connection brought it, under which ``number`` there."""

    topic: str
    payload: bytes
    connection: int
    number: int


def make_client(settings: SiteBroker, name: str, manual: bool) -> Any:
    """A client of paho-mqtt for MQTT 5, not connected yet. Raises SiteError: no password, no certificates."""
    from paho.mqtt import client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5, manual_ack=manual)
    client.reconnect_delay_set(1, 10)
    try:
        if settings.user:
            client.username_pw_set(settings.user, password_of(settings) or None)
        if settings.tls:
            client.tls_set_context(tls_context(settings))
    except ServiceError as error:
        raise SiteError(str(error), "a password and certificates that can be read", "mqtt in the settings") from error
    return client


def properties(expiry_s: int, window: int) -> Any:
    """The properties of CONNECT."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    made = Properties(PacketTypes.CONNECT)
    made.SessionExpiryInterval = min(expiry_s, 0xFFFFFFFE)
    made.ReceiveMaximum = window
    return made


class SharedSession:
    """A member of a shared subscription. ``take`` is called in a thread of paho for each message, and must not wait."""

    def __init__(
        self, settings: SiteBroker, name: str, topic: str, expiry_s: int, window: int, take: Callable[[Delivery], None],
        told: Callable[[bool], None] = lambda is_connected: None,
    ) -> None:  # fmt: skip
        """Raises SiteError."""
        self._settings, self._topic, self._take, self._told = settings, topic, take, told
        self._properties = properties(expiry_s, window)
        self._client = make_client(settings, name, manual=True)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._received
        self._client.on_subscribe = self._subscribed
        self._lock = threading.Lock()
        self._connection, self._is_connected = 0, False
        self.trouble = ""

    def start(self) -> None:
        """Connects, from a thread of paho, as often as is needed."""
        own = self._settings
        self._client.connect_async(own.host, own.port, own.keepalive_s, clean_start=False, properties=self._properties)
        self._client.loop_start()

    def stop(self) -> None:
        """Leaves the broker, which keeps what comes meanwhile."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, client: Any, _: Any, flags: Any, code: Any, *__: Any) -> None:
        if code.is_failure:
            log.error("the broker refuses the connection: %s", code)
            return
        with self._lock:
            self._connection += 1
            self._is_connected = True
        log.info("connected to the broker; it %s", "kept the session" if flags.session_present else "has no session")
        client.subscribe(self._topic, qos=1)
        self._told(True)

    def _subscribed(self, _: Any, __: Any, ___: Any, codes: Any, *____: Any) -> None:
        if any(code.is_failure for code in codes):
            self.trouble = f"the broker refuses the subscription {self._topic}: {codes[0]}"
            log.error(self.trouble)
        else:
            log.info("subscribed to %s", self._topic)

    def _disconnected(self, _: Any, __: Any, ___: Any, code: Any, *____: Any) -> None:
        with self._lock:
            self._connection += 1
            self._is_connected = False
        if getattr(code, "value", 0) == TAKEN_OVER:
            self.trouble = "another collector has connected under the same name"
        self._told(False)
        log.warning("the broker is gone: %s", code)

    def _received(self, _: Any, __: Any, message: Any) -> None:
        with self._lock:
            connection = self._connection
        self._take(Delivery(message.topic, message.payload, connection, message.mid))

    def acknowledge(self, deliveries: list[Delivery]) -> int:
        """Tells the broker that it may forget them; returns for how many that was possible."""
        count = 0
        with self._lock:
            for delivery in deliveries:
                if self._is_connected and delivery.connection == self._connection:
                    self._client.ack(delivery.number, 1)
                    count += 1
        return count
