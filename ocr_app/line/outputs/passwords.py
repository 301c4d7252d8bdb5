"""Passwords: from a file or the environment, never from the settings themselves."""

import os
import stat
from typing import List, Mapping

from ocr_app.core.errors import ServiceError
from ocr_app.line.settings.outputs import MqttSettings


def password_of(settings: MqttSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password for the broker, empty where none is set. Raises ServiceError where it is not to be had."""
    if settings.password_env:
        if not environ.get(settings.password_env):
            found = "the environment variable {} (mqtt.password_env) is not set".format(settings.password_env)
            raise ServiceError(found, "the password in it")
        return environ[settings.password_env]
    if not settings.password_file:
        return ""
    try:
        with open(settings.password_file, encoding="utf-8") as stream:
            password = stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        found = "mqtt.password_file {}: {}".format(settings.password_file, error)
        raise ServiceError(found, "a file that holds the password in its first line") from error
    if not password:
        raise ServiceError("mqtt.password_file {} is empty".format(settings.password_file), "the password")
    return password


def weaknesses(settings: MqttSettings) -> List[str]:
    """What makes a secret easy to get, in words."""
    found = []
    path = settings.password_file
    if path and os.path.exists(path) and os.stat(path).st_mode & (stat.S_IROTH | stat.S_IWOTH):
        found.append("every user of this computer may read mqtt.password_file: chmod 600")
    local = settings.host in ("localhost", "127.0.0.1", "::1")
    if settings.enabled and not settings.tls and not local:
        found.append("mqtt without tls: everyone on the network can read and change what is sent")
    if settings.enabled and not settings.user and not settings.certificate_file and not local:
        found.append("mqtt without a user and without a certificate: anyone may send in the name of this board")
    return found
