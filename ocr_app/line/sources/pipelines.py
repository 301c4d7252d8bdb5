"""The pipeline of GStreamer that the settings of a camera mean, as text. It ends in JPEG files.

Values are quoted, so that none of them can bring an element of its own; `pipeline` and the `controls` of `csi` are
elements and properties on purpose. Kernels name the controls of V4L2 for exposure differently (exposure_auto and
exposure_absolute on L4T 32), so both names are given; v4l2src warns of the one that the driver does not have.
"""

from typing import List

from ocr_app.line.settings.camera import BAYER, CSI, GIGE, JPEG, PIPELINE, RTSP, CameraSettings


def describe(kind: str, camera: CameraSettings, password: str = "") -> str:
    """The text for gst_parse_launch, without a sink. ``kind``: one of CAMERAS."""
    parts = {CSI: _csi, RTSP: _rtsp, GIGE: _gige, PIPELINE: _own}.get(kind, _usb)(camera, password)
    return " ! ".join(parts)


def _usb(camera: CameraSettings, _: str) -> List[str]:
    source = ["v4l2src"]
    source += ["device=" + quoted(camera.device)] if camera.device else []
    controls = []
    if camera.exposure_us:
        time = max(1, round(camera.exposure_us / 100.0))  # V4L2 counts in 0.1 ms; 1 of exposure_auto is "manual"
        controls += ["auto_exposure=1", "exposure_auto=1"]
        controls += ["exposure_time_absolute={}".format(time), "exposure_absolute={}".format(time)]
    controls += [camera.controls] if camera.controls else []
    source += ["extra-controls=" + quoted("c," + ",".join(controls))] if controls else []
    media = "image/jpeg" if camera.format == JPEG else "video/x-raw"
    return [" ".join(source), media + _size(camera)] + _ending(camera)


def _csi(camera: CameraSettings, _: str) -> List[str]:
    source = ["nvarguscamerasrc", "sensor-id=" + quoted(camera.device or "0")]
    if camera.exposure_us:
        time = int(camera.exposure_us * 1000.0)
        source.append('exposuretimerange="{} {}"'.format(time, time))
    source += [camera.controls] if camera.controls else []
    caps = "video/x-raw(memory:NVMM),format=NV12" + _size(camera)
    return [" ".join(source), caps, "nvvidconv", "video/x-raw,format=I420"] + _ending(camera)


def _rtsp(camera: CameraSettings, password: str) -> List[str]:
    """The jitter buffer waits for nothing: frames are taken as they come."""
    source = ["rtspsrc", "location=" + quoted(camera.url), "protocols=" + camera.transport, "latency=100"]
    source += ["user-id=" + quoted(camera.user)] if camera.user else []
    source += ["user-pw=" + quoted(password)] if password else []
    return [" ".join(source), "decodebin"] + _ending(camera)


def _gige(camera: CameraSettings, _: str) -> List[str]:
    """The region by features: aravissrc 0.8.26 takes offset-x and does nothing with it."""
    source = ["aravissrc"]
    source += ["camera-name=" + quoted(camera.device)] if camera.device else []
    source += ["exposure-auto=off", "exposure={:g}".format(camera.exposure_us)] if camera.exposure_us else []
    features, size = [], _size(camera)
    if camera.region:
        features.append("OffsetX=0 OffsetY=0 Width={2} Height={3} OffsetX={0} OffsetY={1}".format(*camera.region))
        size = ",width={},height={}{}".format(camera.region[2], camera.region[3], _rate(camera))
    features += [camera.controls] if camera.controls else []
    source += ["features=" + quoted(" ".join(features))] if features else []
    bayer = camera.format == BAYER
    caps = ("video/x-bayer" if bayer else "video/x-raw") + size
    return [" ".join(source), caps] + ["bayer2rgb"] * bayer + _encoder(camera)


def _own(camera: CameraSettings, _: str) -> List[str]:
    return [camera.pipeline] + _ending(camera)


def _size(camera: CameraSettings) -> str:
    size = ",width={}".format(camera.width) if camera.width else ""
    return size + (",height={}".format(camera.height) if camera.height else "") + _rate(camera)


def _rate(camera: CameraSettings) -> str:
    return ",framerate={}/1".format(camera.rate_hz) if camera.rate_hz else ""


def _ending(camera: CameraSettings) -> List[str]:
    """From what the camera sends to JPEG files of the region."""
    crop = []
    if camera.region:
        left, top, width, height = camera.region
        crop = ["videoconvert", "videocrop left={} top={} right=-1 bottom=-1".format(left, top)]
        crop.append("video/x-raw,width={},height={}".format(width, height))
    if camera.format == JPEG:
        return ["jpegdec"] + crop + _encoder(camera) if crop else []
    return crop + _encoder(camera)


def _encoder(camera: CameraSettings) -> List[str]:
    return ["videoconvert", "jpegenc quality={}".format(camera.quality)]


def quoted(value: str) -> str:
    """A value in a pipeline."""
    return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))
