"""The section about a camera, for the kinds of source that GStreamer opens."""

import re
from typing import Tuple

import attr

from ocr_app.line.settings.fields import setting

USB, CSI, RTSP, GIGE, PIPELINE = "usb", "csi", "rtsp", "gige", "pipeline"
CAMERAS = (USB, CSI, RTSP, GIGE, PIPELINE)
RAW, JPEG, BAYER = "raw", "jpeg", "bayer"
_URL = re.compile(r"(rtsps?://[^\s@]+)?")


def _is_region(value: Tuple[int, ...]) -> bool:
    return not value or (len(value) == 4 and min(value) >= 0 and min(value[2:]) > 0)


def _is_url(value: str) -> bool:
    return _URL.fullmatch(value) is not None


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class CameraSettings:
    """The camera, for `source.kind: usb`, `csi`, `rtsp`, `gige` or `pipeline`."""

    device: str = setting(
        "", "For `usb` the device, such as /dev/video0; for `csi` the number of the sensor; for `gige` name or address."
    )
    url: str = setting(
        "", "For `rtsp`: the address of the stream.", form="rtsp://HOST/..., without a user", fits=_is_url
    )
    pipeline: str = setting("", "For `pipeline`: elements of GStreamer, up to the pictures, as for gst-launch-1.0.")
    format: str = setting(
        RAW,
        "What the camera sends: pixels, JPEG files that are taken as they are, or a Bayer pattern (`gige`).",
        choices=(RAW, JPEG, BAYER),
    )
    width: int = setting(
        0, "Width of the picture that the camera is asked for; 0 leaves it to the camera.", "px", 0, 20000
    )
    height: int = setting(0, "Its height.", "px", 0, 20000)
    rate_hz: int = setting(0, "Frames in each second; 0 leaves it to the camera.", "Hz", 0, 1000)
    region: Tuple[int, ...] = setting(
        (),
        "The part of the picture that is taken; `gige` asks the camera for it, the others cut it out.",
        form="[x, y, width, height] in pixels",
        fits=_is_region,
    )
    exposure_us: float = setting(
        0.0, "For `usb`, `csi`, `gige`: the time of exposure; 0 leaves it to the camera.", "us", 0.0, 1e8
    )
    controls: str = setting(
        "", "For `usb` more controls of V4L2 (gain=4,...); for `gige` features of GenICam; for `csi` properties."
    )
    user: str = setting("", "For `rtsp`: the user.")
    password_file: str = setting("", "For `rtsp`: a file with the password in its first line.", path=True)
    password_env: str = setting("", "For `rtsp`: the environment variable with the password.")
    transport: str = setting("tcp", "For `rtsp`: how pictures travel.", choices=("tcp", "udp"))
    quality: int = setting(95, "Quality of the JPEG that pixels become on the way to the reader.", "%", 50, 100)
    open_s: float = setting(20.0, "Time from the opening to the first frame, at most.", "s", 0.1, 600.0)
    timeout_s: float = setting(
        5.0, "Time without a frame after which the camera is camera_lost and is opened again.", "s", 0.1, 3600.0
    )
    frozen_s: float = setting(
        0.0, "Time of one same picture, byte for byte, after which it is camera_lost; 0 means never.", "s", 0.0, 86400.0
    )
    latency_ms: float = setting(
        0.0, "Time from the exposure to the moment that GStreamer says; it is subtracted.", "ms", 0.0, 60000.0
    )
    waiting: int = setting(
        4, "Frames that may wait for the line; beyond that the oldest is dropped, counted.", "frames", 1, 64
    )
