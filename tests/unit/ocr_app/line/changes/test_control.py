"""Changes by a command, over a real socket."""

import os
import socket
import stat
import threading

import pytest

from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.line.changes import control


@pytest.fixture
def folder(desk):
    """The journal's folder of a line that answers."""
    changes = desk.start()
    folder, stop = str(desk.folder / "j"), threading.Event()
    thread = threading.Thread(target=control.LineControl(changes, folder).run, args=(stop,), daemon=True)
    thread.start()
    yield folder
    stop.set()
    thread.join(10)
    assert not os.path.exists(os.path.join(folder, control.FILE))


def test_the_state_is_told_and_a_change_is_made_by_who_asks(desk, folder):
    state = control.ask(folder, {"verb": "state"})
    assert (state["product"], state["expected"], state["batch"]["first_part"]) == ("r", {}, 1)
    assert [row["name"] for row in state["products"]] == ["juice", "r", "tea"]
    assert control.ask(folder, {"verb": "product", "product": "juice", "expected": {"lot": "7"}})["product"] == "juice"
    assert control.ask(folder, {"verb": "expected", "expected": {}})["expected"] == {}
    assert control.ask(folder, {"verb": "regions", "regions": [[0, 0, 9, 9]]})["regions"] == [[0, 0, 9, 9]]
    control.ask(folder, {"verb": "batch"})
    own = control._name_of(os.geteuid())
    assert [action for user, action, _ in desk.actions() if user == own] == ["product", "expected", "regions", "batch"]


def test_nobody_else_reaches_it(folder, monkeypatch):
    assert stat.S_IMODE(os.stat(os.path.join(folder, control.FILE)).st_mode) == 0o600
    monkeypatch.setattr(control.os, "geteuid", lambda: 12345)
    real = control._PEER
    monkeypatch.setattr(control, "_PEER", type("Peer", (), {"size": real.size, "unpack": lambda data: (1, 777, 1)}))
    with pytest.raises(ServiceError, match="only root"):
        control.ask(folder, {"verb": "state"})


def test_while_a_part_is_under_way_it_is_refused_or_waits(desk, folder):
    free = []
    desk.changes.between = lambda work: bool(free) and (work() or True)
    with pytest.raises(ServiceError, match="under way") as caught:
        control.ask(folder, {"verb": "batch"})
    assert caught.value.next_step == "--wait SECONDS"
    threading.Timer(0.2, lambda: free.append(1)).start()
    control.ask(folder, {"verb": "batch"}, wait_s=20)


@pytest.mark.parametrize("message", [
    {"verb": "product", "product": "none"}, {"verb": "fly"}, {}, {"verb": "regions", "regions": [[1]]},
    {"verb": "expected", "expected": ["a"]}, {"verb": "expected", "expected": {"x": "1"}},
])  # fmt: skip
def test_what_does_not_fit_is_refused(folder, message):
    with pytest.raises(UsageError):
        control.ask(folder, message)
    assert control.ask(folder, {"verb": "state"})["product"] == "r"


@pytest.mark.parametrize("data", [b"", b"no json\n", b"[]\n", b"\xff\n"])
def test_garbage_ends_nothing(folder, data):
    with control.ShortPath(folder) as path, socket.socket(socket.AF_UNIX) as stream:
        stream.connect(path)
        stream.sendall(data)
        stream.shutdown(socket.SHUT_WR)
        assert b"refused" in stream.recv(4096)
    assert control.ask(folder, {"verb": "state"})["product"] == "r"


def test_without_a_line_it_says_so(tmp_path):
    with pytest.raises(ServiceError, match="no line answers"):
        control.ask(str(tmp_path), {"verb": "state"})
    with pytest.raises(ServiceError, match="no line answers"):
        control.ask(str(tmp_path / "none"), {"verb": "state"})


def test_a_socket_that_a_killed_line_left_is_replaced(desk):
    changes, folder = desk.start(), desk.folder / ("j" + "o" * 120)
    folder.mkdir()
    for _ in range(2):
        made = control.LineControl(changes, str(folder))
        made._socket.close()
    assert (folder / control.FILE).exists()
