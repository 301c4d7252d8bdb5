"""Starts `ocr-app serve` as a program, and talks with it; readers that misbehave on demand."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "nano-codes-100" / "images"
RECIPE = ROOT / "recipes" / "nano-codes.yaml"

MISBEHAVING = '''
"""A reading process whose reader says the file's words: the real process but for the reader, which is fake."""
import os, sys, time
import numpy as np
from PIL import Image as Pillow
from ocr_app.core.errors import DeviceUnavailable, EngineError, ModelError, RecipeError
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader
from ocr_app.line.reading import program as reading_process
from ocr_app.workers.program import run
from ocr_app.core.types import LinePosterior, ReaderInfo, TextLine

ERRORS = {
    "gpu": DeviceUnavailable("no cuda here", "a GPU"),
    "stale": EngineError("an engine is stale", code="stale"),
    "none": EngineError("no engine", code="missing"),
    "model": ModelError("a model is another file"),
    "recipe": RecipeError("the recipe is malformed"),
}


class Fake(Reader):
    """Black: dies. White: hangs. Else reads FAKE_TEXT (AB7), after as many hundredths of a second as it is grey.

    Without a recipe it reads FAKE_PLAIN (AB7).
    """

    info = ReaderInfo("fake", "test 1", "cpu", "fp32")

    def posteriors(self, image, timer=None):
        level = int(image.min())
        if level == 0 and image.max() == 0:
            os._exit(3)
        if level == 255:
            open(sys.argv[1] + ".hanging", "w").close()
            time.sleep(3600)
        time.sleep(level / 100.0)
        text = os.environ.get("FAKE_TEXT", "AB7")
        signs = ("", " ") + tuple(sorted(set(text) - {" "}))
        logs = np.full((2 * len(text) + 1, len(signs)), -12.0, np.float32)
        logs[::2, 0] = 0.0
        for step, sign in enumerate(text):
            logs[2 * step + 1, signs.index(sign)] = 0.0
        return [LinePosterior(box_quad(0, 0, 5, 5), logs, signs)]

    def line_posteriors(self, images, timer=None):
        return [posterior for image in images for posterior in self.posteriors(image, timer)]

    def read(self, image, timer=None):
        self.posteriors(image)
        return [TextLine(os.environ.get("FAKE_PLAIN", "AB7"), box_quad(0, 0, 5, 5), 0.9)]


def opened(message):
    ways = sys.argv[1]
    if os.path.exists(ways):
        with open(ways) as stream:
            word = stream.read().strip()
        if word == "slow":
            time.sleep(3600)
        raise ERRORS[word]
    return Fake()


reading_process.open_reader = opened
run(reading_process.ReadingProgram())
'''

FAKE_SERVE = '''
"""`ocr-app serve` with another command for its reading process."""
import sys
from ocr_app.line.reading import process
process.COMMAND = [sys.executable, sys.argv[1], sys.argv[2]]
from ocr_app.cli import main
sys.exit(main.main(["serve"] + sys.argv[3:]))
'''


class Served:
    """A service that runs; ``port`` once it listens."""

    def __init__(self, folder, command, environ):
        self.runtime = folder / "runtime"
        self.log = folder / "log"
        variables = dict(os.environ, NANO_OCR_RUNTIME=str(self.runtime), PYTHONPATH=str(ROOT), OMP_NUM_THREADS="1")
        for name in ("NOTIFY_SOCKET", "NANO_OCR_VARIANT", "OCR_IMAGE"):
            variables.pop(name, None)
        variables.update(environ)
        with open(str(self.log), "wb") as log:
            self.process = subprocess.Popen(command, cwd=str(folder), env=variables, stderr=log, stdout=log)

    def said(self):
        return self.log.read_text()

    def until(self, condition, what="", seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError("{} did not come: {} {}".format(what or condition, self.process.poll(), self.said()))

    @property
    def port(self):
        def found():
            parts = self.said().partition("http://127.0.0.1:")[2]
            return int(parts.partition("/")[0]) if "/read" in parts else None

        return self.until(found, "the address")

    def health(self):
        path = self.runtime / "health.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def ready(self):
        self.until(lambda: self.health().get("ready"), "ready")
        return self

    def again(self):
        """Ready by its own word at this moment; health.json may be a second older."""
        self.until(lambda: self.ask("GET", "/ready")[0] == 200, "ready again")
        return self

    def degraded_by(self, reason):
        self.until(lambda: reason in self.health().get("degraded", ()), reason)

    def ask(self, verb, path, body=None, headers=None, seconds=60):
        """(status, JSON or text)"""
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            caller.request(verb, path, body=body, headers=headers or {})
            answer = caller.getresponse()
            text = answer.read().decode("utf-8")
            return answer.status, json.loads(text) if "json" in answer.getheader("Content-Type") else text
        finally:
            caller.close()

    def read(self, data, name="a.png"):
        return self.ask("POST", "/read?name=" + name, body=data)

    def end(self):
        """Exit code after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def command(*arguments):
    return [sys.executable, "-m", "ocr_app", "serve", "--listen", "127.0.0.1:0", "--threads", "1"] + list(arguments)


def fake_command(folder, *arguments):
    """The service with the fake reader; ``folder``/ways, where it exists, names the error of opening.

    ``folder``/ways.hanging appears when the reader begins to hang on an image.
    """
    (folder / "fake_reader.py").write_text(MISBEHAVING)
    (folder / "fake_serve.py").write_text(FAKE_SERVE)
    start = [sys.executable, str(folder / "fake_serve.py"), str(folder / "fake_reader.py"), str(folder / "ways")]
    return start + ["--listen", "127.0.0.1:0", "--threads", "1"] + list(arguments)


class Systemd:
    """The other end of NOTIFY_SOCKET."""

    def __init__(self, path):
        self.words = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(path)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self.words.append(self._socket.recv(4096).decode("utf-8"))
            except OSError:
                return

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
