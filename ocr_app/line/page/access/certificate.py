"""The certificate of the page: a given one, or one that is made once with the program openssl and kept."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from typing import List, Tuple

from ocr_app.core.errors import ServiceError
from ocr_app.line.settings.page import PageSettings

FOLDER = "page"
_DAYS = 3650
_LIMIT_S = 60
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,253}\Z")


def files_of(settings: PageSettings, folder: str) -> Tuple[str, str]:
    """(certificate, key): the given ones, or those below the folder of the journal, whether they exist or not."""
    if settings.certificate_file:
        return settings.certificate_file, settings.key_file
    own = os.path.join(folder, FOLDER)
    return os.path.join(own, "certificate.pem"), os.path.join(own, "key.pem")


def context_of(settings: PageSettings, folder: str) -> ssl.SSLContext:
    """TLS with the certificate, which is made where none is given and none is there. Raises ServiceError."""
    certificate, key = files_of(settings, folder)
    if not settings.certificate_file and not (os.path.isfile(certificate) and os.path.isfile(key)):
        make(certificate, key, names_of(settings))
    return load(certificate, key)


def load(certificate: str, key: str) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate. Raises ServiceError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    if hasattr(context, "minimum_version"):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    else:  # Python 3.6
        context.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_TLSv1_1
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        found = "the certificate {} or its key cannot be used: {}".format(certificate, error)
        raise ServiceError(found, "a certificate and its key, as PEM") from error
    return context


def names_of(settings: PageSettings) -> List[str]:
    """Under which names and addresses browsers may reach the page."""
    wanted = [settings.name, socket.gethostname(), settings.host, "localhost"]
    anywhere = ("", "0.0.0.0", "::")
    names = [name for name in wanted if name not in anywhere and _NAME.match(name)]
    return [name for index, name in enumerate(names) if name not in names[:index]]


def make(certificate: str, key: str, names: List[str]) -> None:
    """A key on the curve P-256 and a certificate that it signs itself. Raises ServiceError, also without openssl."""
    program = shutil.which("openssl")
    if program is None:
        found = "other computers reach the page by TLS only, and there is no certificate and no program openssl"
        raise ServiceError(found, "page.certificate_file and page.key_file, or openssl", "apt-get install openssl")
    os.makedirs(os.path.dirname(certificate), mode=0o700, exist_ok=True)
    parts = [name + ".part" for name in (certificate, key)]
    config = certificate + ".cnf"
    old = os.umask(0o077)
    try:
        with open(config, "w", encoding="ascii") as stream:
            stream.write(_config(names))
        command = [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-sha256"]
        command += ["-nodes", "-days", str(_DAYS), "-config", config, "-out", parts[0], "-keyout", parts[1]]
        ran = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_LIMIT_S)
        if ran.returncode:
            said = ran.stdout.decode("utf-8", "replace").strip().splitlines()[-1:]
            raise ServiceError("openssl made no certificate: {}".format(" ".join(said)), "page.certificate_file")
        os.replace(parts[1], key)
        os.replace(parts[0], certificate)
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceError("no certificate can be made: {}".format(error), "page.certificate_file") from error
    finally:
        os.umask(old)
        if os.path.exists(config):
            os.remove(config)


def _config(names: List[str]) -> str:
    kinds = ["IP" if _is_address(name) else "DNS" for name in names]
    alternatives = ",".join("{}:{}".format(*pair) for pair in zip(kinds, names))
    return (
        "[req]\ndistinguished_name = name\nx509_extensions = extensions\nprompt = no\n[name]\nCN = {}\n"
        "[extensions]\nsubjectAltName = {}\nbasicConstraints = critical,CA:FALSE\n"
        "keyUsage = critical,digitalSignature\nextendedKeyUsage = serverAuth\n"
    ).format(names[0][:64], alternatives)


def _is_address(name: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, name)
            return True
        except OSError:
            continue
    return False
