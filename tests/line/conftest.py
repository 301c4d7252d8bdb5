"""A live line for a test: the service as a program, a real Mosquitto, a consumer that keeps ids, a PLC by pymodbus.

LINE_PYTHON names another Python for the service, such as one of 3.6 with paho-mqtt 1.6.1.
"""

import base64
import hashlib
import http.server
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import running
from PIL import Image as Pillow

from fleet.live.broker import LoopbackBroker, free_port

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
RECIPE = (
    "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [AB]}, {digits: 1, as: number}]}]}]\n"
)


def until(condition, what, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


class HttpPeer:
    """A program that takes what a line sends by one method of HTTP, on a port that it keeps over stops and starts."""

    METHOD = "POST"

    def __init__(self):
        self.port, self.server = free_port(), None

    def take(self, path, headers, body):
        """What comes with a request; returns the status to answer."""
        raise NotImplementedError

    def start(self):
        peer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _take(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(peer.take(self.path, self.headers, body))
                self.end_headers()

            def log_message(self, *_):
                pass

        setattr(Handler, f"do_{self.METHOD}", Handler._take)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Consumer:
    """Keeps what it gets, by id, as a consumer has to: a message may come twice, and its ids tell."""

    def __init__(self, port, topic="nano-ocr/#", name="consumer", configure=lambda client: None):
        from paho.mqtt import client as paho

        self.messages, self.retained, self.by_id, self.contradictions = [], {}, {}, []
        self.lock = threading.Lock()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        configure(self.client)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self.client.on_message = self.took
        self.client.connect_async("127.0.0.1", port, keepalive=5)
        self.client.loop_start()

    def took(self, client, _, message):
        text = message.payload.decode()
        with self.lock:
            self.messages.append((message.topic, text))
            if not message.topic.endswith("/part"):
                self.retained[message.topic.rsplit("/", 1)[1]] = text
                return
            record = json.loads(text)
            old = self.by_id.setdefault(record["id"], record)
            if old["verdict"] != record["verdict"]:
                self.contradictions.append((old, record))

    def parts(self):
        with self.lock:
            return dict(self.by_id)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()


class Line:
    """A folder with a recipe, frames and a ``line.yaml``; services that are started on it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "in").mkdir(exist_ok=True)
        (folder / "recipe.yaml").write_text(RECIPE)
        self.served = []
        self.settings = {
            "recipe": {"file": "recipe.yaml"},
            "source": {"kind": "replay", "path": "in", "rate_hz": 10, "repeat": True},
            "journal": {"folder": "journal", "board": "test", "pictures": "all"},
            "http": {"listen": "127.0.0.1:0"},
        }

    def frames(self, levels):
        """Frames for the fake reader: the grey level is how many hundredths of a second it takes."""
        for number, level in enumerate(levels):
            pixels = np.full((16, 16, 3), level, np.uint8)
            Pillow.fromarray(pixels).save(self.folder / "in" / f"{number:04d}.png")
        return self

    def set(self, **sections):
        for name, values in sections.items():
            self.settings.setdefault(name, {}).update(values)
        return self

    def start(self, fake=True, environ=None, ready=True):
        path = self.folder / "line.yaml"
        path.write_text(json.dumps(self.settings))
        command = running.fake_command(self.folder, str(path)) if fake else running.command(str(path))
        command[0] = os.environ.get("LINE_PYTHON", command[0])
        (self.folder / "log").write_text("")
        (self.folder / "runtime" / "health.json").unlink(missing_ok=True)  # a killed service leaves its last word
        served = running.Served(self.folder, command, environ or {})
        self.served.append(served)
        if ready:  # the reading process imports for many seconds where the computer is busy
            served.until(lambda: served.health().get("ready"), "ready", 300)
        return served

    def rows(self, query="SELECT number, id, verdict, reasons, text FROM parts ORDER BY number", values=()):
        connection = sqlite3.connect(f"file:{self.folder}/journal/journal.db?mode=ro", uri=True, timeout=10)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def decided(self):
        """(number, verdict) of every part that has one; nothing before there is a journal."""
        try:
            return self.rows("SELECT number, verdict FROM parts WHERE verdict IS NOT NULL ORDER BY number")
        except sqlite3.OperationalError:
            return []

    def count(self, verdict=None):
        return sum(verdict in (found, None) for _, found in self.decided())


@pytest.fixture
def line(tmp_path):
    made = Line(tmp_path)
    yield made
    for served in made.served:
        served.kill()


@pytest.fixture(scope="session")
def axe():
    """axe-core, which checks the rules of WCAG: npm fetches the version of versions.toml once, into build/."""
    from tests.conftest import absent

    wanted = tomllib.loads((ROOT / "versions.toml").read_text())["npm"]["axe-core"]
    folder = ROOT / "build" / ("axe-core-" + wanted["version"])
    package = folder / f"axe-core-{wanted['version']}.tgz"
    if not package.is_file():
        if shutil.which("npm") is None:
            absent("npm", "apt-get install npm")
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "axe-core@" + wanted["version"], "--pack-destination", str(folder)]
        if subprocess.run(command, check=False, cwd=folder, timeout=300).returncode:
            absent("axe-core " + wanted["version"], "npm has to reach its registry")
    data = package.read_bytes()
    assert "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode() == wanted["integrity"]
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


@pytest.fixture
def mosquitto():
    """Skips where there is no Mosquitto."""
    if shutil.which("mosquitto") is None:
        from tests.conftest import absent

        absent("mosquitto", "apt-get install mosquitto")


@pytest.fixture
def broker(mosquitto, tmp_path_factory):
    """A real broker that is up."""
    made = LoopbackBroker(tmp_path_factory.mktemp("broker")).start()
    yield made
    made.kill()


@pytest.fixture
def consumer(broker):
    made = Consumer(broker.port)
    yield made
    made.close()
