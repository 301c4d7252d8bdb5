"""The section of a camera."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.line.settings.service import load


def loaded(tmp_path, text):
    path = tmp_path / "line.yaml"
    path.write_text("camera: {" + text + "}\n")
    return load(str(path)).camera


def test_a_region_and_an_address(tmp_path):
    assert loaded(tmp_path, "region: [1, 2, 30, 40]").region == (1, 2, 30, 40)
    assert loaded(tmp_path, "region: []").region == ()
    assert loaded(tmp_path, "url: 'rtsp://10.0.0.5:554/line?a=b'").url == "rtsp://10.0.0.5:554/line?a=b"


@pytest.mark.parametrize(
    "text,expected",
    [
        ("region: [1, 2, 0, 40]", "x, y, width, height"),
        ("region: [1, 2, 3]", "x, y, width, height"),
        ("url: 'rtsp://user:secret@10.0.0.5/line'", "without a user"),
        ("url: 'http://10.0.0.5/line'", "rtsp://HOST"),
        ("format: h264", "raw or jpeg or bayer"),
        ("password: secret", "password_file"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, text, expected):
    with pytest.raises(UsageError, match=expected):
        loaded(tmp_path, text)
