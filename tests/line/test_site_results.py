"""Results of lines reach the database once each, while collector, broker and database are killed: everything is real.

The boards are the journal and the MQTT output of a line, with parts that nobody read. `./inv site bench` does the same
with more boards, for longer; tests/site/test_kills.py kills at random.
"""

import json
import shutil

import pytest

from fleet.core.errors import SiteError
from fleet.live.broker import LoopbackBroker
from fleet.site.proof import faults
from fleet.site.proof.boards import JournalledBoard
from fleet.site.proof.engines import CONFIG, broker_lines, programs
from fleet.site.proof.faults import ProvedSite
from tests.conftest import absent


@pytest.fixture(autouse=True)
def engines():
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        absent("Mosquitto", "apt-get install mosquitto")
    try:
        programs()
    except SiteError:
        absent("PostgreSQL", "apt-get install postgresql")


def test_nothing_is_lost_or_doubled_when_each_is_killed(tmp_path):
    kinds = ("collector", "broker", "database")
    found = faults.measure(tmp_path / "site", boards=4, rate_hz=10.0, rounds=1, away_s=1.5, kinds=kinds)
    for row in [*found["kinds"], found["total"]]:
        assert row["journalled"] == row["stored"] > 50, row
        assert (row["lost"], row["doubled"], row["unknown"], row["otherwise"]) == (0, 0, 0, 0), row


def test_what_nobody_collected_is_asked_for_and_what_cannot_be_stored_is_kept(tmp_path):
    """Parts that the broker took with no collector there, the last of a board among them; and a forged message."""
    with ProvedSite(tmp_path / "site", collectors=1) as site:
        (collector,) = site.collectors
        board = JournalledBoard(tmp_path / "boards", "line-1", site.broker.port)
        try:
            board.decide()
            site.wait_complete({"line-1": 1})
            collector.stop()
            site.broker.kill()  # and with it the session of the collector, as far as it was written down
            shutil.rmtree(tmp_path / "site" / "broker")
            site.broker.start()
            for _ in range(5):
                board.decide()
            assert wait(lambda: board.journal.count_undelivered("mqtt") == 0)
            assert site.query("SELECT count(*) FROM parts") == [(1,)]
            collector.start()
            collector.wait_connected()
            site.wait_complete({"line-1": 6}, seconds=30.0)
            board._output._client.publish("nano-ocr/line-1/part", json.dumps({"board": "line-2"}), qos=1)
            board.decide()
            site.wait_complete({"line-1": 7}, seconds=30.0)
            assert wait(lambda: site.query("SELECT count(*) FROM dead_letters") == [(1,)])
            assert "the topic says" in site.query("SELECT reason FROM dead_letters")[0][0]
        finally:
            board.end()


def test_a_plant_hands_on_its_results_while_either_broker_is_killed(tmp_path):
    """Two brokers, bridged as the documentation says; the board knows the one of its plant alone."""
    with ProvedSite(tmp_path / "site", collectors=1) as site:
        _, keeping = broker_lines()
        plant = LoopbackBroker(tmp_path / "plant", keeping=keeping + bridge_lines(site.broker.port)).start()
        board = JournalledBoard(tmp_path / "boards", "north-1", plant.port)
        try:
            for decided, killed in ((3, site.broker), (6, plant), (9, None)):
                while board.decide().number < decided:
                    pass
                site.wait_complete({"north-1": decided}, seconds=60.0)
                if killed is not None:
                    killed.kill()
                    board.decide()  # with one of both away
                    killed.start()
        finally:
            board.end()
            plant.stop()


def bridge_lines(port):
    """The documented bridge to a broker on loopback, which knows neither certificates nor users."""
    lines = (CONFIG.parent / "bridge.conf").read_text().splitlines()
    kept = [line for line in lines if line and not line.startswith(("#", "address", "bridge_cafile", "remote_"))]
    assert len(kept) >= 9
    kept.insert(1, f"address 127.0.0.1:{port}")
    return "\n".join(kept) + "\n"


def wait(true, seconds=20.0):
    import time

    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
