"""`./inv line demo` as a user runs it: a wrong date is rejected, and everyone says so under one id."""

import html
import io
import json
import re
import signal
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest
from PIL import Image as Pillow

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.live import demo, drawing
from ocr_app.line.journal import history
from tests.conftest import absent


def command(*more):
    return [sys.executable, "-m", "invoke", "line", "demo", *more]


def pages_of(shown, row):
    """What the operator's page shows of a part: its page, and its picture."""
    address = f"http://127.0.0.1:{shown.page}"
    rejects = fetch(f"{address}/rejects").decode()
    assert f'id="reject-{row.number}"' in rejects and f"/parts/{row.number}" in rejects
    page = fetch(f"{address}/parts/{row.number}").decode()
    (place,) = set(re.findall(rf'src="(/[^"]*{row.number}[^"]*)"', page))
    return html.unescape(page), fetch(address + html.unescape(place))


def fetch(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read()


def like(one, other):
    """Whether two JPEGs show the same; the page writes its own, which holds nothing but pixels."""
    first, second = (np.asarray(Pillow.open(io.BytesIO(data)), float) for data in (one, other))
    return first.shape == second.shape and np.abs(first - second).mean() < 4.0


def test_a_wrong_date_is_rejected_under_one_id_in_journal_mqtt_modbus_and_page(mosquitto, tmp_path):
    shown = demo.DemonstratedLine(tmp_path / "demo", rate_hz=4.0)
    try:
        shown.start()
        until = time.monotonic() + 60
        while len(shown.rows) < demo.PARTS + 2 and time.monotonic() < until:
            shown.look()
            time.sleep(0.05)
        mqtt, plc = shown._mqtt.parts(), shown._plc.parts()
        (rejected,) = [row for row in shown.rows if not row.passed]
        page, picture = pages_of(shown, rejected)
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
    assert row.id in page and row.text in page and drawing.WRONG_EXPIRY in page
    kept = (shown.line.journal / stored[0].picture).read_bytes()
    assert kept == (shown.folder / "packages" / row.name).read_bytes() and like(picture, kept)
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


def test_an_operator_sees_parts_go_by_and_the_reject_with_its_picture(mosquitto, tmp_path):
    import browser

    if browser.program() is None:
        absent("Chromium", "apt-get install chromium")
    shown = demo.DemonstratedLine(tmp_path / "demo", rate_hz=2.0)
    opened = browser.Browser()
    try:
        shown.start()
        opened.open(f"http://127.0.0.1:{shown.page}/")
        first = opened.until("(document.querySelector('#verdict-number') || {}).textContent")
        opened.until(f"document.querySelector('#verdict-number').textContent !== {json.dumps(first)}")
        opened.until("document.querySelector('#verdict').classList.contains('fail')")
        assert drawing.WRONG_EXPIRY in opened.text("#verdict-text")
        opened.open(f"http://127.0.0.1:{shown.page}/rejects")
        opened.until("document.querySelectorAll('#rejects-list .reject img').length >= 1")
        opened.picture(tmp_path / "rejects.png")
        shown.look()
        (row,) = [row for row in shown.rows if not row.passed][:1]
        opened.open(f"http://127.0.0.1:{shown.page}/parts/{row.number}")
        assert drawing.WRONG_EXPIRY in opened.text("#part-text") and opened.text("#part-reasons")
        assert opened.until("document.querySelector('#viewer img').naturalWidth") == 640
        opened.picture(tmp_path / "part.png")
    finally:
        opened.close()
        shown.end()
    assert opened.complaints == [] and not [
        url for url in opened.asked if "127.0.0.1" not in url and "about:" not in url
    ]
