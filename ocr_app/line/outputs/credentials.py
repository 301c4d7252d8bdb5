"""Passwords and certificates of outputs and cameras: from files or the environment, never from the settings."""

import os
import re
import ssl
import stat
from typing import List, Mapping

from ocr_app.core.errors import ServiceError
from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.settings.outputs import BrokerSettings, MqttSettings, UploadSettings, WebhookSettings

_LOCAL = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])([:/]|\Z)")


def password_of(settings: BrokerSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password for the broker, empty where none is set. Raises ServiceError where it is not to be had."""
    return _secret("mqtt.password", "password", settings.password_file, settings.password_env, environ)


def secret_of(settings: WebhookSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The secret that signs what a webhook gets, empty where none is set. Raises ServiceError likewise."""
    return _secret("webhook.secret", "secret", settings.secret_file, settings.secret_env, environ)


def password_of_upload(settings: UploadSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password for the store of pictures, empty where none is set. Raises ServiceError likewise."""
    return _secret("upload.password", "password", settings.password_file, settings.password_env, environ)


def password_of_camera(settings: CameraSettings, environ: Mapping[str, str] = os.environ) -> str:
    """The password of a camera's stream, empty where none is set. Raises ServiceError likewise."""
    return _secret("camera.password", "password", settings.password_file, settings.password_env, environ)


def _secret(key: str, what: str, path: str, variable: str, environ: Mapping[str, str]) -> str:
    if variable:
        if not environ.get(variable):
            found = "the environment variable {} ({}_env) is not set".format(variable, key)
            raise ServiceError(found, "the {} in it".format(what))
        return environ[variable]
    if not path:
        return ""
    try:
        with open(path, encoding="utf-8") as stream:
            secret = stream.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        found = "{}_file {}: {}".format(key, path, error)
        raise ServiceError(found, "a file that holds the {} in its first line".format(what)) from error
    if not secret:
        raise ServiceError("{}_file {} is empty".format(key, path), "the {}".format(what))
    return secret


def tls_context(settings: BrokerSettings) -> ssl.SSLContext:
    """Checks the broker's certificate and its name. Raises ServiceError where a file cannot be used."""
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
        if settings.certificate_file:
            context.load_cert_chain(settings.certificate_file, settings.key_file)
        return context
    except (OSError, ValueError) as error:
        found = "the certificates of mqtt cannot be used: {}".format(error)
        raise ServiceError(found, "PEM files that this user may read", "mqtt.ca_file, certificate_file, key_file")


def weaknesses_of_webhook(settings: WebhookSettings) -> List[str]:
    """What makes it easy to read, or to forge, what a webhook gets, in words."""
    found = _open_to_all("webhook.secret_file", settings.secret_file)
    local = _LOCAL.match(settings.url) is not None
    if not local and not settings.url.startswith("https:"):
        found.append("webhook without https: everyone on the network can read what is sent")
    if not local and not settings.secret_file and not settings.secret_env:
        found.append("webhook without a secret: anyone may send results in the name of this board")
    return found


def weaknesses_of_upload(settings: UploadSettings) -> List[str]:
    """What makes it easy to see pictures, or to send others, in words."""
    found = _open_to_all("upload.password_file", settings.password_file)
    local = _LOCAL.match(settings.url) is not None
    if not local and not settings.url.startswith("https:"):
        found.append("upload without https: everyone on the network can see pictures and the password")
    if not local and not settings.user:
        found.append("upload without a user: anyone may send pictures in the name of this board")
    return found


def weaknesses_of_camera(settings: CameraSettings) -> List[str]:
    """What makes it easy to see, or to replace, what a camera sends, in words."""
    found = _open_to_all("camera.password_file", settings.password_file)
    if settings.url and not settings.user:
        found.append("the camera's stream without a user: everyone on its network can look")
    return found


def weaknesses(settings: MqttSettings) -> List[str]:
    """What makes a secret easy to get, in words."""
    found = _open_to_all("mqtt.password_file", settings.password_file)
    local = settings.host in ("localhost", "127.0.0.1", "::1")
    if settings.enabled and not settings.tls and not local:
        found.append("mqtt without tls: everyone on the network can read and change what is sent")
    if settings.enabled and not settings.user and not settings.certificate_file and not local:
        found.append("mqtt without a user and without a certificate: anyone may send in the name of this board")
    return found


def _open_to_all(key: str, path: str) -> List[str]:
    """What is wrong with the rights of a secret's file, in words; nothing where there is none."""
    if path and os.path.exists(path) and os.stat(path).st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return ["every user of this computer may read {}: chmod 600".format(key)]
    return []
