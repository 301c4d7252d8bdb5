"""Makes the source that the settings name."""

from typing import Callable

from ocr_app.line.settings.camera import CAMERAS, CameraSettings
from ocr_app.line.settings.production import SourceSettings
from ocr_app.line.sources.camera import CameraSource
from ocr_app.line.sources.contract import FrameSource
from ocr_app.line.sources.pushed import PushedSource
from ocr_app.line.sources.replay import ReplaySource
from ocr_app.line.sources.watched import WatchedSource


def make_source(
    settings: SourceSettings,
    camera: CameraSettings,
    capacity: int,
    known: Callable[[str], bool],
    password: Callable[[], str],
) -> FrameSource:
    """``capacity``: frames that may wait where programs send them; ``known``: whether a frame's key is a part;
    ``password``: that of the camera.
    """
    if settings.kind in CAMERAS:
        return CameraSource(settings.kind, camera, password)
    if settings.kind == "replay":
        return ReplaySource(settings.path, settings.rate_hz, settings.repeat)
    if settings.kind == "folder":
        return WatchedSource(settings.path, settings.after, known)
    assert settings.kind == "http", settings.kind
    return PushedSource(capacity)
