"""Whether a live line could start: every source, broker and library is looked at or asked, and nothing is changed."""

import os
import shutil
import socket
from typing import Callable, Iterator, List, NamedTuple, Tuple
from urllib.parse import urlsplit

from ocr_app.core.errors import OcrError, ServiceError
from ocr_app.line.outputs import modbus, mqtt, plc, webhook
from ocr_app.line.outputs.credentials import (
    password_of,
    password_of_camera,
    password_of_upload,
    secret_of,
    weaknesses,
    weaknesses_of_camera,
    weaknesses_of_upload,
    weaknesses_of_webhook,
)
from ocr_app.line.outputs.gpio import JetsonPins
from ocr_app.line.page.access import certificate, listening, users
from ocr_app.line.settings.camera import CAMERAS
from ocr_app.line.settings.page import OPEN
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.sources.contract import CameraLost
from ocr_app.line.sources.opening import make_source

GOOD, WEAK, BAD = "ok", "warning", "error"
_MB = 1 << 20
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class LineFinding(NamedTuple):
    """One row: ``state`` is "ok", "warning" or "error"."""

    state: str
    about: str
    found: str


def probe(settings: ServiceSettings) -> List[LineFinding]:
    """Everything that was found, in the order of the settings file."""
    found: List[LineFinding] = []
    for about, look in _looks(settings):
        try:
            found += [LineFinding(state, about, text) for state, text in look(settings)]
        except OcrError as error:
            found.append(LineFinding(BAD, about, error.message().replace("\n  ", "; ")))
    return found


_Rows = Iterator[Tuple[str, str]]
_Look = Callable[[ServiceSettings], _Rows]


def _looks(settings: ServiceSettings) -> List[Tuple[str, _Look]]:
    looks: List[Tuple[str, _Look]] = [("source", _source), ("journal", _journal)]
    looks += [("mqtt", _mqtt)] if settings.mqtt.enabled else []
    looks += [("webhook", _webhook)] if settings.webhook.enabled else []
    looks += [("upload", _upload)] if settings.upload.enabled else []
    looks += [("modbus", _modbus)] if settings.modbus.enabled else []
    looks += [("plc", _plc)] if settings.plc.enabled else []
    looks += [("reject", _reject)] if settings.reject.enabled else []
    looks += [("page", _page)] if settings.page.enabled else []
    return looks


def _source(settings: ServiceSettings) -> _Rows:
    own, camera = settings.source, settings.camera
    source = make_source(own, camera, 1, lambda key: False, lambda: password_of_camera(camera))
    try:
        yield GOOD, source.check()
    except CameraLost as error:
        yield BAD, str(error)
    if own.kind in CAMERAS:
        for text in weaknesses_of_camera(camera):
            yield WEAK, text


def _journal(settings: ServiceSettings) -> _Rows:
    own = settings.journal
    above = own.folder
    while not os.path.isdir(above):
        above = os.path.dirname(above)
    if not os.access(above, os.W_OK | os.X_OK):
        yield BAD, "{} may not be written by this user".format(above)
        return
    free_mb = shutil.disk_usage(above).free // _MB
    wanted_mb = own.low_water_mb
    if own.pictures != "none":
        wanted_mb += own.rejects_mb + (own.passes_mb if own.pictures == "all" else 0)
    state = GOOD if free_mb >= wanted_mb else WEAK
    yield state, "{}: {} MB free, quotas and low water want {} MB".format(own.folder, free_mb, wanted_mb)


def _mqtt(settings: ServiceSettings) -> _Rows:
    mqtt.library()
    password_of(settings.mqtt)
    problem = mqtt.answers(settings.mqtt)
    where = "{}:{}".format(settings.mqtt.host, settings.mqtt.port)
    yield (BAD, "{}: {}".format(where, problem)) if problem else (GOOD, "{} takes the connection".format(where))
    for text in weaknesses(settings.mqtt):
        yield WEAK, text


def _upload(settings: ServiceSettings) -> _Rows:
    """Only whether somebody listens there: a request would be a picture."""
    password_of_upload(settings.upload)
    webhook.make_opener(settings.upload.url, settings.upload.ca_file, "upload.ca_file")
    yield _listens(settings.upload.url, settings.upload.timeout_s)
    for text in weaknesses_of_upload(settings.upload):
        yield WEAK, text


def _webhook(settings: ServiceSettings) -> _Rows:
    """Only whether somebody listens there: a request would be a result."""
    secret_of(settings.webhook)
    webhook.make_opener(settings.webhook.url, settings.webhook.ca_file, "webhook.ca_file")
    yield _listens(settings.webhook.url, settings.webhook.timeout_s)
    for text in weaknesses_of_webhook(settings.webhook):
        yield WEAK, text


def _listens(url: str, timeout_s: float) -> Tuple[str, str]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout_s).close()
    except OSError as error:
        return BAD, "{}:{}: {}".format(parts.hostname, port, error)
    return GOOD, "{}:{} listens; nothing was sent".format(parts.hostname, port)


def _modbus(settings: ServiceSettings) -> _Rows:
    modbus.library()
    host, port = modbus.address_of(settings.modbus.listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
            yield GOOD, "{} is free".format(settings.modbus.listen)
        except OSError as error:
            yield BAD, "{}: {}; the running service may have it".format(settings.modbus.listen, error.strerror)
    if host not in _LOOPBACK:
        yield WEAK, "Modbus knows no users: everyone who reaches {} may trigger and acknowledge".format(host)


def _plc(settings: ServiceSettings) -> _Rows:
    """Only reads: a write could be taken for a verdict."""
    own = settings.plc
    problem = plc.answers(own)
    yield (BAD, "{}: {}".format(own.address, problem)) if problem else (GOOD, own.address + " shows its registers")
    if modbus.address_of(own.address, "plc.address")[0] not in _LOOPBACK:
        yield WEAK, "Modbus knows no users: everyone who reaches {} may write verdicts".format(own.address)
    if not own.acknowledge:
        yield WEAK, "plc.acknowledge is false: nobody knows whether the PLC saw a verdict"
    if not own.late_ms:
        yield WEAK, "plc.late_ms is 0: after a while without the PLC, verdicts of parts that are long gone come first"


def _reject(settings: ServiceSettings) -> _Rows:
    JetsonPins().close()
    yield GOOD, "Jetson.GPIO knows this board"
    if not settings.reject.watchdog_pin:
        yield WEAK, "no watchdog pin: a process that is killed while the gate is open leaves it open"


def _page(settings: ServiceSettings) -> _Rows:
    own = settings.page
    listening.libraries()
    try:
        listening.bind(own).close()
        yield GOOD, "{} is free".format(own.listen)
    except ServiceError as error:
        yield BAD, "{}; the running service may have it".format(error.found)
    if own.users_file:
        yield GOOD, "{} users may sign in".format(len(users.load(own.users_file)))
        for text in users.weaknesses(own.users_file):
            yield WEAK, text
    else:
        yield WEAK, "no page.users_file: everyone of this computer may look, and nobody can acknowledge an alarm"
    yield from _page_network(settings)


def _page_network(settings: ServiceSettings) -> _Rows:
    own = settings.page
    pair = certificate.files_of(own, settings.journal.folder)
    if own.certificate_file:
        certificate.load(*pair)
        yield GOOD, "{} and its key fit together".format(own.certificate_file)
    elif not own.is_local:
        yield WEAK, "the page makes its own certificate: browsers warn until they trust {}".format(pair[0])
    if not own.is_local and own.look == OPEN:
        yield WEAK, "page.look is open: everyone who reaches {} sees pictures and results".format(own.listen)
    if own.idle_min > 120:
        yield WEAK, "page.idle_min is {}: a sign-in that was left open stays open for hours".format(own.idle_min)
