"""Rules of the role release, kept and broken; the agent that is packed is the one that is measured."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rules import digests, release
from rules.model import Observed

from tests.unit.ansible.answers import broken, command, file, judged, settings

DIGEST = release.plan(settings("release", release_keys="/none"))["folder"].rpartition("-")[2]
GIVEN = {"program": "program", "app": "app unit", "agent": "agent unit", "timer": "timer unit"}
KEYS = (b"untrusted comment: 1\nRWQa\n", b"untrusted comment: 2\nRWQb\n")
TRUSTED = digests.of_lines(KEYS)


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    for number, text in enumerate(KEYS):
        (tmp_path / f"{number}.pub").write_bytes(text)
    return {"release_keys": str(tmp_path)}


def observed(digest: str = DIGEST, known: str = "2", trusted: str = TRUSTED, **texts: str) -> dict[str, Any]:
    commands = {"digest": command(digest), "known": command(known), "trusted": command(trusted)}
    commands.update(line=command(texts.get("line", "")), gpio=command(texts.get("gpio", "")))
    files = {name: file(texts.get(name, text)) for name, text in GIVEN.items()}
    files["data"] = file(exists=texts.get("data") != "gone", owner=texts.get("owner", "10001"), group="10001")
    state = texts.get("state", "active")
    units = {name: {"load": "loaded", "active": state, "enabled": texts.get("boot", "enabled")} for name in UNITS}
    return {"commands": commands, "files": files, "units": units}


UNITS = tuple(release.UNITS.values())
BLANK = observed(
    "", "0", "e3b0c44298fc", program="", app="", agent="", timer="", data="gone", state="inactive", boot=""
)


@pytest.mark.parametrize(
    "seen, expected",
    [
        (observed(), {}),
        (
            BLANK,
            {
                "agent": "not installed",
                "program": "absent or changed",
                "units": "absent or changed: nano-ocr.service, nano-ocr-agent.service, nano-ocr-agent.timer",
                "timer": "inactive, , at boot not",
                "data": "no /var/lib/nano-ocr/data",
                "keys": "0 keys, none",
            },
        ),
        (observed(timer="edited", owner="0"), {"units": "absent or changed: nano-ocr-agent.timer", "data": "0:10001"}),
        (observed(trusted="0123456789ab"), {"keys": "2 keys, 0123456789ab"}),
        (observed(line="0  line.yaml\n"), {"line": "absent or changed, or too many: line.yaml"}),
    ],
    ids=["good", "blank", "edited", "other keys", "a line that is no longer wanted"],
)
def test_what_is_found(seen: dict[str, Any], expected: dict[str, str], keys: dict[str, str]) -> None:
    assert broken("release", seen, GIVEN, **keys) == expected


def test_without_keys_here_the_rule_is_a_hint(tmp_path: Path) -> None:
    rule = judged("release", BLANK, GIVEN, release_keys=str(tmp_path))["release.keys"]
    assert rule["hint"] and rule["expected"] == f"0 keys, no key in {tmp_path}"
    assert rule["next"] == "./inv bundle keys --path keys; until then no release can be deployed"


def test_the_agent_is_brought_only_when_it_differs() -> None:
    changed = settings("release", release_keys="/none")
    assert release.work(Observed(observed()), changed) == {"bring": False, "line_differs": [], "line_extra": []}
    found = release.work(Observed(observed("", line="0  old\n")), changed)
    assert found == {"bring": True, "line_differs": ["old"], "line_extra": ["old"]}


def test_keys_are_named_in_order(keys: dict[str, str]) -> None:
    found = release.plan(settings("release", **keys))["public_keys"]
    assert [Path(path).name for path in found] == ["0.pub", "1.pub"]


def test_the_packed_agent_has_the_digest(tmp_path: Path) -> None:
    line = release.plan(settings("release", release_keys="/none"))["pack"]
    packed = subprocess.run(["sh", "-c", line], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], input=base64.b64decode(packed), cwd=tmp_path, check=True)
    folder = tmp_path / "node_agent"
    done = subprocess.run(["sh", "-c", release.COUNT], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == DIGEST


ENVIRONMENT = (
    "NANO_OCR_RELEASE=0123456789abcdef\nNANO_OCR_FOLDER=/var/lib/nano-ocr/releases/1\nNANO_OCR_IMAGE=sha256:9\n"
)


def application(environment: str = "", through: str = "", **changed: Any) -> dict[str, Any]:
    own = settings("release", **changed)
    given = {"environment": environment, "through": through, "folder": "/runs/1", "words": ["read", "in/a b.jpg"]}
    return release.application(type(own)(own.values, given))


def test_without_a_release_the_command_of_the_board_reads() -> None:
    found = application()
    assert (found["through"], found["why"]) == ("command", "")
    assert found["script"].startswith("/usr/local/bin/ocr-app read 'in/a b.jpg' >out/stdout.txt 2>out/stderr.txt;")


def test_a_release_reads_in_its_container_which_can_write_to_nothing_else() -> None:
    found = application(ENVIRONMENT)
    words = found["script"]
    assert found["through"] == "release" and "echo 'release 0123456789ab' >out/through" in words
    for part in ("docker run --rm --runtime nvidia --network none --read-only", "--volume /runs/1:/work --mount",
                 "--volume /var/lib/nano-ocr/data:/data:ro", "--user 10001:10001", "sha256:9 read 'in/a b.jpg'",
                 "--volume /var/lib/nano-ocr/releases/1:/release:ro"):  # fmt: skip
        assert part in words


def test_the_command_can_be_asked_for_although_a_release_runs() -> None:
    assert application(ENVIRONMENT, "command")["through"] == "command"


def test_a_release_that_does_not_run_is_not_replaced_by_the_command() -> None:
    found = application("", "release")
    assert (found["why"], found["script"]) == ("no release that runs", "")


def test_a_line_with_pins_asks_the_board_for_their_group(tmp_path: Path, keys: dict[str, str]) -> None:
    path = tmp_path / "line.yaml"
    path.write_text("journal: {folder: /data/journal}\nreject: {gpio: jetson}\n")
    sums = hashlib.sha256(path.read_bytes()).hexdigest() + "  line.yaml\n"
    own: dict[str, Any] = {**keys, "release_line": str(path)}
    assert broken("release", observed(line=sums, gpio="gpio:x:999:"), GIVEN, **own) == {}
    assert broken("release", observed(line=sums), GIVEN, **own) == {"pins": "no group gpio"}
    found = release.line(settings("release", {"groups": "gpio:x:999:jetson"}, **own))
    words = " ".join(found["options"])
    assert words.startswith("--device /dev/gpiochip0 --env JETSON_MODEL_NAME=JETSON_NANO --group-add 999 --volume")
