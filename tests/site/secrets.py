"""Certificates and passwords of a site, as its guide has them made: by openssl and mosquitto_passwd."""

from __future__ import annotations

import subprocess
from pathlib import Path

PASSWORDS = {
    "site": "of the site",
    "line-1": "of line 1",
    "line-2": "of line 2",
    "line-5": "of line 5",
    "line-6": "of line 6",
}
VIEWER = "of viewers"
CERTIFICATES = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=plant -keyout ca.key -out ca.crt
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=site -keyout server.key -out server.csr
echo "subjectAltName=IP:$1" >names
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile names -out server.crt
"""


def make(folder: Path, address: str) -> Path:
    """The folder that the play takes as site_secrets and Compose as SITE_SECRETS, for a site at an address."""
    folder.mkdir()
    subprocess.run(["sh", "-ec", CERTIFICATES, "sh", address], cwd=folder, check=True, capture_output=True)
    (folder / "passwords").write_text("".join(f"{user}:{word}\n" for user, word in PASSWORDS.items()))
    subprocess.run(["mosquitto_passwd", "-U", str(folder / "passwords")], check=True, capture_output=True)
    hashed = {user: _hashed(word) for user, word in {**PASSWORDS, "viewer": VIEWER}.items()}
    (folder / "web-users").write_text("".join(f"{user}:{word}\n" for user, word in hashed.items()))
    (folder / "site-password").write_text(PASSWORDS["site"] + "\n")
    (folder / "database-password").write_text("of the database\n")
    for user, word in PASSWORDS.items():
        (folder / f"{user}.password").write_text(word + "\n")
    return folder


def _hashed(word: str) -> str:
    """As nginx and htpasswd have it."""
    command = ["openssl", "passwd", "-apr1", "-stdin"]
    return subprocess.run(command, input=word, text=True, check=True, capture_output=True).stdout.strip()
