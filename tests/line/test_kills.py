"""SIGKILL of the whole service at random moments: every part has one verdict, and no pass is unknown to the journal.

The reading process is the real one with a fake reader (tests/support/running.py, MISBEHAVING): opening the networks of
the real team takes seconds, which many starts would spend on nothing that a kill could break. A smaller number of kills
runs with the real team below. docs/results/line-kills.log has the last run with 200 kills.
"""

import collections
import glob
import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from fleet.live.broker import free_port
from tests.line.conftest import until

KILLS, REAL_KILLS = int(os.environ.get("OCR_KILLS", "60")), 6
STARTING = 0.2  # the share of kills that come at any moment from the start on, rather than once parts go by
CROPS = Path(__file__).resolve().parents[2] / "data" / "nano-codes-100" / "images"


class PlcWatcher:
    """Reads the registers as fast as it can and remembers each verdict that it saw, by sequence."""

    def __init__(self, port):
        self.port, self.seen, self.stop = port, collections.defaultdict(set), threading.Event()
        self.torn = []
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        from pymodbus.client import ModbusTcpClient

        while not self.stop.is_set():
            client = ModbusTcpClient("127.0.0.1", port=self.port, timeout=1, retries=0)
            try:
                while client.connect() and not self.stop.is_set():
                    answer = client.read_input_registers(0, count=66)
                    if answer.isError():
                        break
                    self.look(answer.registers)
                    time.sleep(0.003)
            except Exception:  # the service is killed in the middle of an answer
                pass
            finally:
                client.close()
            time.sleep(0.02)

    def look(self, words):
        sequence, again = words[3] << 16 | words[4], words[64] << 16 | words[65]
        if sequence != again:
            self.torn.append(words)
        if words[5]:
            self.seen[sequence].add(words[5])


def killed_after(served, seconds):
    """Kills the service and its reading process at once, like a cut of the power would."""
    time.sleep(seconds)
    for pid in [served.process.pid, *children(served.process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    served.process.wait()


def children(pid):
    """Those of all its threads; a thread may end meanwhile."""
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            found += [int(word) for word in Path(path).read_text().split()]
        except OSError:
            pass
    return found


def proved(line, consumer, plc, before_restart):
    """What has to hold, however often it was killed."""
    rows = line.rows("SELECT number, id, verdict, reasons FROM parts ORDER BY number")
    assert all(verdict in ("pass", "fail", "no-read", "hold") for _, _, verdict, _ in rows), "a part without a verdict"
    assert len({identity for _, identity, _, _ in rows}) == len(rows)
    assert [number for number, *_ in rows] == list(range(1, len(rows) + 1)), "a number is missing"
    journal = {identity: verdict for _, identity, verdict, _ in rows}
    assert not consumer.contradictions, "a part with two verdicts"
    got = {identity: record["verdict"] for identity, record in consumer.parts().items()}
    assert got == journal, "MQTT and the journal differ"
    by_number = {number: verdict for number, _, verdict, _ in rows}
    codes = {"pass": 1, "fail": 2, "no-read": 3, "hold": 4}
    for sequence, verdicts in plc.seen.items():
        assert verdicts == {codes[by_number[sequence]]}, f"the PLC saw {verdicts} for {sequence}"
    assert not plc.torn
    for number, verdict in before_restart.items():
        assert by_number[number] == verdict, "a verdict changed over a restart"
    return collections.Counter(verdict for _, _, verdict, _ in rows), sum("interrupted" in row[3] for row in rows)


def killed_at_random(line, broker, consumer, kills, fake, seed, most_s):
    dice = random.Random(seed)
    line.set(mqtt={"host": "127.0.0.1", "port": broker.port}, modbus={"listen": f"127.0.0.1:{free_port()}"})
    plc = PlcWatcher(int(line.settings["modbus"]["listen"].rpartition(":")[2]))
    before = {}
    for _ in range(kills):
        starting = dice.random() < STARTING
        served = line.start(fake=fake, ready=not starting)
        killed_after(served, dice.uniform(0.0, 1.5 if starting else most_s))
        before.update(dict(line.decided()))
    served = line.start(fake=fake)
    last = until(line.count, "parts")
    until(lambda: line.count() > last, "another part", 60)
    assert served.end() == 0
    until(lambda: len(consumer.parts()) >= line.count(), "all results", 60)
    plc.stop.set()
    plc.thread.join(10)
    return proved(line, consumer, plc, before), sum(len(found) for found in plc.seen.values())


@pytest.mark.slow
def test_kills_at_random_leave_one_verdict_for_each_part(line, broker, consumer):
    line.frames([1, 2, 3, 1, 8]).set(source={"rate_hz": 40})
    (verdicts, interrupted), seen = killed_at_random(line, broker, consumer, KILLS, True, 17, 0.6)
    print(f"{KILLS} kills: {dict(verdicts)}, {interrupted} interrupted, {seen} verdicts seen by the PLC")
    assert verdicts["pass"] >= KILLS and interrupted >= KILLS // 4 and seen >= KILLS


@pytest.mark.slow
def test_kills_with_the_real_team(line, broker, consumer, code_models):
    for name in ("000.jpg", "018.jpg", "076.jpg"):
        os.symlink(CROPS / name, line.folder / "in" / name)
    recipe = (CROPS.parents[2] / "recipes" / "nano-codes.yaml").read_text()
    (line.folder / "recipe.yaml").write_text(recipe + "\nwitnesses: 1\n")  # the fast team is one network
    line.set(source={"rate_hz": 25}, reader={"team": "fast", "threads": 1})  # faster than it reads: a kill hits a part
    (verdicts, interrupted), _ = killed_at_random(line, broker, consumer, REAL_KILLS, False, 4, 3.0)
    print(f"{REAL_KILLS} kills with the real team: {dict(verdicts)}, {interrupted} interrupted")
    assert verdicts["pass"] >= 1 and interrupted >= 1


def test_the_journal_alone_is_torn_by_no_kill(line):
    """Ten quick kills, and SQLite's own check after each."""
    line.frames([1, 1]).set(source={"rate_hz": 200})
    dice = random.Random(3)
    for _ in range(10):
        killed_after(line.start(), dice.uniform(0.0, 0.3))
        connection = sqlite3.connect(line.folder / "journal" / "journal.db")
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
