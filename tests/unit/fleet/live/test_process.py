"""The service as a process; the real one runs in tests/line."""

import json
import subprocess
import sys

import pytest

from fleet.core.errors import LiveLineError
from fleet.live.process import LineProcess


def test_the_folder_gets_a_settings_file_with_a_journal_and_an_address(tmp_path, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **more: started.append((command, more)))
    line = LineProcess(tmp_path, {"source": {"kind": "replay"}, "journal": {"board": "a"}})
    line.start()
    written = json.loads((tmp_path / "line.yaml").read_text())
    assert written["journal"] == {"folder": "journal", "board": "a"} and line.journal == tmp_path / "journal"
    assert written["http"]["listen"] == f"127.0.0.1:{line.port}"
    assert started[0][0][-1] == str(tmp_path / "line.yaml")


def test_a_service_that_ends_is_said_with_its_last_word(tmp_path):
    line = LineProcess(tmp_path, {"source": {"kind": "no such kind"}})
    with pytest.raises(LiveLineError, match="not ready"):
        line.start(ready_s=60)
    assert line.ended and line.end() not in (0, None)


def test_health_is_empty_before_the_first_and_a_kill_is_final(tmp_path):
    line = LineProcess(tmp_path, {})
    assert line.health() == {} and line.end() is None
    line.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    line.kill()
    assert line.ended and line.process.returncode == -9
