"""A real PostgreSQL and a real Mosquitto on loopback, as ordinary processes that may be killed."""

from __future__ import annotations

import contextlib
import logging
import os
import pwd
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from fleet.core.errors import LiveLineError, SiteError
from fleet.core.files import ROOT
from fleet.live.broker import LoopbackBroker, free_port
from fleet.site.store import database

log = logging.getLogger(__name__)
_STARTS_S, _ENDS_S = 30.0, 20.0
_USER = "postgres"
_SUBSCRIBED = "subscribed to"
CONFIG = ROOT / "docs" / "how-to" / "site" / "mosquitto.conf"
_OWN = ("listener", "persistence_location", "allow_anonymous", "password_file", "acl_file", "log_dest")


def raise_file_limit(wanted: int = 8192) -> int:
    """As many open files as the system lets this process and its children have, up to ``wanted``; returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return soft


def broker_lines() -> tuple[str, str]:
    """(limits of connections, what is kept), from the configuration that the site recommends."""
    lines = [line for line in CONFIG.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    chosen = [line for line in lines if not line.startswith((*_OWN, "persistence "))]
    return "allow_anonymous true\n", "\n".join(chosen) + "\n"


def programs() -> Path:
    """The folder with initdb and postgres. Raises SiteError where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    one = shutil.which("initdb")
    if one is not None:
        return Path(one).resolve().parent
    raise SiteError(
        "there is no PostgreSQL on this computer", "the database server postgresql", "apt-get install postgresql"
    )


class LoopbackDatabase:
    """A cluster of its own below ``folder``, on a socket in it and a port of loopback; root gives it to postgres."""

    def __init__(self, folder: Path, options: tuple[str, ...] = ()) -> None:
        """Raises SiteError where PostgreSQL is not installed."""
        self._programs, self._options = programs(), options
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam(_USER)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.folder = (
            folder if self._reaches(folder) else Path(tempfile.mkdtemp(prefix="nano-ocr-site-", dir="/var/tmp"))
        )
        if self.folder != folder:
            log.warning("the user %s may not enter %s; the database is in %s", _USER, folder, self.folder)

    def _reaches(self, folder: Path) -> bool:
        """Whether the user of the cluster may enter the folders above; PostgreSQL does not run as root."""
        if not self._as_user:
            return True
        command = ["test", "-x", str(next(path for path in folder.parents if path.exists()))]
        return subprocess.run(command, check=False, cwd="/", **self._as_user).returncode == 0

    @property
    def url(self) -> str:
        """How to connect."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Of the first process. Raises SiteError where it does not run."""
        if self._process is None:
            raise SiteError("the database does not run", "start() first")
        return self._process.pid

    def start(self) -> LoopbackDatabase:
        """Returns when it answers. Raises SiteError with what it said where it does not start."""
        if not (self.folder / "data" / "PG_VERSION").exists():
            self._make()
        said_in = self.folder / "log"
        command = [
            str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", "", *self._options,
        ]  # fmt: skip
        with said_in.open("ab") as stream:
            self._process = subprocess.Popen(
                command, stdout=stream, stderr=stream, cwd="/", start_new_session=True, **self._as_user
            )
        until = time.monotonic() + _STARTS_S
        while not self._answers():
            if time.monotonic() > until or self._process.poll() is not None:
                said = said_in.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
                self.kill()
                raise SiteError(f"PostgreSQL does not start: {said}", f"port {self.port} of loopback", str(said_in))
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        import psycopg

        try:
            database.connect(self.url).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make(self) -> None:
        """initdb; nobody but this computer can reach the cluster, so it asks for no password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._as_user:
            shutil.chown(self.folder, _USER, _USER)
        command = [
            str(self._programs / "initdb"), "-D", str(self.folder / "data"), "-U", _USER, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **self._as_user)
        if done.returncode:
            said = done.stderr.strip().rpartition("\n")[2]
            step = f"the user {_USER} has to reach {self.folder}" if self._as_user else "see above"
            raise SiteError(f"initdb failed: {said}", "a new cluster", step)

    def stop(self) -> None:
        """Asks it to end at once, and waits."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_ENDS_S)
        self._process = None

    def remove(self) -> None:
        """Stops it, and removes a folder that is not where it was asked for."""
        self.stop()
        if self.folder.is_relative_to("/var/tmp"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL for all of its processes, so that nothing can be written in the end."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(_ENDS_S)
        self._process = None


def make_broker(folder: Path) -> LoopbackBroker:
    """A broker as the site wants it, not started; everybody on this computer may connect."""
    access, keeping = broker_lines()
    return LoopbackBroker(folder, access, keeping)


def started_broker(broker: LoopbackBroker) -> LoopbackBroker:
    """The broker, started. Raises SiteError where there is no Mosquitto."""
    try:
        return broker.start()
    except LiveLineError as error:
        raise SiteError(str(error), "the MQTT broker mosquitto", "apt-get install mosquitto") from error


class CollectorProcess:
    """`site collect` as a process of its own."""

    def __init__(self, folder: Path, settings: Path, name: str) -> None:
        self._folder, self._settings, self.name = folder, settings, name
        self.metrics, self._since = free_port(), 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def _said(self) -> Path:
        return self._folder / f"{self.name}.log"

    def wait_connected(self, seconds: float = _STARTS_S) -> None:
        """Returns when the broker has its subscription. Raises SiteError with what it said where it does not come."""
        until = time.monotonic() + seconds
        while _SUBSCRIBED not in (said := self._said.read_bytes()[self._since :].decode("utf-8", "replace")):
            if time.monotonic() > until or self.process is None or self.process.poll() is not None:
                last = said.strip().rpartition("\n")[2]
                raise SiteError(f"{self.name} does not start: {last}", "a collector that subscribes", str(self._said))
            time.sleep(0.05)

    def start(self) -> CollectorProcess:
        """Starts it; it need not be ready when this returns."""
        command = [
            sys.executable, "-m", "fleet.site", "collect", "--settings", str(self._settings), "--name", self.name,
            "--metrics", f"127.0.0.1:{self.metrics}",
        ]  # fmt: skip
        environ = dict(os.environ, PYTHONPATH=str(ROOT))
        self._since = self._said.stat().st_size if self._said.exists() else 0
        with self._said.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Asks it to end; its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int | None:
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        code, self.process = self.process.returncode, None
        return code
