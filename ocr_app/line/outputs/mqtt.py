"""Results to an MQTT broker, by paho-mqtt: sent from the journal, so that a broker that is away loses none.

Every result is a message of QoS 1 on PREFIX/BOARD/part. The cursor in the journal moves when the broker has
acknowledged; after a restart, what it had not got is sent again with the same ids. Retained: PREFIX/BOARD/state, and
PREFIX/BOARD/availability, which the broker sets to "offline" by itself when the board is gone (last will).
"""

import json
import logging
import re
import threading
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from ocr_app.core.errors import ServiceError
from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal import rows
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs import discovery
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.credentials import password_of, tls_context
from ocr_app.line.outputs.reach import OutputReach
from ocr_app.line.settings.outputs import MqttSettings

LOG = logging.getLogger(__name__)
CURSOR = "mqtt"
ONLINE, OFFLINE = "online", "offline"
_WINDOW = 20
_POLL_S = 0.1
_STATE_EVERY_S = 1.0
_CONNECT_S = 5.0
_FLUSH_S = 3.0
_ACCEPTED = 0
_NUMBER = re.compile(r"[0-9]{1,18}\Z")


class Topics(NamedTuple):
    """The topics of one board."""

    part: str
    state: str
    availability: str
    resend: str


def topics_of(prefix: str, board: str) -> Topics:
    """PREFIX/BOARD/... ."""
    return Topics(*("{}/{}/{}".format(prefix, board, name) for name in Topics._fields))


def library() -> Any:
    """paho-mqtt. Raises ServiceError where it is not installed."""
    try:
        from paho.mqtt import client
    except ImportError as error:
        found = "MQTT needs the package paho-mqtt: {}".format(error)
        raise ServiceError(found, "ocr-app[line] in this Python", "pip install 'ocr-app[line]'") from error
    return client


def make_client(settings: MqttSettings, name: str) -> Any:
    """A client that is not connected yet, with user, password and certificates. Raises ServiceError.

    paho-mqtt 2 wants to be told which callbacks it may call; those here take what both versions give.
    """
    paho = library()
    context = tls_context(settings) if settings.tls else None
    password = password_of(settings)
    if hasattr(paho, "CallbackAPIVersion"):
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name)
    else:
        client = paho.Client(client_id=name)
    if settings.user:
        client.username_pw_set(settings.user, password or None)
    if context is not None:
        client.tls_set_context(context)
    return client


def is_accepted(code: Any) -> bool:
    """Whether the broker took the connection: 0 with paho-mqtt 1, a reason code with 2."""
    return not code.is_failure if hasattr(code, "is_failure") else bool(code == _ACCEPTED)


class MqttOutput(LineOutput):
    """``run`` is the body of a thread that sends; paho has another one for the connection.

    ``conditions`` gives the members of the retained state; ``trigger`` is called for each message on ``trigger_topic``.
    """

    def __init__(
        self,
        settings: MqttSettings,
        board: str,
        journal: PartJournal,
        status: ServiceStatus,
        conditions: Callable[[], Dict[str, Any]],
        trigger_topic: str = "",
        trigger: Callable[[], None] = lambda: None,
    ) -> None:
        """Raises ServiceError: no library, no password, no certificates."""
        self._settings, self._board, self._journal, self._status = settings, board, journal, status
        self._conditions, self._trigger_topic, self._trigger = conditions, trigger_topic, trigger
        self.topics = topics_of(settings.prefix, board)
        self._client = make_client(settings, "{}-{}".format(settings.prefix.replace("/", "-"), board))
        self._client.will_set(self.topics.availability, OFFLINE, qos=1, retain=True)
        self._client.max_inflight_messages_set(_WINDOW)
        self._client.reconnect_delay_set(1, 30)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._received
        self._client.on_publish = self._acknowledged
        self._reach = OutputReach(status, "broker_lost", "broker", "results wait in the journal", host=settings.host)
        self._lock = threading.Lock()
        self._is_connected, self._greets = False, False
        self._acknowledgements: Set[int] = set()
        self._resend_from: Optional[int] = None
        self._last_state, self._state_at = "", 0.0

    # --- called by paho's thread -----------------------------------------------------------------------------------

    def _connected(self, client: Any, _: Any, __: Any, code: Any, *___: Any) -> None:
        if not is_accepted(code):
            self._reach.lost("it refuses the connection: {}".format(code))
            return
        client.subscribe([(topic, 1) for topic in (self.topics.resend, self._trigger_topic) if topic])
        with self._lock:
            self._is_connected, self._greets = True, True
        self._reach.found()
        LOG.info("broker connected", extra=fields(host=self._settings.host, port=self._settings.port))

    def _disconnected(self, *_: Any) -> None:
        with self._lock:
            was, self._is_connected = self._is_connected, False
        if was:
            self._reach.lost("the connection broke")

    def _acknowledged(self, _: Any, __: Any, number: int, *___: Any) -> None:
        with self._lock:
            self._acknowledgements.add(number)

    def _has(self, message: Any) -> bool:
        """Whether the broker has it. A message that was given to paho while the broker was away is sent later."""
        with self._lock:
            return message.mid in self._acknowledgements

    def _received(self, _: Any, __: Any, message: Any) -> None:
        """A trigger; or a consumer that has a gap asks for everything after a number once more."""
        if message.topic == self.topics.resend:
            text = message.payload[:20].decode("ascii", "replace").strip()
            if message.retain or not _NUMBER.match(text):
                LOG.warning("resend is not a number", extra=fields(payload=text))
                return
            with self._lock:
                self._resend_from = int(text)
        elif not message.retain:
            self._trigger()

    def put(self, row: PartRow, data: bytes) -> None:
        """Nothing: what is sent comes from the journal, in its order."""

    # --- the thread that sends -------------------------------------------------------------------------------------

    def run(self, stop: threading.Event) -> None:
        """Sends until ``stop``, and then for a moment what is decided by then."""
        self._reach.expect()
        self._client.connect_async(self._settings.host, self._settings.port, self._settings.keepalive_s)
        self._client.loop_start()
        until: List[float] = []

        def given_up() -> bool:
            """A while after the stop, so that nothing is sent twice that the broker is about to acknowledge."""
            if stop.is_set() and not until:
                until.append(time.monotonic() + _FLUSH_S)
            return bool(until) and time.monotonic() > until[0]

        while not stop.is_set():
            if not (self._ready_to_send() and self._send_some(given_up)):
                stop.wait(_POLL_S)
        while not given_up() and self._ready_to_send() and self._send_some(given_up):
            pass
        self._say_goodbye()

    def _ready_to_send(self) -> bool:
        with self._lock:
            connected, greets, self._greets = self._is_connected, self._greets, False
            resend, self._resend_from = self._resend_from, None
        if resend is not None and resend < self._journal.cursor(CURSOR):  # never forward: nothing may be left out
            self._journal.set_cursor(CURSOR, resend)
            LOG.info("results are sent again", extra=fields(after=resend))
        if greets:
            self._greet()
        if connected:
            self._send_state()
        return connected

    def _greet(self) -> None:
        self._last_state = ""
        self._client.publish(self.topics.availability, ONLINE, qos=1, retain=True)
        if self._settings.discovery:
            for topic, payload in discovery.messages(
                self._settings.discovery_prefix, self._board, self.topics._asdict()
            ):
                self._client.publish(topic, json.dumps(payload), qos=1, retain=True)

    def _send_some(self, given_up: Callable[[], bool]) -> bool:
        """Sends what waits, a window at a time; True when there was something, and the broker has got it."""
        found = self._journal.undelivered(CURSOR, _WINDOW)
        if not found:
            return False
        with self._lock:
            self._acknowledgements.clear()
        sent = [(row, self._send(row)) for row in found]
        for row, message in sent:
            while not self._has(message):
                if given_up():
                    return False  # paho sends it, or the next run does, with the same id
                time.sleep(0.002)
            self._journal.set_cursor(CURSOR, row.number)
            self._status.count("mqtt_results")
        return True

    def _send(self, row: PartRow) -> Any:
        return self._client.publish(self.topics.part, message_of(row, self._journal.previous(row.number)), qos=1)

    def _send_state(self) -> None:
        """The retained state: when it changed, at most once a second."""
        now = time.monotonic()
        if now - self._state_at < _STATE_EVERY_S:
            return
        text = json.dumps(self._conditions(), ensure_ascii=False, sort_keys=True)
        if text != self._last_state:
            self._client.publish(self.topics.state, text, qos=1, retain=True)
            self._last_state, self._state_at = text, now

    def _say_goodbye(self) -> None:
        """An end that was asked for says so itself: the broker publishes the last will only for one that was not."""
        with self._lock:
            connected = self._is_connected
        if connected:
            message = self._client.publish(self.topics.availability, OFFLINE, qos=1, retain=True)
            until = time.monotonic() + 1.0
            while not self._has(message) and time.monotonic() < until:
                time.sleep(0.01)
        self._client.disconnect()
        self._client.loop_stop()


def message_of(row: PartRow, previous: Optional[int]) -> str:
    """The message of a part. ``previous``: the number of the part before, by which a consumer notices a gap."""
    return json.dumps(dict(rows.to_json(row), previous=previous), ensure_ascii=False)


def answers(settings: MqttSettings, seconds: float = _CONNECT_S) -> str:
    """Connects and disconnects, and sends nothing; an error text, or empty where the broker takes the connection."""
    client = make_client(settings, "")
    done, codes = threading.Event(), []  # type: threading.Event, List[Any]

    def connected(_: Any, __: Any, ___: Any, code: Any, *____: Any) -> None:
        codes.append(code)
        done.set()

    client.on_connect = connected
    try:
        client.connect(settings.host, settings.port, settings.keepalive_s)
    except (OSError, ValueError) as error:
        return str(error)
    client.loop_start()
    done.wait(seconds)
    client.disconnect()
    client.loop_stop()
    if not codes:
        return "no answer within {:g} s".format(seconds)
    return "" if is_accepted(codes[0]) else "the connection is refused: {}".format(codes[0])
