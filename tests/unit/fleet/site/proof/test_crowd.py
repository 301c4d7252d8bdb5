"""A crowd of connections against a real Mosquitto."""

import shutil

import pytest

from fleet.site.proof import crowd
from fleet.site.proof.crowd import BoardCrowd
from fleet.site.proof.engines import make_broker, started_broker
from tests.conftest import absent


@pytest.fixture
def port(tmp_path):
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        absent("Mosquitto", "apt-get install mosquitto")
    broker = started_broker(make_broker(tmp_path))
    yield broker.port
    broker.stop()


def test_everything_that_is_sent_is_acknowledged(port):
    made = BoardCrowd(port, 20)
    made.run(200.0, 0.5, states=True)
    made.end()
    record = made.record
    assert record.boards == 20 and 50 <= record.sent <= 100
    assert record.acknowledged == record.sent and record.bytes_each > 300
    assert record.states == 0  # at ten results a second each, states are not sent with every result


def test_a_board_has_a_window(port):
    made = BoardCrowd(port, 1)
    board = made.boards[0]
    assert all(board.send() for _ in range(20))
    assert board.send() == 0 and made.record.late == 1
    made.end()


def test_the_process_says_when_all_are_connected(port, capsys, monkeypatch):
    monkeypatch.setattr(crowd.sys, "stdin", type("Line", (), {"readline": lambda self: "\n"})())
    assert crowd.main([str(port), "3", "30", "0.2"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "connected" and '"boards": 3' in said[1]
