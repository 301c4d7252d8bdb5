"""The site, installed by its play on a virtual computer of Debian 12, with a board that sends to it over TLS.

One story in order; docs/results/site-install.log is its output.
"""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.site.proof.boards import JournalledBoard
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import KEEP, require_virtual_fleet
from tests.site import secrets
from tests.site.computer import FOLDER, SiteComputer

BOARD = "line-1"
SETTINGS = """
mqtt: {host: 127.0.0.1, port: 1883, user: site, password_file: /etc/nano-ocr/broker-password}
database: {url: "postgresql:///nano_ocr"}
keep: {grace_s: 2}
page: {listen: "127.0.0.1:8095"}
"""


@pytest.fixture(scope="module")
def computer() -> Iterator[SiteComputer]:
    require_virtual_fleet()
    made = SiteComputer(Fleet("site"))
    if not os.environ.get(KEEP):
        made.remove()
    yield made.start()
    if not os.environ.get(KEEP):
        made.remove()


@pytest.fixture(scope="module")
def keys(computer: SiteComputer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return secrets.make(tmp_path_factory.mktemp("plant") / "secrets", computer.address)


@pytest.fixture(scope="module")
def variables(keys: Path) -> dict[str, str]:
    (keys / "site.yaml").write_text(SETTINGS)
    return {"site_secrets": str(keys), "site_settings": str(keys / "site.yaml"), "site_prometheus": "true"}


@pytest.fixture
def board(computer: SiteComputer, keys: Path, tmp_path: Path) -> Iterator[Callable[..., JournalledBoard]]:
    """Makes boards on this machine, which send to the computer over TLS; ``user`` is the board unless given."""
    made: list[JournalledBoard] = []

    def make(name: str, user: str = "", **more: str) -> JournalledBoard:
        own = {
            "host": computer.address, "tls": True, "ca_file": str(keys / "ca.crt"), "user": user or name,
            "password_file": str(keys / f"{user or name}.password"), **more,
        }  # fmt: skip
        made.append(JournalledBoard(tmp_path, name, 8883, 0.5, **own))
        return made[-1]

    yield make
    for each in made:
        each.end()


def until(condition: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Waits."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.5)


def stored(computer: SiteComputer, name: str) -> int:
    return int(computer.query(f"SELECT count(*) FROM parts WHERE board = '{name}'")[0][0])


def test_the_play_installs_a_computer_that_has_nothing(computer: SiteComputer, variables: dict[str, str]) -> None:
    code, counts, text = computer.play(**variables)
    assert code == 0, text[-6000:]
    assert counts["changed"] > 15 or os.environ.get(KEEP)


def test_a_second_run_changes_nothing(computer: SiteComputer, variables: dict[str, str]) -> None:
    code, counts, text = computer.play(**variables)
    assert code == 0, text[-6000:]
    assert counts["changed"] == 0, re.findall(r"TASK .*\n+changed.*", text)


UNITS = (
    "mosquitto", "postgresql", "prometheus", "nano-ocr-site-page", "nano-ocr-site-collect@1", "nano-ocr-site-collect@2"
)  # fmt: skip


def test_every_unit_runs_and_only_the_broker_and_ssh_listen_to_others(computer: SiteComputer) -> None:
    assert computer.root(f"systemctl is-active {' '.join(UNITS)}").split() == ["active"] * len(UNITS)
    assert computer.root(f"systemctl show -P NRestarts {' '.join(UNITS)}").split() == ["0"] * len(UNITS)
    assert computer.root("systemctl --failed --plain --no-legend") == ""
    told = computer.root("ss -Hltn | awk '{print $4}'").split()
    others = {address.rpartition(":")[2] for address in told if not address.startswith(("127.", "[::1]"))}
    assert others == {"22", "8883"}, told


def test_results_of_a_board_reach_database_and_page_over_tls(
    computer: SiteComputer, board: Callable[..., JournalledBoard]
) -> None:
    sender = board(BOARD)
    rows = [sender.decide() for _ in range(200)]
    until(lambda: stored(computer, BOARD) == 200, "200 results in PostgreSQL")
    found = computer.query(f"SELECT id, verdict, text FROM parts WHERE board = '{BOARD}' ORDER BY number")
    assert found == [[row.id, row.verdict, row.text] for row in rows]
    passes = sum(row.passed for row in rows)
    until(lambda: "200" in computer.ask("http://127.0.0.1:8095/"), "counts on the page")
    page = computer.ask(f"http://127.0.0.1:8095/boards/{BOARD}")
    assert f"{int(passes * 1000 / 200) / 10:.1f} % of 200 parts" in page
    rejects = [row for row in rows if not row.passed]
    assert rejects[-1].id in page and "{{" not in page


def test_the_broker_takes_no_stranger_no_wrong_name_and_nothing_in_clear(
    computer: SiteComputer, board: Callable[..., JournalledBoard], keys: Path
) -> None:
    impostor = board("line-3", user="line-2")
    (keys / "line-4.password").write_text("a guess\n")
    stranger = board("line-4")
    for each in (impostor, stranger):
        each.decide()
    honest = board("line-2")
    honest.decide()
    until(lambda: stored(computer, "line-2") == 1, "the result of a board under its own name")
    time.sleep(2.0)
    assert stored(computer, "line-3") == stored(computer, "line-4") == 0
    assert "not authorised" in computer.root("cat /var/log/mosquitto/mosquitto.log")
    with pytest.raises(ssl.SSLError), socket.create_connection((computer.address, 8883), timeout=10) as plain:
        ssl.create_default_context().wrap_socket(plain, server_hostname=computer.address)


def test_prometheus_has_the_collectors_and_every_alert(computer: SiteComputer) -> None:
    def asked(path: str) -> dict:  # type: ignore[type-arg]
        return json.loads(computer.ask(f"http://127.0.0.1:9090/api/v1/{path}"))["data"]

    def targets() -> dict[str, str]:
        return {each["labels"]["instance"]: each["health"] for each in asked("targets")["activeTargets"]}

    until(lambda: targets() == {"127.0.0.1:9101": "up", "127.0.0.1:9102": "up"}, "two targets that are up")
    rules = [rule for group in asked("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == (FOLDER / "nano-ocr-site.rules.yaml").read_text().count("- alert:")
    until(
        lambda: all(
            rule["health"] == "ok" for group in asked("rules")["groups"] for rule in group["rules"]
        ), "rules that were evaluated", 90.0,
    )  # fmt: skip

    def stored_by_all() -> float:
        return sum(float(each["value"][1]) for each in asked("query?query=sum(nano_ocr_site_stored_total)")["result"])

    until(lambda: stored_by_all() >= 200, "what the collectors stored", 60.0)
    assert asked("alerts")["alerts"] == [], "nothing is wrong"


def test_after_a_reboot_everything_is_back_with_what_was_decided_meanwhile(
    computer: SiteComputer, board: Callable[..., JournalledBoard]
) -> None:
    away = board("line-5")
    until(lambda: computer.query("SELECT online FROM boards WHERE board = 'line-5'") == [["t"]], "the board online")
    computer.reboot()
    for _ in range(50):
        away.decide()
    computer.wait()
    until(lambda: stored(computer, "line-5") == 50, "what was decided meanwhile", 120.0)
    assert computer.root(f"systemctl is-active {' '.join(UNITS)}").split() == ["active"] * len(UNITS)
