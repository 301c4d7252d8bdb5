"""Which package of Debian and Ubuntu brings an element of GStreamer that is missing."""

import re

_GOOD, _BASE, _BAD = "gstreamer1.0-plugins-good", "gstreamer1.0-plugins-base", "gstreamer1.0-plugins-bad"
PACKAGES = {
    "appsink": _BASE,
    "aravissrc": "libaravis-0.8-0",
    "avdec_h264": "gstreamer1.0-libav",
    "bayer2rgb": _BAD,
    "decodebin": _BASE,
    "jpegdec": _GOOD,
    "jpegenc": _GOOD,
    "nvarguscamerasrc": "nvidia-l4t-gstreamer",
    "nvjpegenc": "nvidia-l4t-gstreamer",
    "nvvidconv": "nvidia-l4t-gstreamer",
    "rtph264depay": _GOOD,
    "rtspsrc": _GOOD,
    "udpsrc": _GOOD,
    "v4l2src": _GOOD,
    "videoconvert": _BASE,
    "videocrop": _GOOD,
    "videotestsrc": _BASE,
}
"""By element. On Ubuntu 18.04 of a Nano there is no package with ``aravissrc``; it is built from source there."""
_NO_ELEMENT = re.compile(r'no element "([^"]+)"')
_NO_DECODER = re.compile(r"missing a plug-in|No decoder available|no suitable plugins", re.IGNORECASE)


def package_of(message: str) -> str:
    """What to run, by a message of GStreamer; empty where nothing is missing."""
    element = _NO_ELEMENT.search(message)
    if element is not None:
        package = PACKAGES.get(element.group(1))
        if package is None:
            return "install the plugin with the element {}, or correct its name".format(element.group(1))
        return "apt-get install " + package
    if _NO_DECODER.search(message):
        return "apt-get install gstreamer1.0-libav gstreamer1.0-plugins-bad"
    return ""
