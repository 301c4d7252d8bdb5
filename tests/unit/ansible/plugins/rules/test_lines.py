"""What a container gets for a live line is in the settings of the line; what it could not run is refused at once."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from rules import lines
from rules.loading import BadRule

from tests.unit.ansible.answers import settings

PAGE = "page: {listen: '0.0.0.0:8089', certificate_file: page.pem, key_file: page.key}\n"
JOURNAL = "journal: {folder: /data/journal}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "line.yaml"


def container(path: Path, more: str = "", groups: str = "", network: str = "none") -> dict[str, Any]:
    path.write_text(JOURNAL + more)
    return lines.container(settings("release", release_line=str(path)), network, groups)


def test_without_a_line_nothing_changes() -> None:
    assert lines.container(settings("release"), "none", "") == {"network": "none", "options": [], "file": ""}


def test_a_line_that_sends_nothing_has_no_network(path: Path) -> None:
    found = container(path, "source: {kind: folder, path: /data/camera}\n")
    volume = ["--volume", "/etc/nano-ocr/line:/etc/nano-ocr/line:ro"]
    assert found == {"network": "none", "options": volume, "file": "/etc/nano-ocr/line/line.yaml"}


def test_what_listens_is_published_by_the_board(path: Path) -> None:
    found = container(path, "modbus: {listen: '0.0.0.0:502'}\n" + PAGE)
    assert found["network"] == "bridge"
    assert found["options"][:4] == ["--publish", "502:502", "--publish", "8089:8089"]


@pytest.mark.parametrize(
    "output",
    [
        "mqtt: {host: broker}\n", "webhook: {url: 'https://mes.plant/parts'}\n", "upload: {url: 'https://site.plant/p'}\n",
        "plc: {address: '192.168.0.10:502'}\n", "camera: {url: 'rtsp://camera.plant/1'}\n",
    ],
)  # fmt: skip
def test_what_sends_needs_a_network_and_no_port(path: Path, output: str) -> None:
    found = container(path, output)
    assert found["network"] == "bridge" and "--publish" not in found["options"]


def test_a_network_that_was_named_stays(path: Path) -> None:
    listens = "modbus: {listen: '0.0.0.0:502'}\n"
    assert container(path, listens, network="plant")["network"] == "plant"
    host = container(path, listens, network="host")
    assert host["network"] == "host" and "--publish" not in host["options"]


@pytest.mark.parametrize("pins", ["reject: {gpio: jetson, pin: 7}\n", "trigger: {kind: gpio, pin: 11}\n"])
def test_pins_get_their_device_and_the_group_of_the_board(path: Path, pins: str) -> None:
    words = " ".join(container(path, pins, "gpio:x:999:jetson")["options"])
    assert words.startswith("--device /dev/gpiochip0 --env JETSON_MODEL_NAME=JETSON_NANO --group-add 999 ")
    assert "gpiochip" not in " ".join(container(path)["options"])


@pytest.mark.parametrize(
    "text, found",
    [
        ("journal: {folder: /var/journal}\n", "journal.folder /var/journal; expected a folder below /data"),
        ("journal: {folder: /data}\n", "journal.folder /data;"),
        (JOURNAL + "page: {listen: '127.0.0.1:8089'}\n", "page.listen 127.0.0.1:8089; expected 0.0.0.0:PORT"),
        (JOURNAL + "modbus: {listen: '502'}\n", "modbus.listen 502;"),
        (JOURNAL + "page: {listen: '0.0.0.0:1', key_file: k}\n", "a page without certificate_file or key_file;"),
        ("- a list\n", "found no sections"),
        ("a: [\n", "while parsing a flow"),
    ],
)
def test_a_line_that_a_container_could_not_run_is_refused(path: Path, text: str, found: str) -> None:
    path.write_text(text)
    with pytest.raises(BadRule, match=r"release\.line: found") as caught:
        lines.container(settings("release", release_line=str(path)), "none", "")
    assert found in str(caught.value)


def test_an_answer_of_getent_that_is_none_is_refused(path: Path) -> None:
    with pytest.raises(BadRule, match="the group gpio as 'gpio'"):
        container(path, "reject: {gpio: jetson}\n", "gpio")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRule, match="No such file"):
        lines.container(settings("release", release_line=str(tmp_path / "none")), "none", "")


def sums(*files: Path) -> str:
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def test_files_are_compared_by_name_and_content(path: Path, tmp_path: Path) -> None:
    path.write_text(JOURNAL)
    users, secret = tmp_path / "users.json", tmp_path / "mqtt"
    users.write_text("{}")
    secret.write_text("$ANSIBLE_VAULT;1.1;AES256\n00\n")
    own = settings("release", release_line=str(path), release_line_files={"users.json": users, "mqtt": secret})
    there = sums(path, users) + "0  mqtt\n"
    assert lines.differing(own, there) == []
    assert lines.differing(own, "") == ["line.yaml", "mqtt", "users.json"]
    assert lines.differing(own, there + "0  old.pem\n") == ["old.pem"]
    users.write_text("{ }")
    assert lines.differing(own, there) == ["users.json"]
    assert lines.differing(settings("release"), there) == ["line.yaml", "mqtt", "users.json"]


@pytest.mark.parametrize("name", ["../a", ".a", "line.yaml"])
def test_a_name_that_leads_elsewhere_is_refused(path: Path, name: str) -> None:
    path.write_text(JOURNAL)
    with pytest.raises(BadRule, match="found the names"):
        lines.files(settings("release", release_line=str(path), release_line_files={name: path}))


def test_pins_of_a_later_board_are_refused(path: Path) -> None:
    path.write_text(JOURNAL + "reject: {gpio: 18}\n")
    later = settings("release", release_line=str(path), fleet_l4t="r36.4", fleet_board="orin-nano")
    with pytest.raises(BadRule, match="found pins on a board orin-nano; expected a Nano"):
        lines.container(later, "none", "")
