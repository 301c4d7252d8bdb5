"""What the settings file of a live line asks of its container: network, ports, pins; and its files on the board."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from .loading import BadRule
from .model import Settings

FOLDER = "/etc/nano-ocr/line"
FILE = FOLDER + "/line.yaml"
SUMS = f"cd {FOLDER} 2>/dev/null && sha256sum -- *"
_NO = ("", "none")
_CALLED = (("mqtt", "host"), ("webhook", "url"), ("upload", "url"), ("plc", "address"), ("camera", "url"))
"""What a line connects to, so that its container needs a network."""
_EVERYWHERE = ("0.0.0.0", "[::]")
_VAULT = b"$ANSIBLE_VAULT"
_GROUP = re.compile(r"gpio:[^:]*:(\d+):.*")
_PINS = ["--device", "/dev/gpiochip0", "--env", "JETSON_MODEL_NAME=JETSON_NANO"]
"""Jetson.GPIO drives a Nano's pins through that device; its README names the variable for containers."""


def container(settings: Settings, network: str, groups: str) -> dict[str, Any]:
    """The container of the service: ``network``, ``options`` of docker run, and ``file``, which `serve` reads first.

    ``network``: the one that was chosen; ``groups``: the line of the group gpio on the board, as getent prints it.
    Raises BadRule for a line that a container could not run.
    """
    if not settings.text("release_line"):
        return {"network": network, "options": [], "file": ""}
    record = read(settings)
    for problem, expected in problems(record, groups, settings.board.id):
        path = settings.text("release_line")
        raise BadRule(f"release.line: found {problem}; expected {expected}; next: correct {path}")
    ports = [word for port in published(record) for word in ("--publish", f"{port}:{port}")]
    asks = bool(ports) or any(_of(record, *key) not in _NO for key in _CALLED)
    found = _GROUP.fullmatch(groups) if _has_pins(record) else None
    pins = [*_PINS, "--group-add", found[1]] if found else []
    options = [*(ports if network in ("none", "bridge") else []), *pins, "--volume", f"{FOLDER}:{FOLDER}:ro"]
    return {"network": "bridge" if asks and network == "none" else network, "options": options, "file": FILE}


def read(settings: Settings) -> Mapping[str, Any]:
    """The settings of the line. Raises BadRule for a file that is not there, or not YAML with sections."""
    path = Path(settings.text("release_line"))
    try:
        record = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise BadRule(
            f"release.line: found {error}; expected a file of ocr-app line init; next: release_line"
        ) from error
    if not isinstance(record, dict) or not all(isinstance(section, dict) for section in record.values()):
        raise BadRule(f"release.line: found no sections in {path}; expected some; next: ocr-app line check {path}")
    return record


def problems(record: Mapping[str, Any], groups: str, board: str = "nano") -> Iterator[tuple[str, str]]:
    """What a container could not do: (found, expected). `ocr-app line check` judges everything else, in the unit."""
    journal = PurePosixPath(str(_of(record, "journal", "folder")))
    if PurePosixPath("/data") not in journal.parents:
        yield f"journal.folder {journal}", "a folder below /data, which outlives the container"
    for section, listen in _listens(record):
        host, _, port = listen.rpartition(":")
        if host not in _EVERYWHERE or not port.isdigit():
            yield f"{section}.listen {listen}", "0.0.0.0:PORT, which the board publishes, or none"
    page = [_of(record, "page", key) for key in ("listen", "certificate_file", "key_file")]
    if page[0] not in _NO and not all(page):
        yield "a page without certificate_file or key_file", "both: the image has no openssl to make them"
    if _has_pins(record) and board != "nano":
        yield f"pins on a board {board}", "a Nano, whose pins Jetson.GPIO is told of here; or a PLC or a network output"
    if _has_pins(record) and groups and not _GROUP.fullmatch(groups):
        yield f"the group gpio as {groups!r}", "the line of getent group gpio"


def published(record: Mapping[str, Any]) -> list[int]:
    """The ports that the network reaches, each once."""
    return sorted({int(listen.rpartition(":")[2]) for _, listen in _listens(record)})


def page(record: Mapping[str, Any]) -> dict[str, Any]:
    """The port of the page, 0 where there is none, and the name of its certificate beside the settings."""
    listen = str(_of(record, "page", "listen"))
    port = 0 if listen in _NO else int(listen.rpartition(":")[2])
    return {"port": port, "certificate": PurePosixPath(str(_of(record, "page", "certificate_file"))).name}


def _listens(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = [(section, str(_of(record, section, "listen"))) for section in ("modbus", "page")]
    return [(section, listen) for section, listen in named if listen not in _NO]


def _has_pins(record: Mapping[str, Any]) -> bool:
    return _of(record, "reject", "gpio") not in _NO or _of(record, "trigger", "kind") == "gpio"


def _of(record: Mapping[str, Any], section: str, key: str) -> Any:
    return record.get(section, {}).get(key, "")


def has_pins(settings: Settings) -> bool:
    """Whether the board has a line that drives or watches pins."""
    return bool(settings.text("release_line")) and _has_pins(read(settings))


def files(settings: Settings) -> dict[str, Path]:
    """Name in FOLDER -> file on the control machine. Raises BadRule for a name with a folder in it."""
    if not settings.text("release_line"):
        return {}
    others = {str(name): Path(str(path)) for name, path in settings["release_line_files"].items()}
    if wrong := sorted(name for name in others if "/" in name or name.startswith(".") or name == "line.yaml"):
        raise BadRule(
            f"release.line: found the names {', '.join(wrong)}; expected plain ones; next: release_line_files"
        )
    return {"line.yaml": Path(settings.text("release_line")), **others}


def differing(settings: Settings, sums: str) -> list[str]:
    """Names of files that are missing, other than here, or too many on the board, by its ``sums`` (`SUMS`).

    Of a file that is encrypted here (ansible-vault), only the name is compared.
    """
    there = {name: digest for digest, _, name in (line.partition("  ") for line in sums.splitlines())}
    here = {name: _digest(path) for name, path in files(settings).items()}
    same = {name for name, digest in here.items() if name in there and digest in ("", there[name])}
    return sorted((set(here) | set(there)) - same)


def _digest(path: Path) -> str:
    """The sha256 of a file; empty where it is encrypted. Raises BadRule where it is not there."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadRule(f"release.line: found {error}; expected a file; next: release_line_files") from error
    return "" if data.startswith(_VAULT) else hashlib.sha256(data).hexdigest()
