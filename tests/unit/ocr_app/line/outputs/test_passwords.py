"""Secrets come from a file or the environment."""

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.outputs.passwords import password_of, weaknesses
from ocr_app.line.settings.outputs import MqttSettings


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
