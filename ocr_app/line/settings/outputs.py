"""Sections about where the verdicts of a live line go: MQTT, a webhook, Modbus TCP both ways, the pins of a gate."""

import re

import attr

from ocr_app.line.settings.fields import setting

NO_ADDRESS = "none"
NO_GPIO = "none"
GPIOS = (NO_GPIO, "jetson")
_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s#]*)?")
_TOPIC = re.compile(r"[^#+\x00/]+(/[^#+\x00/]+)*")


def _is_url(value: str) -> bool:
    return not value or _URL.fullmatch(value) is not None


def _is_topic(value: str) -> bool:
    return _TOPIC.fullmatch(value) is not None


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class BrokerSettings:
    """An MQTT broker, and who connects to it: a line, or the site."""

    host: str = setting("", "Name or address of the broker; without one, nothing is sent.")
    port: int = setting(1883, "Its port; 8883 is usual with TLS.", "(port)", 1, 65535)
    prefix: str = setting("nano-ocr", "What every topic begins with.", form="a topic without wildcards", fits=_is_topic)
    user: str = setting("", "The user; the password is in a file or in the environment, never here.")
    password_file: str = setting("", "File whose first line is the password.", path=True)
    password_env: str = setting("", "Name of the environment variable that holds the password.")
    tls: bool = setting(False, "Encrypt, and check the certificate of the broker.")
    ca_file: str = setting(
        "", "Certificates that may sign that of the broker; without one, those of the system.", path=True
    )
    certificate_file: str = setting("", "Certificate that the broker is shown.", path=True)
    key_file: str = setting("", "Private key of that certificate.", path=True)
    keepalive_s: int = setting(15, "Silence after which the broker counts its client as gone.", "s", 1, 3600)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class MqttSettings(BrokerSettings):
    """The MQTT broker that gets every result."""

    discovery: bool = setting(False, "Announce the line to Home Assistant.")
    discovery_prefix: str = setting(
        "homeassistant",
        "What the topics of these announcements begin with.",
        form="a topic without wildcards",
        fits=_is_topic,
    )

    @property
    def enabled(self) -> bool:
        """Whether there is a broker."""
        return bool(self.host)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class WebhookSettings:
    """A program that gets every result by HTTP."""

    url: str = setting(
        "", "Where each result is sent by POST; without one, nothing is sent.", form="http:// or https://", fits=_is_url
    )
    secret_file: str = setting("", "File whose first line is the secret that signs each request.", path=True)
    secret_env: str = setting("", "Name of the environment variable that holds this secret.")
    ca_file: str = setting(
        "", "Certificates that may sign that of the program; without one, those of the system.", path=True
    )
    timeout_s: float = setting(5.0, "Time for one request.", "s", 0.1, 300.0)
    retry_s: float = setting(1.0, "Pause after a request that failed; it doubles with each failure.", "s", 0.01, 3600.0)
    retry_most_s: float = setting(60.0, "The longest of these pauses.", "s", 0.01, 86400.0)

    @property
    def enabled(self) -> bool:
        """Whether there is a webhook."""
        return bool(self.url)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class UploadSettings:
    """Where pictures of rejects are sent to, by HTTP PUT: a folder of a web server, or a store of objects."""

    url: str = setting(
        "",
        "Pictures go to URL/BOARD/ID of the part; without one, none are sent.",
        form="http:// or https://",
        fits=_is_url,
    )
    user: str = setting("", "The user; the password is in a file or in the environment, never here.")
    password_file: str = setting("", "File whose first line is the password.", path=True)
    password_env: str = setting("", "Name of the environment variable that holds the password.")
    ca_file: str = setting(
        "", "Certificates that may sign that of the server; without one, those of the system.", path=True
    )
    timeout_s: float = setting(10.0, "Time for one picture.", "s", 0.1, 300.0)
    retry_s: float = setting(5.0, "Pause after a failure; it doubles with each one.", "s", 0.01, 3600.0)
    retry_most_s: float = setting(300.0, "The longest of these pauses.", "s", 0.01, 86400.0)

    @property
    def enabled(self) -> bool:
        """Whether pictures are sent."""
        return bool(self.url)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class ModbusSettings:
    """A Modbus TCP server for a PLC; Modbus knows no users, so its network has to be trusted."""

    listen: str = setting(NO_ADDRESS, "Where to listen.", form="HOST:PORT, or none")
    acknowledge: bool = setting(
        False, "A verdict stays until the PLC has acknowledged its sequence; the next ones wait."
    )
    waiting: int = setting(64, "Verdicts that may wait for an acknowledgement; the oldest is lost.", "parts", 1, 10000)

    @property
    def enabled(self) -> bool:
        """Whether the server listens."""
        return self.listen not in ("", NO_ADDRESS)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class PlcSettings:
    """A PLC whose holding registers the verdicts are written to; its network has to be trusted, too."""

    address: str = setting(
        NO_ADDRESS, "The PLC, a Modbus TCP server; with none, nothing is written.", form="HOST:PORT, or none"
    )
    unit: int = setting(1, "Its unit number.", "(number)", 0, 255)
    register: int = setting(
        0, "First of the 68 holding registers that the map takes, counted from 0.", "(address)", 0, 65468
    )
    acknowledge: bool = setting(
        True, "A verdict stands until the PLC has written its sequence behind the map; the next ones wait."
    )
    late_ms: float = setting(
        2000.0, "A verdict not taken so long after its decision is withdrawn and lost; 0 is never.", "ms", 0.0, 600000.0
    )
    poll_ms: float = setting(
        20.0, "How often it is asked; without acknowledgement, how long a verdict stands at least.", "ms", 1.0, 10000.0
    )
    timeout_s: float = setting(2.0, "Time for one request.", "s", 0.1, 60.0)
    retry_s: float = setting(0.5, "Pause before it is called again; it doubles with each failure.", "s", 0.01, 3600.0)
    retry_most_s: float = setting(10.0, "The longest of these pauses.", "s", 0.01, 86400.0)

    @property
    def enabled(self) -> bool:
        """Whether there is a PLC to write to."""
        return self.address not in ("", NO_ADDRESS)


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class RejectSettings:
    """The pins of the board: one that lets a part pass, and one that shows that the service is alive."""

    gpio: str = setting(NO_GPIO, "What drives the pins; `jetson` is the library Jetson.GPIO.", choices=GPIOS)
    pin: int = setting(
        0, "Pin that is high only for a part that passes, so that no power and no process reject.", "(pin)", 0, 40
    )
    delay_ms: float = setting(
        0.0, "Time from the trigger to the moment at which the part is at the gate.", "ms", 0.0, 600000.0
    )
    length_ms: float = setting(100.0, "How long the pin stays high for one part.", "ms", 1.0, 600000.0)
    watchdog_pin: int = setting(0, "Pin that changes while the service is live and ready; 0 is none.", "(pin)", 0, 40)
    watchdog_ms: float = setting(250.0, "How long it stays high, and low.", "ms", 10.0, 60000.0)

    @property
    def enabled(self) -> bool:
        """Whether any pin is driven."""
        return self.gpio != NO_GPIO
