"""One command at a time."""

import pytest

from node_agent.errors import UpdateLocked
from node_agent.host import exclusive, lock


def test_one_command_at_a_time(tmp_path):
    with exclusive(str(tmp_path)), pytest.raises(UpdateLocked, match="another command"), exclusive(str(tmp_path)):
        pass
    with exclusive(str(tmp_path)):
        pass


def test_a_patient_command_waits(tmp_path, monkeypatch):
    slept = []
    monkeypatch.setattr(lock.time, "sleep", slept.append)
    clock = iter(range(100))
    monkeypatch.setattr(lock.time, "monotonic", lambda: float(next(clock)))
    with exclusive(str(tmp_path)), pytest.raises(UpdateLocked), exclusive(str(tmp_path), 3.0):
        pass
    assert slept == [lock.POLL_S] * 2
