"""What has to hold between the settings of a live line."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.line.settings.live import check_line
from ocr_app.line.settings.service import ServiceSettings, load

_USB = {"kind": "usb"}
_LATEST = {"policy": "latest"}
_RTSP = {"source": {"kind": "rtsp"}, "parts": _LATEST}
_COIL = {"source": {"kind": "folder", "path": "f"}, "modbus": {"listen": "a:1"}}
GOOD = {"source": {"kind": "http"}, "recipe": {"file": "r.yaml"}, "journal": {"folder": "j"}}


def settings(tmp_path, **sections):
    lines = []
    for name, values in dict(GOOD, **sections).items():
        lines.append("{}: {{{}}}".format(name, ", ".join("{}: {}".format(*pair) for pair in values.items())))
    path = tmp_path / "line.yaml"
    path.write_text("\n".join(lines))
    return load(str(path))


def test_a_whole_line_fits_and_a_service_without_one_too(tmp_path):
    check_line(settings(tmp_path))
    check_line(ServiceSettings())
    check_line(settings(tmp_path, mqtt={"host": "b", "user": "u", "password_env": "P", "tls": "true", "ca_file": "c"}))
    check_line(settings(tmp_path, source={"kind": "csi"}, parts={"policy": "latest"}, camera={"exposure_us": 100}))
    check_line(settings(tmp_path, source={"kind": "replay", "path": "in"}, reject={"gpio": "jetson", "pin": 11}))


@pytest.mark.parametrize(
    "sections,found",
    [
        ({"source": {"kind": "none"}}, "journal.folder without a source"),
        ({"source": {"kind": "none"}, "modbus": {"listen": "a:1"}}, "modbus, journal.folder without a source"),
        ({"recipe": {"clock": "never"}}, "without a recipe"),
        ({"journal": {"board": "x"}}, "without journal.folder"),
        ({"folder": {"watch": "w"}}, "folder.watch"),
        ({"source": {"kind": "replay"}}, "without source.path"),
        ({"source": {"kind": "http", "retry_s": 9, "retry_most_s": 8}}, "retry_most_s"),
        ({"http": {"listen": "none"}}, "http.listen is none"),
        ({"trigger": {"kind": "presence"}}, "trigger.kind presence"),
        ({"parts": {"policy": "latest"}}, "parts.policy latest"),
        ({"parts": {"queue": 9}}, "above limits.queue"),
        ({"source": {"kind": "folder", "path": "f"}, "trigger": {"kind": "mqtt", "topic": "t"}}, "mqtt.host"),
        ({"source": {"kind": "folder", "path": "f"}, "trigger": {"kind": "modbus"}}, "modbus.listen"),
        ({"source": {"kind": "folder", "path": "f"}, "trigger": {"kind": "gpio", "pin": 7}}, "reject.gpio"),
        ({"trigger": {"frames": 2}}, "trigger.frames above 1"),
        ({"camera": {"device": "/dev/video0"}}, "camera with source.kind http"),
        ({"source": {"kind": "rtsp"}, "parts": _LATEST}, "source.kind rtsp without camera.url"),
        ({"source": {"kind": "pipeline"}, "parts": _LATEST}, "source.kind pipeline without camera.pipeline"),
        ({"source": _USB, "camera": {"url": "'rtsp://a'"}, "parts": _LATEST}, "source.kind usb with camera.url"),
        ({"source": _USB}, "source.kind usb with trigger.kind frame and parts.policy every"),
        ({"source": {"kind": "usb", "silent_s": 5}, "parts": _LATEST}, "source.silent_s"),
        ({"source": _USB, "camera": {"format": "bayer"}, "parts": _LATEST}, "camera.format bayer"),
        ({"source": {"kind": "gige"}, "camera": {"format": "jpeg"}, "parts": _LATEST}, "camera.format jpeg"),
        ({"source": _USB, "camera": {"user": "a"}, "parts": _LATEST}, "a user or a password"),
        ({**_RTSP, "camera": {"url": "'rtsp://a'", "password_env": "P"}}, "without camera.user"),
        ({**_RTSP, "camera": {"url": "'rtsp://a'", "exposure_us": 5}}, "camera.exposure_us"),
        ({**_RTSP, "camera": {"url": "'rtsp://a'", "controls": "a"}}, "camera.controls"),
        ({**_RTSP, "camera": {"url": "'rtsp://a'", "width": 5}}, "camera.width"),
        ({**_RTSP, "camera": {"url": "'rtsp://a'", "format": "jpeg"}}, "camera.format"),
        (
            {**_RTSP, "camera": {"url": "'rtsp://a'", "user": "u", "password_env": "P", "password_file": "f"}},
            "camera.password_file and",
        ),
        ({**_COIL, "trigger": {"kind": "modbus", "frames": 2, "frames_agree": 3}}, "frames_agree is above"),
        ({**_COIL, "trigger": {"kind": "modbus", "frames": 3}}, "parts.queue times trigger.frames"),
        ({"mqtt": {"host": "b", "user": "u", "password_env": "P", "password_file": "f"}}, "password_env"),
        ({"mqtt": {"host": "b", "password_env": "P"}}, "without mqtt.user"),
        ({"mqtt": {"host": "b", "tls": "true", "key_file": "k"}}, "only one of"),
        ({"mqtt": {"host": "b", "ca_file": "c"}}, "without mqtt.tls"),
        ({"webhook": {"url": "'http://a/b'", "secret_file": "f", "secret_env": "E"}}, "webhook.secret_env"),
        ({"webhook": {"url": "'http://a/b'", "ca_file": "c"}}, "without https"),
        ({"webhook": {"url": "'http://a/b'", "retry_s": 9, "retry_most_s": 8}}, "webhook.retry_s"),
        (
            {"upload": {"url": "'https://a'", "user": "u", "password_file": "f", "password_env": "E"}},
            "upload.password_env",
        ),
        ({"upload": {"url": "'https://a'", "user": "u"}}, "only one of upload.user"),
        ({"upload": {"url": "'http://a'", "ca_file": "c"}}, "upload.ca_file without https"),
        ({"upload": {"url": "'http://a'", "retry_s": 9, "retry_most_s": 8}}, "upload.retry_s"),
        ({"upload": {"url": "'http://a'"}, "journal": {"folder": "j", "pictures": "none"}}, "journal.pictures"),
        ({"plc": {"address": "'p:502'", "retry_s": 9, "retry_most_s": 8}}, "plc.retry_s"),
        ({"plc": {"address": "p"}}, "plc.address is p"),
        ({"plc": {"address": "'p:0'"}}, "plc.address is p:0"),
        ({"reject": {"gpio": "jetson", "pin": 11, "watchdog_pin": 11}}, "one pin for two"),
        ({"reject": {"gpio": "jetson"}}, "without a pin"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, sections, found):
    with pytest.raises(UsageError, match=found):
        check_line(settings(tmp_path, **sections))


def test_a_password_in_the_file_is_an_unknown_key(tmp_path):
    with pytest.raises(UsageError, match=r"line.yaml:4: unknown key 'password' in mqtt, did you mean 'password_"):
        settings(tmp_path, mqtt={"host": "b", "password": "secret"})


def test_names_of_boards_and_topics_are_checked(tmp_path):
    for sections in ({"journal": {"folder": "j", "board": "a/b"}}, {"mqtt": {"host": "b", "prefix": "a/#"}}):
        with pytest.raises(UsageError, match=r"line.yaml:\d: "):
            settings(tmp_path, **sections)
