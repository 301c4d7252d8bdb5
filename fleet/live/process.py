"""`ocr-app serve` on a folder of this computer: started, watched and ended as an ordinary process."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.live.broker import free_port

_ENDS_S = 40.0
Settings = dict[str, dict[str, Any]]


class LineProcess:
    """``folder`` holds line.yaml, the log, the journal and what the service says about itself."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder, self.port = folder, free_port()
        self.settings: Settings = {
            **settings,
            "journal": {"folder": "journal", **settings.get("journal", {})},
            "http": {"listen": f"127.0.0.1:{self.port}", **settings.get("http", {})},
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def journal(self) -> Path:
        """The folder of the journal."""
        return self.folder / str(self.settings["journal"]["folder"])

    def start(self, ready_s: float = 0.0) -> LineProcess:
        """Starts the service; with ``ready_s``, waits until it is ready. Raises LiveLineError when it is not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "line.yaml"
        path.write_text(json.dumps(self.settings, indent=1) + "\n", encoding="utf-8")
        (self.folder / "runtime" / "health.json").unlink(missing_ok=True)  # a killed service leaves its last word
        environ = dict(os.environ, NANO_OCR_RUNTIME=str(self.folder / "runtime"), PYTHONPATH=str(ROOT))
        environ.setdefault("OMP_NUM_THREADS", "1")
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "ocr_app", "serve", str(path)]
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        if ready_s:
            self.wait_until_ready(ready_s)
        return self

    @property
    def _log(self) -> Path:
        return self.folder / "service.log"

    def health(self) -> dict[str, Any]:
        """health.json; empty before the first."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "runtime" / "health.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def wait_until_ready(self, seconds: float) -> None:
        """Raises LiveLineError, with the last line of the log, where the service ends or is not ready in time."""
        until = time.monotonic() + seconds
        while not self.health().get("ready"):
            if self.ended or time.monotonic() > until:
                said = self.said().strip().rpartition("\n")[2]
                raise LiveLineError(f"the line is not ready: {said}", f"ready within {seconds:g} s", str(self._log))
            time.sleep(0.05)

    def said(self) -> str:
        """The log of the service."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def metrics(self) -> dict[str, float]:
        """Every sample of /metrics by its name with labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            text = answer.read().decode("utf-8")
        lines = [line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    @property
    def ended(self) -> bool:
        """Whether the service is not running."""
        return self.process is None or self.process.poll() is not None

    def check_running(self) -> None:
        """Raises LiveLineError where the service is not running."""
        if self.ended:
            raise LiveLineError("the line ended by itself", "a line that runs", str(self._log))

    def end(self) -> int | None:
        """Asks it to end; returns its exit code, None where it did not run. Kills it when it takes too long."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(_ENDS_S)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode

    def kill(self) -> None:
        """Ends it at once, with its reading processes, as a cut of the power would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
