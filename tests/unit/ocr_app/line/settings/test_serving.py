"""Sections about inputs, outputs and limits."""

import pytest

from ocr_app.line.settings.serving import FolderSettings, HttpSettings, LogSettings


@pytest.mark.parametrize("listen,enabled", [("127.0.0.1:8088", True), ("unix:/a", True), ("none", False), ("", False)])
def test_http_can_be_turned_off(listen, enabled):
    assert HttpSettings(listen=listen).enabled is enabled


def test_an_image_is_kept_or_deleted():
    with pytest.raises(ValueError, match="keep or delete"):
        FolderSettings(after="move")


def test_levels_are_those_of_logging():
    with pytest.raises(ValueError, match="debug or info or warning or error"):
        LogSettings(level="trace")
