"""The site by its Compose file, on stand-ins for public images, with a board that sends to it over TLS.

One story in order; docs/results/site-install.log is its output.
"""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.live.broker import free_port
from fleet.site.proof.boards import JournalledBoard
from tests.conftest import absent
from tests.fleet.conftest import require_virtual_fleet
from tests.line.conftest import until
from tests.site import secrets
from tests.site.computer import FOLDER
from tests.site.containers import SiteContainers, images

BROKER, PROGRAM = 1883, 10001
"""User of the broker, and of the program, in their containers."""
PORTS = {"BROKER_PORT": str(free_port()), "PAGE_PORT": str(free_port())}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Readable for both users, and for nobody else."""
    made = secrets.make(tmp_path_factory.mktemp("plant") / "secrets", "127.0.0.1")
    for path in (made, *made.iterdir()):
        os.chown(path, BROKER, PROGRAM)
        path.chmod(0o750 if path.is_dir() else 0o640)
    return made


@pytest.fixture(scope="module")
def site(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteContainers]:
    require_virtual_fleet()
    if shutil.which("docker-compose") is None:
        absent("docker-compose", "apt-get install docker-compose")
    text = (FOLDER / "site.env.example").read_text()
    for name, value in {**images(), "SITE_SECRETS": str(keys)}.items():
        text = "".join(f"{name}={value}\n" if line.startswith(f"{name}=") else line for line in text.splitlines(True))
    text += "".join(f"{name}={value}\n" for name, value in PORTS.items())
    variables = tmp_path_factory.mktemp("compose") / "env"
    variables.write_text(text)
    made = SiteContainers(variables)
    made.remove()
    yield made
    made.remove()


def test_compose_takes_the_file_and_builds_the_program(site: SiteContainers) -> None:
    assert "nano-ocr-site" in site.compose("config")
    site.compose("build", "page")


def test_tables_are_made_once_and_everything_starts(site: SiteContainers) -> None:
    assert "0001-parts" in site.compose("run", "--rm", "migrate")
    assert "nothing to do" in site.compose("run", "--rm", "migrate")
    for _ in range(2):
        site.compose("up", "-d", "--scale", "collector=2", "broker", "database", "collector", "page")
    assert len(site.states()) == 5 and set(site.states().values()) == {"running"}


def test_results_reach_database_and_page_and_wait_for_a_database_that_is_away(
    site: SiteContainers, keys: Path, tmp_path: Path
) -> None:
    board = JournalledBoard(
        tmp_path, "line-1", int(PORTS["BROKER_PORT"]), 0.5, tls=True, ca_file=str(keys / "ca.crt"), user="line-1",
        password_file=str(keys / "line-1.password"),
    )  # fmt: skip

    def stored() -> int:
        return int(site.query("SELECT count(*) FROM parts")[0][0])

    def is_ready() -> bool:
        told = site.compose("exec", "-T", "database", "pg_isready", "-h", "127.0.0.1", check=False)
        return "accepting connections" in told

    try:
        rows = [board.decide() for _ in range(100)]
        until(lambda: stored() == 100, "100 results in PostgreSQL", 60)
        site.compose("kill", "database")
        rows += [board.decide() for _ in range(50)]
        site.compose("up", "-d", "--scale", "collector=2", "database")
        until(is_ready, "the database", 60)
        until(lambda: stored() == 150, "what was decided meanwhile", 60)
    finally:
        board.end()
    assert site.query("SELECT id, verdict FROM parts ORDER BY number") == [[row.id, row.verdict] for row in rows]
    address = f"http://127.0.0.1:{PORTS['PAGE_PORT']}/boards/line-1"
    assert "of 150 parts" in until(lambda: _page(address), "the page", 60)
    assert set(site.states().values()) == {"running"}


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        text: str = answer.read().decode()
    return text if "of 150 parts" in text else ""
