"""Each kind of source can be made."""

import pytest

from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.settings.production import NO_SOURCE, SOURCES, SourceSettings
from ocr_app.line.sources.contract import FrameSource
from ocr_app.line.sources.opening import make_source


@pytest.mark.parametrize("kind", [kind for kind in SOURCES if kind != NO_SOURCE])
def test_every_kind(kind, tmp_path):
    settings = SourceSettings(kind=kind, path=str(tmp_path))
    assert isinstance(make_source(settings, CameraSettings(), 4, lambda key: False, str), FrameSource)
