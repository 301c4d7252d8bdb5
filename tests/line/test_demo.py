"""`./inv line demo` as a user runs it: a wrong date is rejected, and everyone says so under one id."""

import json
import signal
import subprocess
import sys
import time

import pytest

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.live import demo, drawing
from ocr_app.line.journal import history


def command(*more):
    return [sys.executable, "-m", "invoke", "line", "demo", *more]


def test_a_wrong_date_is_rejected_under_one_id_in_journal_mqtt_and_modbus(mosquitto, tmp_path):
    shown = demo.DemonstratedLine(tmp_path / "demo", rate_hz=4.0)
    try:
        shown.start()
        until = time.monotonic() + 60
        while len(shown.rows) < demo.PARTS + 2 and time.monotonic() < until:
            shown.look()
            time.sleep(0.05)
        mqtt, plc = shown._mqtt.parts(), shown._plc.parts()
    finally:
        shown.end()
    wrong = [row for row in shown.rows if not row.passed]
    assert [row.name for row in wrong] == [f"{demo.WRONG:04d}.jpg"]
    (row,) = wrong
    reason = "not-expected:expiry"
    assert (row.verdict, row.reasons[0], drawing.WRONG_EXPIRY in row.text) == ("fail", reason, True)
    assert (mqtt[row.id].verdict, mqtt[row.id].reason, mqtt[row.id].text) == ("fail", reason, row.text)
    assert (plc[row.number].verdict, plc[row.number].reason, plc[row.number].text) == ("fail", reason, row.text)
    assert row.id.endswith(f"-{row.number}") and mqtt[row.id].number == row.number
    stored = list(history.find(str(shown.line.journal), history.HistoryQuery(ids=(row.id,))))
    assert len(stored) == 1 and stored[0].picture and (shown.line.journal / stored[0].picture).is_file()
    assert shown.disagreements == [] and len(shown.rows) >= demo.PARTS + 2


def test_the_command_ends_by_itself_and_by_ctrl_c(mosquitto):
    done = subprocess.run(command("--seconds", "6"), cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "they say the same" in done.stdout and "THEY DIFFER" not in done.stdout
    with subprocess.Popen(command(), cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as running:
        for text in running.stdout:
            if " pass " in text:
                break
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        assert running.wait(60) == 0, rest
    assert "ending" in rest and "everything is in" in rest
    health = json.loads((demo.FOLDER / "runtime" / "health.json").read_text())
    assert health["state"] == "stopping", "the line had a clean end"


def test_without_a_broker_it_says_what_to_install_and_can_do_without(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("fleet.live.broker.shutil.which", lambda *_, **__: None)
    with pytest.raises(LiveLineError) as refused:
        demo.run(seconds=1, folder=tmp_path / "demo")
    assert refused.value.next_step == "apt-get install mosquitto"
    assert demo.run(seconds=4, mqtt=False, folder=tmp_path / "demo") == 0
