"""Secrets come from a file or the environment."""

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.outputs.credentials import (
    password_of,
    password_of_camera,
    password_of_upload,
    secret_of,
    weaknesses,
    weaknesses_of_camera,
    weaknesses_of_upload,
    weaknesses_of_webhook,
)
from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.settings.outputs import MqttSettings, UploadSettings, WebhookSettings


def test_from_a_file_or_the_environment(tmp_path):
    path = tmp_path / "password"
    path.write_text("secret 1\nsecond line\n")
    assert password_of(MqttSettings(password_file=str(path)), {}) == "secret 1"
    assert password_of(MqttSettings(password_env="P"), {"P": "secret 2"}) == "secret 2"
    assert password_of(MqttSettings(), {}) == ""


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_one_that_is_not_to_be_had_is_an_error_that_does_not_show_it(tmp_path, content):
    path = tmp_path / "password"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ServiceError):
        password_of(MqttSettings(password_file=str(path)), {})
    with pytest.raises(ServiceError, match="NOT_THERE"):
        password_of(MqttSettings(password_env="NOT_THERE"), {})


def test_weak_settings_are_named(tmp_path):
    path = tmp_path / "password"
    path.write_text("x\n")
    path.chmod(0o644)
    weak = weaknesses(MqttSettings(host="broker.plant", user="u", password_file=str(path)))
    assert ["chmod 600" in weak[0], "without tls" in weak[1], len(weak)] == [True, True, 2]
    assert "without a user" in weaknesses(MqttSettings(host="broker.plant", tls=True))[0]
    path.chmod(0o600)
    assert weaknesses(MqttSettings(host="b", tls=True, user="u", password_file=str(path))) == []
    assert weaknesses(MqttSettings(host="127.0.0.1")) == [] and weaknesses(MqttSettings()) == []


def test_the_secret_of_a_webhook_likewise(tmp_path):
    (tmp_path / "secret").write_text("s\n")
    assert secret_of(WebhookSettings(secret_file=str(tmp_path / "secret")), {}) == "s"
    assert secret_of(WebhookSettings(secret_env="S"), {"S": "t"}) == "t" and secret_of(WebhookSettings(), {}) == ""
    with pytest.raises(ServiceError, match=r"webhook\.secret_env"):
        secret_of(WebhookSettings(secret_env="NOT_THERE"), {})


def test_the_password_of_a_camera_likewise(tmp_path):
    path = tmp_path / "secret"
    path.write_text("s\n")
    path.chmod(0o644)
    settings = CameraSettings(url="rtsp://a", user="u", password_file=str(path))
    assert password_of_camera(settings) == "s"
    (weak,) = weaknesses_of_camera(settings)
    assert "chmod 600" in weak
    assert "without a user" in weaknesses_of_camera(CameraSettings(url="rtsp://a"))[0]
    assert (
        weaknesses_of_camera(CameraSettings(device="/dev/video0")) == [] and password_of_camera(CameraSettings()) == ""
    )


def test_weak_uploads_are_named_and_their_password_is_read(tmp_path):
    path = tmp_path / "password"
    path.write_text("p\n")
    path.chmod(0o644)
    own = UploadSettings(url="http://site.plant/p", user="u", password_file=str(path))
    assert password_of_upload(own) == "p" and password_of_upload(UploadSettings()) == ""
    found = weaknesses_of_upload(own)
    assert ["chmod 600" in found[0], "without https" in found[1], len(found)] == [True, True, 2]
    assert "without a user" in weaknesses_of_upload(UploadSettings(url="https://site.plant/p"))[0]
    assert weaknesses_of_upload(UploadSettings(url="http://127.0.0.1:1/p")) == []


def test_weak_webhooks_are_named(tmp_path):
    path = tmp_path / "secret"
    path.write_text("s\n")
    path.chmod(0o644)
    found = weaknesses_of_webhook(WebhookSettings(url="http://mes.plant/a", secret_file=str(path)))
    assert ["chmod 600" in found[0], "without https" in found[1], len(found)] == [True, True, 2]
    assert "without a secret" in weaknesses_of_webhook(WebhookSettings(url="https://mes.plant/a"))[0]
    for local in ("http://127.0.0.1:8000/a", "http://localhost", "http://[::1]:1/"):
        assert weaknesses_of_webhook(WebhookSettings(url=local)) == []
    assert weaknesses_of_webhook(WebhookSettings(url="http://127.0.0.1.evil.example/a")) != []
