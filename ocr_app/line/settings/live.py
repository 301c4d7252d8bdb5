"""What has to hold between the settings of a live line."""

from typing import Iterator, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.line.settings import camera as cameras
from ocr_app.line.settings.service import ServiceSettings

_PATHS = {"replay": "of images", "folder": "that the camera writes to"}


def check_line(settings: ServiceSettings) -> None:
    """Raises UsageError for the first thing that does not fit; nothing is opened or asked."""
    for wrong, found, expected, step in _rules(settings):
        if wrong:
            raise UsageError(found, expected, step)


def _rules(settings: ServiceSettings) -> Iterator[Tuple[bool, str, str, str]]:
    """(is it wrong, what was found, what was expected, what to do)."""
    source, trigger = settings.source, settings.trigger
    known = ("mqtt", "webhook", "upload", "modbus", "plc", "reject", "page")
    outputs = [name for name in known if getattr(settings, name).enabled]
    if not source.enabled:
        named = ", ".join(outputs + ["journal.folder"] * bool(settings.journal.folder))
        found = "{} without a source".format(named)
        yield bool(named), found, "source.kind: replay, folder, http or a camera", "ocr-app line init"
        return
    yield (
        not settings.recipe.file,
        "a live line without a recipe",
        "recipe.file: nothing can pass without one",
        "ocr-app recipe teach",
    )
    yield not settings.journal.folder, "a live line without journal.folder", "a folder for the history", ""
    yield bool(settings.folder.watch), "source.kind and folder.watch (--watch)", "one of them", "source.kind: folder"
    of_what = _PATHS.get(source.kind, "")
    yield (
        bool(of_what) and not source.path,
        "source.kind {} without source.path".format(source.kind),
        "a folder " + of_what,
        "",
    )
    yield source.retry_s > source.retry_most_s, "source.retry_s is above source.retry_most_s", "the other way round", ""
    for part, kind in (("source", source.kind), ("trigger", trigger.kind)):
        needs_http = kind == "http" and not settings.http.enabled
        found = part + ".kind http while http.listen is none"
        yield needs_http, found, "an address", "http.listen: 127.0.0.1:8088"
    pushed = source.kind == "http" and trigger.kind != "frame"
    yield (
        pushed,
        "source.kind http with trigger.kind " + trigger.kind,
        "trigger.kind: frame; each request is a part",
        "",
    )
    dropped = source.kind == "http" and settings.parts.policy == "latest"
    yield dropped, "source.kind http with parts.policy latest", "parts.policy: every; each request is answered", ""
    yield from _camera_rules(settings)
    slow = settings.parts.queue > settings.limits.queue
    yield slow, "parts.queue is above limits.queue (--queue)", "at most {}".format(settings.limits.queue), ""
    yield (
        trigger.frames > 1 and trigger.kind in ("frame", "presence"),
        "trigger.frames above 1 with trigger.kind " + trigger.kind,
        "trigger.kind: mqtt, modbus, gpio or http",
        "",
    )
    yield (
        1 < trigger.frames < trigger.frames_agree,
        "trigger.frames_agree is above trigger.frames",
        "at most {}".format(trigger.frames),
        "",
    )
    many = settings.parts.queue * trigger.frames > settings.limits.queue
    yield many and trigger.frames > 1, "parts.queue times trigger.frames is above limits.queue (--queue)", "less", ""
    yield (
        trigger.kind == "mqtt" and not (trigger.topic and settings.mqtt.enabled),
        "trigger.kind mqtt without trigger.topic or mqtt.host",
        "both",
        "",
    )
    yield (
        trigger.kind == "modbus" and not settings.modbus.enabled,
        "trigger.kind modbus without modbus.listen",
        "HOST:PORT",
        "",
    )
    yield (
        trigger.kind == "gpio" and not (trigger.pin and settings.reject.enabled),
        "trigger.kind gpio without trigger.pin or reject.gpio",
        "both",
        "",
    )
    yield from _output_rules(settings)
    yield from _page_rules(settings)


def _camera_rules(settings: ServiceSettings) -> Iterator[Tuple[bool, str, str, str]]:
    source, own = settings.source, settings.camera
    if source.kind not in cameras.CAMERAS:
        yield own != cameras.CameraSettings(), "camera with source.kind " + source.kind, "source.kind: a camera", ""
        return
    named = "source.kind " + source.kind
    needs = {cameras.RTSP: "url", cameras.PIPELINE: "pipeline"}
    for kind, key in sorted(needs.items()):
        missing = source.kind == kind and not getattr(own, key)
        yield missing, "{} without camera.{}".format(named, key), "camera.{}".format(key), ""
        yield source.kind != kind and bool(getattr(own, key)), "{} with camera.{}".format(named, key), "one of them", ""
    wait = settings.trigger.kind == "frame" and settings.parts.policy == "every"
    yield (
        wait,
        named + " with trigger.kind frame and parts.policy every",
        "parts.policy: latest; cameras do not wait",
        "",
    )
    yield source.silent_s > 0, named + " with source.silent_s", "camera.timeout_s", ""
    deaf = source.kind in (cameras.RTSP, cameras.PIPELINE)
    yield deaf and own.exposure_us > 0, named + " with camera.exposure_us", "the exposure is set in the camera", ""
    yield deaf and bool(own.controls), named + " with camera.controls", "controls are set in the camera", ""
    sized = bool(own.width or own.height or own.rate_hz)
    yield deaf and sized, named + " with camera.width, height or rate_hz", "they are set in the camera", ""
    yield source.kind == cameras.RTSP and own.format != cameras.RAW, named + " with camera.format", "none of it", ""
    yield source.kind != cameras.GIGE and own.format == cameras.BAYER, named + " with camera.format bayer", "raw", ""
    no_files = source.kind in (cameras.GIGE, cameras.CSI) and own.format == cameras.JPEG
    yield no_files, named + " with camera.format jpeg", "raw", ""
    secret = bool(own.user or own.password_file or own.password_env)
    yield secret and source.kind != cameras.RTSP, named + " with a user or a password", "source.kind: rtsp", ""
    both = bool(own.password_file and own.password_env)
    yield both, "camera.password_file and camera.password_env", "one of them", ""
    yield secret and not own.user, "a password without camera.user", "the user that it belongs to", ""


def _output_rules(settings: ServiceSettings) -> Iterator[Tuple[bool, str, str, str]]:
    mqtt, reject = settings.mqtt, settings.reject
    both = bool(mqtt.password_file and mqtt.password_env)
    yield both, "mqtt.password_file and mqtt.password_env", "one of them", ""
    secret = bool(mqtt.password_file or mqtt.password_env)
    yield secret and not mqtt.user, "a password without mqtt.user", "the user that it belongs to", ""
    yield (
        bool(mqtt.certificate_file) != bool(mqtt.key_file),
        "only one of mqtt.certificate_file and mqtt.key_file",
        "both or neither",
        "",
    )
    needless = bool(mqtt.ca_file or mqtt.certificate_file) and not mqtt.tls
    yield needless, "certificates in mqtt without mqtt.tls", "mqtt.tls: true", ""
    webhook = settings.webhook
    both = bool(webhook.secret_file and webhook.secret_env)
    yield both, "webhook.secret_file and webhook.secret_env", "one of them", ""
    needless = bool(webhook.ca_file) and not webhook.url.startswith("https:")
    yield needless, "webhook.ca_file without https", "webhook.url: https://...", ""
    pause = webhook.retry_s > webhook.retry_most_s
    yield pause, "webhook.retry_s is above webhook.retry_most_s", "the other way round", ""
    upload = settings.upload
    both = bool(upload.password_file and upload.password_env)
    yield both, "upload.password_file and upload.password_env", "one of them", ""
    secret = bool(upload.password_file or upload.password_env)
    yield secret != bool(upload.user), "only one of upload.user and its password", "both or neither", ""
    needless = bool(upload.ca_file) and not upload.url.startswith("https:")
    yield needless, "upload.ca_file without https", "upload.url: https://...", ""
    pause = upload.retry_s > upload.retry_most_s
    yield pause, "upload.retry_s is above upload.retry_most_s", "the other way round", ""
    none = upload.enabled and settings.journal.pictures == "none"
    yield none, "upload.url with journal.pictures: none", "journal.pictures: rejects", ""
    plc = settings.plc
    pause = plc.retry_s > plc.retry_most_s
    yield pause, "plc.retry_s is above plc.retry_most_s", "the other way round", ""
    host, _, port = plc.address.rpartition(":")
    form = plc.enabled and (not host or not port.isdigit() or not 0 < int(port) <= 65535)
    yield form, "plc.address is {}".format(plc.address), "HOST:PORT, or none", "plc.address: 192.168.0.10:502"
    pins = [
        pin
        for pin in (reject.pin, reject.watchdog_pin, settings.trigger.pin * (settings.trigger.kind == "gpio"))
        if pin
    ]
    yield len(pins) != len(set(pins)), "one pin for two things", "a pin for each", ""
    yield reject.enabled and not pins, "reject.gpio without a pin", "reject.pin, reject.watchdog_pin or trigger.pin", ""


def _page_rules(settings: ServiceSettings) -> Iterator[Tuple[bool, str, str, str]]:
    page = settings.page
    if not page.enabled:
        return
    port = page.listen.rpartition(":")[2]
    form = not page.host or not port.isdigit() or int(port) > 65535
    yield form, "page.listen is {}".format(page.listen), "HOST:PORT, or none", "page.listen: 127.0.0.1:8089"
    clash = int(port) != 0 and settings.http.enabled and settings.http.listen.endswith(":" + port)
    found = "page.listen and http.listen have the same port {}".format(port)
    yield clash, found, "another port, or http.listen: none", "page.listen: 127.0.0.1:8089"
    yield (
        not page.is_local and not page.users_file,
        "page.listen {} lets other computers in, and there is no page.users_file".format(page.listen),
        "users, or a loopback address",
        "ocr-app line users add USERS.json NAME --role engineer",
    )
    only_one = bool(page.certificate_file) != bool(page.key_file)
    yield only_one, "only one of page.certificate_file and page.key_file", "both or neither", ""
