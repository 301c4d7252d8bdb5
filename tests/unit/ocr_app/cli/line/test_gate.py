"""`ocr-app line gate`, with the pins of tests/support/fake_pins.py."""

import io

import pytest
from fake_pins import FakePins

from ocr_app.cli import main as cli
from ocr_app.cli.line import gate
from ocr_app.line.journal.holding import JournalHold
from ocr_app.line.outputs import gpio

GATE = "reject: {gpio: jetson, pin: 11, length_ms: 150, watchdog_pin: 13, watchdog_ms: 10}\n"
RECIPE = "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def line(tmp_path):
    (tmp_path / "r.yaml").write_text(RECIPE)

    def written(more=GATE):
        path = tmp_path / "line.yaml"
        head = "recipe: {file: r.yaml}\nsource: {kind: replay, path: .}\njournal: {folder: j}\n"
        path.write_text(head + more)
        return str(path)

    return written


@pytest.fixture
def pins(monkeypatch):
    made = FakePins()
    monkeypatch.setattr(gpio, "JetsonPins", lambda: made)
    return made


def test_without_move_the_steps_are_shown_and_no_pin_is_touched(line, pins, capsys):
    assert cli.main(["line", "gate", line()]) == 0
    out = capsys.readouterr().out
    assert "2. pin 11 is high for 150 ms" in out and "no pin was touched" in out
    assert pins.levels == {}


def test_unattended_it_moves_and_says_that_nobody_was_asked(line, pins, capsys):
    assert cli.main(["line", "gate", line(), "--move", "--unattended"]) == 0
    assert (11, True) in pins.writes and pins.levels == {11: False, 13: False} and pins.is_closed
    assert "5 steps done; nobody was asked" in capsys.readouterr().out


def test_a_step_that_was_not_seen_fails(line, pins, capsys, monkeypatch):
    answers = io.StringIO("y\nno\ny\ny\ny\n")
    answers.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", answers)
    assert cli.main(["line", "gate", line(), "--move"]) == 14
    assert "4 of 5 steps were seen" in capsys.readouterr().out


def test_nothing_moves_without_a_terminal_to_ask_at(line, pins, capsys):
    assert cli.main(["line", "gate", line(), "--move"]) == 2
    assert "--unattended" in capsys.readouterr().err and pins.levels == {}


def test_while_the_line_runs_its_gate_is_its_own(line, pins, capsys, tmp_path):
    hold = JournalHold(str(tmp_path / "j"))
    try:
        assert cli.main(["line", "gate", line(), "--move", "--unattended"]) == 14
    finally:
        hold.release()
    assert "another service uses the journal" in capsys.readouterr().err and pins.levels == {}


def test_a_line_without_a_gate_is_refused(line, capsys):
    assert cli.main(["line", "gate", line("")]) == 2
    assert "has no gate" in capsys.readouterr().err
    assert gate.HELP.startswith("move the reject gate")
