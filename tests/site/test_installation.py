"""The site, installed by its play on a virtual computer of Debian 12, with a board that sends to it over TLS.

One story in order; docs/results/site-install.log is its output.
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fleet.site.proof.boards import JournalledBoard
from fleet.virtual.settings import Fleet
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.pictures import PictureQuotas, PictureStore
from ocr_app.line.outputs.upload import PictureUpload
from ocr_app.line.settings.outputs import UploadSettings
from tests.fleet.conftest import KEEP, require_virtual_fleet
from tests.site import secrets
from tests.site.computer import FOLDER, SiteComputer

BOARD = "line-1"
SETTINGS = """
mqtt: {host: 127.0.0.1, port: 1883, user: site, password_file: /etc/nano-ocr/broker-password}
database: {url: "postgresql:///nano_ocr"}
keep: {grace_s: 2}
page: {listen: "127.0.0.1:8095", pictures: /pictures}
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
    return {
        "site_secrets": str(keys),
        "site_settings": str(keys / "site.yaml"),
        "site_prometheus": "true",
        "site_web": "true",
    }


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
    "mosquitto", "postgresql", "prometheus", "nginx", "nano-ocr-site-page",
    "nano-ocr-site-collect@1", "nano-ocr-site-collect@2"
)  # fmt: skip


def test_every_unit_runs_and_only_what_has_tls_and_users_listens_to_others(computer: SiteComputer) -> None:
    assert computer.root(f"systemctl is-active {' '.join(UNITS)}").split() == ["active"] * len(UNITS)
    assert computer.root(f"systemctl show -P NRestarts {' '.join(UNITS)}").split() == ["0"] * len(UNITS)
    assert computer.root("systemctl --failed --plain --no-legend") == ""
    told = computer.root("ss -Hltn | awk '{print $4}'").split()
    others = {address.rpartition(":")[2] for address in told if not address.startswith(("127.", "[::1]"))}
    assert others == {"22", "8443", "8883"}, told


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


def asked(keys: Path, address: str, user: str, word: str, method: str = "GET", data: bytes | None = None) -> bytes:
    """What the web server answers. Raises HTTPError."""
    request = urllib.request.Request(address, data, method=method)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode())
    context = ssl.create_default_context(cafile=str(keys / "ca.crt"))
    with urllib.request.urlopen(request, timeout=20, context=context) as answer:
        found: bytes = answer.read()
    return found


def test_pictures_of_rejects_are_uploaded_and_shown_to_a_viewer(
    computer: SiteComputer, board: Callable[..., JournalledBoard], keys: Path
) -> None:
    sender, site = board("line-6"), f"https://{computer.address}:8443"
    pictures = PictureStore(str(sender.folder), PictureQuotas(1 << 20, 1 << 20, 0))
    rows = [sender.decide() for _ in range(20)]
    rejects = [row for row in rows if not row.passed]
    sent = {row.id: b"\xff\xd8 the picture of " + row.id.encode() for row in rejects}
    for row in rejects:
        pictures.put(row, sent[row.id])
    own = UploadSettings(
        url=f"{site}/pictures", user="line-6", password_file=str(keys / "line-6.password"), ca_file=str(keys / "ca.crt")
    )
    PictureUpload(own, "line-6", str(sender.folder), sender.journal, ServiceStatus()).send_new(threading.Event())
    until(lambda: stored(computer, "line-6") == 20, "its results")
    until(lambda: "line-6" in computer.ask("http://127.0.0.1:8095/boards"), "the board on the page")
    page = asked(keys, f"{site}/boards/line-6", "viewer", secrets.VIEWER).decode()
    for row in rejects:
        address = f"/pictures/line-6/{row.id}"
        assert f'src="{address}"' in page
        assert asked(keys, site + address, "viewer", secrets.VIEWER) == sent[row.id]


@pytest.mark.parametrize(
    "user, word, method, path, code",
    [
        ("line-2", secrets.PASSWORDS["line-2"], "PUT", "/pictures/line-6/forged", 403),
        ("line-2", "a guess", "PUT", "/pictures/line-2/forged", 401),
        ("viewer", "a guess", "GET", "/", 401),
        ("viewer", secrets.VIEWER, "DELETE", "/pictures/line-6/forged", 403),
        ("viewer", secrets.VIEWER, "POST", "/", 403),
        ("line-2", secrets.PASSWORDS["line-2"], "PUT", "/pictures/line-2/a/b", 403),
    ],
)
def test_nobody_else_writes_and_strangers_see_nothing(
    computer: SiteComputer, keys: Path, user: str, word: str, method: str, path: str, code: int
) -> None:
    data = b"forged" if method in ("PUT", "POST") else None
    with pytest.raises(urllib.error.HTTPError) as refused:
        asked(keys, f"https://{computer.address}:8443{path}", user, word, method, data)
    refused.value.close()
    assert refused.value.code == code


def test_prometheus_has_the_collectors_and_every_alert(computer: SiteComputer) -> None:
    def told(path: str) -> dict:  # type: ignore[type-arg]
        return json.loads(computer.ask(f"http://127.0.0.1:9090/api/v1/{path}"))["data"]

    def targets() -> dict[str, str]:
        return {each["labels"]["instance"]: each["health"] for each in told("targets")["activeTargets"]}

    until(lambda: targets() == {"127.0.0.1:9101": "up", "127.0.0.1:9102": "up"}, "two targets that are up")
    rules = [rule for group in told("rules")["groups"] for rule in group["rules"]]
    assert len(rules) == (FOLDER / "nano-ocr-site.rules.yaml").read_text().count("- alert:")
    until(
        lambda: all(
            rule["health"] == "ok" for group in told("rules")["groups"] for rule in group["rules"]
        ), "rules that were evaluated", 90.0,
    )  # fmt: skip

    def stored_by_all() -> float:
        return sum(float(each["value"][1]) for each in told("query?query=sum(nano_ocr_site_stored_total)")["result"])

    until(lambda: stored_by_all() >= 200, "what the collectors stored", 60.0)
    assert told("alerts")["alerts"] == [], "nothing is wrong"


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
