"""Results to a real Mosquitto that is stopped, killed and started again: nothing is lost, and ids tell doubles."""

import json
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fleet.live.broker import LoopbackBroker
from tests.line.conftest import Consumer, until

ROOT = Path(__file__).resolve().parents[2]


def running_line(line, broker, **mqtt):
    line.frames([1, 2, 1]).set(source={"rate_hz": 20}, mqtt={"host": "127.0.0.1", "port": broker.port, **mqtt})
    return line.start()


def all_there(line, consumer):
    """Every part of the journal came, under the verdict of the journal."""
    journal = dict(line.rows("SELECT id, verdict FROM parts WHERE verdict IS NOT NULL"))
    got = {identity: record["verdict"] for identity, record in consumer.parts().items()}
    return bool(journal) and got == journal


def test_each_result_comes_once_with_state_and_availability(line, broker, consumer):
    served = running_line(line, broker)
    until(lambda: len(consumer.parts()) > 20, "results")
    assert consumer.retained["availability"] == "online"
    until(lambda: json.loads(consumer.retained.get("state", "{}")).get("passes"), "a state")
    state = json.loads(consumer.retained["state"])
    assert state["ready"] is True and state["verdict"] == "pass" and state["text"] == "AB7"
    assert served.end() == 0
    until(lambda: all_there(line, consumer), "all results")
    topics = [topic for topic, _ in consumer.messages if topic.endswith("/part")]
    assert len(topics) == len(consumer.parts()) and set(topics) == {"nano-ocr/test/part"}
    numbers = [record["number"] for record in consumer.parts().values()]
    assert numbers == sorted(numbers)
    previous = [record["previous"] for record in consumer.parts().values()]
    assert previous[1:] == numbers[:-1]
    until(lambda: consumer.retained["availability"] == "offline", "the word of its end")


def test_home_assistant_finds_the_line_under_its_prefix(line, broker):
    served = running_line(line, broker, discovery=True, discovery_prefix="home/ha")
    served.until(lambda: "broker connected" in served.said(), "the broker")
    time.sleep(0.5)
    late = Consumer(broker.port, "home/ha/#", "home")  # announcements are retained: who comes later gets them, too
    try:
        until(lambda: len(late.messages) == 7, "seven announcements")
    finally:
        late.close()
    found = {topic: json.loads(text) for topic, text in late.messages}
    verdict = found["home/ha/sensor/nano_ocr_test/verdict/config"]
    assert verdict["state_topic"] == "nano-ocr/test/state" and verdict["availability_topic"].endswith("/availability")
    assert served.end() == 0


def test_the_broker_says_that_a_killed_board_is_gone(line, broker, consumer):
    served = running_line(line, broker, keepalive_s=2)
    until(lambda: consumer.retained.get("availability") == "online", "online")
    served.kill()
    until(lambda: consumer.retained["availability"] == "offline", "the last will")


@pytest.mark.parametrize("way", ["stop", "kill"])
def test_a_broker_that_is_away_loses_nothing_and_the_line_goes_on(line, broker, consumer, way):
    served = running_line(line, broker)
    until(lambda: len(consumer.parts()) > 5, "results")
    getattr(broker, way)()
    before = line.count()
    served.degraded_by("broker_lost")
    until(lambda: line.count() > before + 20, "parts without a broker")
    broker.start()
    until(lambda: len(consumer.parts()) > before + 20, "what waited", 60)
    assert served.end() == 0
    until(lambda: lost_by_the_broker(line, consumer) or all_there(line, consumer), "all results", 60)
    assert not consumer.contradictions
    if lost_by_the_broker(line, consumer):  # a killed broker may forget what it had acknowledged: the gap shows it
        asked_again(line, broker, consumer)
    assert all_there(line, consumer)


def lost_by_the_broker(line, consumer):
    """Whether the consumer has the last part but not all: only then is something truly lost."""
    last = line.rows("SELECT id FROM parts ORDER BY number DESC LIMIT 1")[0][0]
    return last in consumer.parts() and not all_there(line, consumer)


def asked_again(line, broker, consumer):
    have = {record["number"] for record in consumer.parts().values()}
    gap = min(record["previous"] for record in consumer.parts().values() if (record["previous"] or 0) not in have)
    consumer.client.publish("nano-ocr/test/resend", str(gap - 1), qos=1)
    line.set(source={"rate_hz": 1})
    line.start()
    until(lambda: all_there(line, consumer), "what was asked for again", 60)


def test_a_consumer_with_a_gap_gets_it_again(line, broker, consumer):
    served = running_line(line, broker)
    until(lambda: len(consumer.parts()) > 20, "results")
    first = next(iter(consumer.parts()))
    with consumer.lock:
        consumer.by_id.clear()
    consumer.client.publish("nano-ocr/test/resend", "0", qos=1)
    until(lambda: first in consumer.parts(), "the first part again")
    for payload in ("-1", "all", "", "9" * 30):
        consumer.client.publish("nano-ocr/test/resend", payload, qos=1)
    count = line.count()
    until(lambda: line.count() > count + 10, "parts after nonsense")
    assert served.end() == 0
    until(lambda: all_there(line, consumer), "all results")


def test_what_waited_over_a_restart_of_the_service_is_sent(line, broker, consumer):
    served = running_line(line, broker)
    until(consumer.parts, "results")
    broker.stop()
    before = line.count()
    until(lambda: line.count() > before + 10, "parts without a broker")
    served.kill()
    served = line.start()
    broker.start()
    until(lambda: len(consumer.parts()) > before + 10, "what waited", 60)
    assert served.end() == 0
    until(lambda: all_there(line, consumer), "all results", 60)


def test_a_message_is_a_trigger_and_each_has_its_part(line, broker, consumer):
    line.frames([1, 2]).set(
        source={"rate_hz": 50},
        trigger={"kind": "mqtt", "topic": "plant/light", "debounce_ms": 0},
        mqtt={"host": "127.0.0.1", "port": broker.port},
    )
    served = line.start()
    until(lambda: consumer.retained.get("availability") == "online", "online")
    for number in range(1, 11):
        consumer.client.publish("plant/light", "now", qos=1)
        until(lambda number=number: len(consumer.parts()) == number, f"part {number}")
    assert served.end() == 0 and line.count("pass") == 10
    assert line.rows("SELECT DISTINCT cause FROM parts") == [("mqtt",)]


def test_a_trigger_without_a_frame_is_a_fail(line, broker, consumer):
    line.frames([1]).set(
        source={"rate_hz": 100, "repeat": False},
        trigger={"kind": "mqtt", "topic": "plant/light", "frame_ms": 50},
        mqtt={"host": "127.0.0.1", "port": broker.port},
    )
    served = line.start()
    until(lambda: consumer.retained.get("availability") == "online", "online")
    time.sleep(0.3)
    consumer.client.publish("plant/light", "now", qos=1)
    until(consumer.parts, "a part")
    assert served.end() == 0
    assert [(verdict, json.loads(reasons)) for _, _, verdict, reasons, _ in line.rows()] == [("fail", ["no-frame"])]


def checked(line):
    """Exit code and rows of `ocr-app line check`."""
    path = line.folder / "line.yaml"
    path.write_text(json.dumps(line.settings))
    command = [sys.executable, "-m", "ocr_app", "line", "check", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, {row["about"]: row for row in json.loads(done.stdout)}


def test_the_check_asks_the_broker_and_sends_nothing(line, broker, consumer):
    line.frames([1]).set(mqtt={"host": "127.0.0.1", "port": broker.port})
    code, rows = checked(line)
    assert code == 0 and rows["mqtt"]["state"] == "ok" and "takes the connection" in rows["mqtt"]["found"]
    time.sleep(0.3)
    assert consumer.messages == [] and not (line.folder / "journal").exists()
    broker.stop()
    code, rows = checked(line)
    assert code == 14 and rows["mqtt"]["state"] == "error" and "refused" in rows["mqtt"]["found"].lower()


PASSWORD = "Grüße, #1"


@pytest.fixture
def certificates(tmp_path_factory):
    """A certificate authority, a broker's certificate for 127.0.0.1, and one for the board; made by openssl."""
    folder = tmp_path_factory.mktemp("tls")

    def run(*words):
        subprocess.run(
            ["openssl", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
        "-subj", "/CN=test authority")  # fmt: skip
    for name, more in (("broker", "subjectAltName=IP:127.0.0.1"), ("board", "extendedKeyUsage=clientAuth")):
        (folder / "more").write_text(more)
        run(
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.csr",
            "-subj",
            f"/CN={name}",
        )
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "more", "-out", f"{name}.pem")  # fmt: skip
    for path in folder.iterdir():
        path.chmod(0o644)
    for parent in (folder, *folder.parents):
        if str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    return folder


def test_tls_with_a_certificate_of_the_board(line, mosquitto, certificates, tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    folder.chmod(0o755)
    secure = f"cafile {certificates}/ca.pem\ncertfile {certificates}/broker.pem\nkeyfile {certificates}/broker.key\n"
    broker = LoopbackBroker(folder, secure + "require_certificate true\nuse_identity_as_username true\n").start()
    own = {"tls": True, "ca_file": f"{certificates}/ca.pem"}
    own.update(certificate_file=f"{certificates}/board.pem", key_file=f"{certificates}/board.key")
    context = ssl.create_default_context(cafile=own["ca_file"])
    context.load_cert_chain(own["certificate_file"], own["key_file"])
    consumer = Consumer(broker.port, configure=lambda client: client.tls_set_context(context))
    try:
        served = running_line(line, broker, **own)
        until(lambda: len(consumer.parts()) > 3, "results over TLS")
        assert served.end() == 0
        line.settings["mqtt"] = {"host": "127.0.0.1", "port": broker.port, "tls": True}
        served = line.start()  # a broker whose certificate nobody here has signed
        served.degraded_by("broker_lost")
        count = len(consumer.parts())
        time.sleep(1.0)
        assert len(consumer.parts()) == count and served.end() == 0
    finally:
        consumer.close()
        broker.kill()


def test_a_user_with_a_password_from_a_file(line, mosquitto, tmp_path_factory):
    folder = tmp_path_factory.mktemp("broker")
    folder.chmod(0o755)
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(folder / "users"), "board", PASSWORD], check=True)
    (folder / "users").chmod(0o644)
    broker = LoopbackBroker(folder, f"allow_anonymous false\npassword_file {folder}/users\n").start()
    consumer = Consumer(broker.port, configure=lambda client: client.username_pw_set("board", PASSWORD))
    (line.folder / "password").write_text(PASSWORD + "\n")
    (line.folder / "wrong").write_text("guess\n")
    try:
        served = running_line(line, broker, user="board", password_file="password")
        until(lambda: len(consumer.parts()) > 3, "results")
        assert served.end() == 0 and PASSWORD not in served.said()
        line.set(mqtt={"password_file": "wrong"})
        served = line.start()
        served.degraded_by("broker_lost")
        served.until(lambda: "it refuses the connection" in served.said(), "the refusal")
        assert served.end() == 0
    finally:
        consumer.close()
        broker.kill()
