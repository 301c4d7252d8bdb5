"""One holder at a time; nothing of a killed one is left."""

import os
import subprocess
import sys

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.journal.holding import JournalHold

KILLED = """
import os, signal, sys
from ocr_app.line.journal.holding import JournalHold
hold = JournalHold(sys.argv[1])
open(os.path.join(hold.frames, "part-1"), "w").close()
print(hold.frames, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path):
    first = JournalHold(str(tmp_path / "j"))
    with pytest.raises(ServiceError, match="another service"):
        JournalHold(str(tmp_path / "j"))
    assert os.path.isdir(first.frames)
    first.release()
    assert not os.path.exists(first.frames)
    JournalHold(str(tmp_path / "j")).release()


def test_a_killed_holder_leaves_neither_a_lock_nor_frames(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, check=False)
    left = done.stdout.decode().strip()
    assert done.returncode == -9 and os.path.isfile(os.path.join(left, "part-1"))
    again = JournalHold(str(tmp_path))
    assert not os.path.exists(left) and again.frames != left
    again.release()


@pytest.mark.parametrize("text", ["", "/", "/etc", "..", "/tmp/other", "/tmp/ocr-app-line-../x", "\0", "x" * 5000])
def test_nothing_else_is_ever_removed(tmp_path, text, monkeypatch):
    removed = []
    monkeypatch.setattr("shutil.rmtree", lambda path, **_: removed.append(path))
    (tmp_path / "lock").write_text(text)
    hold = JournalHold(str(tmp_path))
    assert removed == []
    monkeypatch.undo()
    hold.release()
