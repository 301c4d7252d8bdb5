"""One command at a time."""

from types import SimpleNamespace

import pytest

from node_agent.errors import UpdateLocked
from node_agent.host import exclusive, lock


def test_one_command_at_a_time(tmp_path):
    with exclusive(str(tmp_path)), pytest.raises(UpdateLocked, match="another command"), exclusive(str(tmp_path)):
        pass
    with exclusive(str(tmp_path)):
        pass


def test_a_patient_command_waits(tmp_path, monkeypatch):
    slept, clock = [], iter(range(100))
    # the module's own name, not the functions of `time`: threads of other tests would sleep and count with them
    own = SimpleNamespace(sleep=slept.append, monotonic=lambda: float(next(clock)))
    monkeypatch.setattr(lock, "time", own)
    with exclusive(str(tmp_path)), pytest.raises(UpdateLocked), exclusive(str(tmp_path), 3.0):
        pass
    assert slept == [lock.POLL_S] * 2
