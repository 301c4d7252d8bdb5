"""The page of outbound connections names every host of the code and its data, and every file that can connect."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "outbound-connections.md").read_text()
LISTED, _, NAMES = PAGE.partition("## Names that look like addresses but are not")
ROWS = [line for line in LISTED.splitlines() if line.startswith("| ") and not line.startswith("| to |")]
PLACES = (
    "fleet",
    "ocr_app",
    "node_agent",
    "training",
    "ansible",
    "docker",
    "wheels",
    "inv",
    "tasks.py",
    ".ci",
    "versions.toml",
)
HOST = re.compile(r"(?<![\w@.-])((?:[a-z0-9-]+\.)+(?:com|org|io|dev|net|edu|ai|eu|de|cn))\b(?![\w(-]|\.\w)")
SUFFIXES = ("", ".py", ".toml", ".json", ".yml", ".j2", ".sh", ".in", ".cfg", ".Dockerfile", ".service")
# What opens a connection, or starts a program that does.
CONNECTS = re.compile(
    r"urllib\.request\.(?:urlopen|build_opener)|urllib3\.PoolManager\(|create_connection\("
    r"|\.connect_async\("
    r"|\"pip\", \"(?:download|install)\"|-m pip install"
    r"|\[\"debootstrap\"|apt-get update -q|\"apt-get\", |\"pull\"|\"npm\"|\[\"ansible-playbook\"|\"pip-audit\"\)"
    r"|execvp\(\"ssh\"|\n +\"ssh\",\n|\"bin\" / \"uv\"|ansible\.builtin\.(?:apt|uri|get_url|git|pip|apt_key):"
)
# Packages that are called like a host, and a file that speaks of hosts.
PACKAGES = {"docker.io": {"ansible", ".ci", "fleet"}}


def files():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *PLACES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix in SUFFIXES and path.name != "README.md":
            yield name, path.read_text(encoding="utf-8", errors="replace")


def hosts():
    for name, text in files():
        for host in set(HOST.findall(text)):
            if name.split("/")[0] not in PACKAGES.get(host, ()):
                yield host, name


def connecting():
    made = re.compile(r"docker/.*\.Dockerfile$")  # generated from docker/Dockerfile.j2
    return sorted(name for name, text in files() if CONNECTS.search(text) and not made.match(name))


def test_every_host_in_code_and_data_is_on_the_page():
    found = {}
    for host, name in hosts():
        found.setdefault(host, []).append(name)
    strays = {host: names for host, names in found.items() if host not in PAGE}
    assert not strays, "name them in docs/explanation/outbound-connections.md"


def test_every_host_on_the_page_is_in_code_or_data():
    found = {host for host, _ in hosts()}
    assert len(found) > 8
    assert set(HOST.findall(PAGE)) <= found


def test_no_host_is_both_connected_to_and_a_mere_name():
    assert HOST.findall(NAMES)
    assert not set(HOST.findall(NAMES)) & set(HOST.findall(LISTED))


@pytest.mark.parametrize("name", connecting())
def test_every_file_that_connects_has_a_row(name):
    assert any(f"`{name}`" in row for row in ROWS), f"{name} opens a connection; say where to, and what starts it"


def test_every_file_on_the_page_is_there():
    named = {name for row in ROWS for name in re.findall(r"`([\w./-]+)`", row.split("|")[4]) if name != "the same"}
    assert len(named) > 10 and all((ROOT / name).is_file() for name in named), named


def test_every_row_says_what_starts_it():
    assert all(len(row.split("|")) == 7 and all(cell.strip() for cell in row.split("|")[1:5]) for row in ROWS)
