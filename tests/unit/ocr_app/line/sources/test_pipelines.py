"""Settings become the text of a pipeline."""

import pytest

from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.sources.pipelines import describe, quoted

END = "videoconvert ! jpegenc quality=95"
CROP = "videoconvert ! videocrop left=10 top=20 right=-1 bottom=-1 ! video/x-raw,width=30,height=40"
REGION = (10, 20, 30, 40)


@pytest.mark.parametrize(
    "kind,settings,wanted",
    [
        ("usb", {}, "v4l2src ! video/x-raw ! " + END),
        (
            "usb",
            {"device": "/dev/video1", "format": "jpeg", "width": 1280, "height": 720, "rate_hz": 30},
            'v4l2src device="/dev/video1" ! image/jpeg,width=1280,height=720,framerate=30/1',
        ),
        ("usb", {"format": "jpeg", "region": REGION}, "v4l2src ! image/jpeg ! jpegdec ! {} ! {}".format(CROP, END)),
        (
            "usb",
            {"exposure_us": 2000.0, "controls": "gain=4"},
            'v4l2src extra-controls="c,auto_exposure=1,exposure_auto=1,exposure_time_absolute=20,'
            'exposure_absolute=20,gain=4" ! video/x-raw ! ' + END,
        ),
        (
            "csi",
            {"exposure_us": 500.0, "width": 1920, "height": 1080, "controls": 'gainrange="1 4"'},
            'nvarguscamerasrc sensor-id="0" exposuretimerange="500000 500000" gainrange="1 4" ! '
            "video/x-raw(memory:NVMM),format=NV12,width=1920,height=1080 ! nvvidconv ! video/x-raw,format=I420 ! "
            + END,
        ),
        (
            "rtsp",
            {"url": "rtsp://cam/1", "user": "anna", "region": REGION, "quality": 80},
            'rtspsrc location="rtsp://cam/1" protocols=tcp latency=100 user-id="anna" user-pw="p\\"w" ! decodebin ! '
            + CROP
            + " ! videoconvert ! jpegenc quality=80",
        ),
        ("gige", {}, "aravissrc ! video/x-raw ! " + END),
        (
            "gige",
            {"device": "A-1", "format": "bayer", "region": REGION, "exposure_us": 2500.0, "controls": "Gain=2"},
            'aravissrc camera-name="A-1" exposure-auto=off exposure=2500 '
            'features="OffsetX=0 OffsetY=0 Width=30 Height=40 OffsetX=10 OffsetY=20 Gain=2" ! '
            "video/x-bayer,width=30,height=40 ! bayer2rgb ! " + END,
        ),
        ("pipeline", {"pipeline": "videotestsrc"}, "videotestsrc ! " + END),
        ("pipeline", {"pipeline": "a ! jpegenc", "format": "jpeg"}, "a ! jpegenc"),
    ],
)
def test_each_kind(kind, settings, wanted):
    assert describe(kind, CameraSettings(**settings), 'p"w' if kind == "rtsp" else "") == wanted


def test_a_value_brings_no_element_of_its_own():
    assert quoted('a" ! filesink location=/etc/passwd "\\') == '"a\\" ! filesink location=/etc/passwd \\"\\\\"'
