"""From provisioned nodes to codes that are read: the real application, its real image, a real bundle, real engines.

The engines are ONNX Runtime's: there is no TensorRT here, and the way is the same. Two nodes; the first builds.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyModbusTCP.client import ModbusClient

from fleet.core.files import ROOT
from fleet.images import archives, building
from fleet.release import board_app, bundle, keys
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet, settings
from fleet.virtual.wheels import project_of
from ocr_app.engines.building.jobs import specs_of
from ocr_app.line.page.access import users
from ocr_app.line.selfcheck.samples import expectations
from tests.fleet.conftest import KEEP, VirtualNano, require_virtual_fleet
from tests.fleet.deployments import Board, Line
from tests.fleet.plays import Outcome, Plays
from tests.fleet.releases import Maker

TAGS = "base_packages,python36,app,container_runtime,release"
NETWORKS = len(specs_of("codes"))  # those of the default team
ENGINES = "/var/lib/nano-ocr/data/engines"
SERVED = ["--listen", "unix:/run/nano-ocr/reader.sock", "--packs", "engines", "--engine", "onnxruntime",
          "--recipe", "recipes/nano-codes.yaml"]  # fmt: skip
SPEC = """
name = "ocr-app"
machine = "x86_64"
l4t = "32.7"
[gate]
live_s = 15
ready_s = 120
build_s = 60
soak_s = 20
poll_s = 0.5
latency_ms = 15000  # two boards share this computer with their tests: speed is judged elsewhere
restarts = 1
[challenge]
arguments = ["read", "--jsonl", "--engine", "onnxruntime", "--recipe", "recipes/nano-codes.yaml", "challenge/images"]
"""
LIVE = """
recipe: {file: /release/recipes/nano-codes.yaml}
source: {kind: replay, path: /opt/ocr-app/data/nano-codes-100/images, rate_hz: 0.5, repeat: true}
journal: {folder: /data/journal, board: nano-2}
modbus: {listen: "0.0.0.0:502"}
page: {listen: "0.0.0.0:8089", users_file: users.json, certificate_file: page.pem, key_file: page.key}
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image for Nanos, on its stand-in base, as an archive."""
    building.build(["ocr-app"], building.plan("standin"))
    return archives.save(["ocr-app"], tmp_path_factory.mktemp("image"))[0]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """Two nodes with application, Docker and agent."""
    require_virtual_fleet()
    fleet = Fleet("line")
    lifecycle.up(fleet, 2, recreate=not os.environ.get(KEEP))
    folder = tmp_path_factory.mktemp("line")
    maker = Maker(folder, fleet)
    keys.generate(maker.keys, "test", "")
    project = project_of(fleet)
    assert project is not None
    given = dict(project.variables, release_keys=str(maker.keys), release_arguments=SERVED, release_watch_s=15)
    plays = Plays(fleet, folder, (json.dumps(given), "fleet_batch=100%"))
    done = plays.run("provision", tags=TAGS)
    assert done.code == 0, done.text[-3000:]
    os.environ["NANO_OCR_REPORTS"] = str(folder)
    yield Line([Board(VirtualNano(fleet, number)) for number in (1, 2)], plays, maker, folder / "deployments")
    del os.environ["NANO_OCR_REPORTS"]
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


@pytest.fixture(scope="module")
def packs(line: Line) -> Path:
    """Folder of the packs that `ansible/engines.yml` brought to the control machine."""
    return line.plays.folder / "packs"


def build_engines(line: Line, packs: Path) -> Outcome:
    wanted = {"engines_target": "onnxruntime", "engines_limit": 5, "engines_services": "none",
              "engines_packs": str(packs), "engines_exports_from": "", "engines_plans_from": ""}  # fmt: skip
    return line.plays.run("engines", "-e", json.dumps(wanted), tags="all")


def here(line: Line, number: int) -> list[str]:
    return line.boards[number].nano.root(f"ls {ENGINES}").split()


def test_the_command_reads_on_the_board(line: Line) -> None:
    read = "ocr-app read --recipe recipes/nano-codes.yaml data/nano-codes-100/images/000.jpg"
    done = line.boards[0].nano.ssh(f"cd /opt/nano-ocr/app && {read}")
    assert done.returncode == 0 and "PRO: 13.06.22 EXP: 13.12.23" in done.stdout, done.stdout + done.stderr


def test_a_changed_file_of_the_application_is_named_and_mended(line: Line) -> None:
    line.boards[1].nano.root("echo '# by hand' >>/opt/nano-ocr/app/ocr_app/core/errors.py")
    audit = line.plays.run("verify", tags="app")
    assert audit.code != 0 and list(audit.broken()) == ["nano-2"] and "app.files" in audit.broken()["nano-2"]
    assert line.plays.run("provision", tags="app").code == 0
    assert line.plays.run("verify", tags="app").code == 0


def test_one_node_builds_and_the_other_takes(line: Line, packs: Path) -> None:
    done = build_engines(line, packs)
    assert done.code == 0 and done.changed() > 0, done.text[-3000:]
    engines = [name for name in here(line, 0) if name.endswith(".engine")]
    assert len(engines) == NETWORKS and set(engines) <= set(here(line, 1))
    assert line.boards[1].nano.root(f"stat -c %u {ENGINES}/{engines[0]}") == "10001"
    again = build_engines(line, packs)
    assert (again.code, again.changed()) == (0, 0), again.text[-3000:]
    assert "pack.tar" not in here(line, 0) + here(line, 1)


def test_a_release_brings_its_engines_and_reads_by_them(line: Line, packs: Path, image: Path) -> None:
    """The second node has lost its engines: the release's own pack is taken there."""
    line.boards[1].nano.root(f"rm -r {ENGINES}")
    code, told, report = line.deploy(made(line, packs, image))
    assert (code, set(told.values())) == (0, {"committed"}), report
    for number, board in enumerate(line.boards):
        assert len([name for name in here(line, number) if name.endswith(".engine")]) == NETWORKS
        answer = json.loads(asked(board, "data/nano-codes-100/images/000.jpg"))
        assert (answer["verdict"], answer["text"]) == ("pass", "PRO: 13.06.22 EXP: 13.12.23")
        assert answer["engine"].startswith("onnxruntime") and board.status()["health"]["ready"]


def made(line: Line, packs: Path, image: Path) -> Path:
    """A bundle of the real image, the recipes, the pack, and a challenge set of the bundled samples."""
    challenge = line.maker.folder / "challenge"
    (challenge / "images").mkdir(parents=True)
    wanted = expectations()["images"][:4]
    (challenge / "expected.json").write_text(json.dumps(wanted))
    for entry in wanted:
        source = ROOT / "data" / "nano-codes-100" / "images" / entry["image"]
        (challenge / "images" / entry["image"]).write_bytes(source.read_bytes())
    parts = (("image", image, "images"), ("challenge", challenge, "challenge"), ("recipe", ROOT / "recipes", "recipes"),
             ("engine", packs, "engines"))  # fmt: skip
    text = SPEC + "".join(f'[[part]]\nkind = "{kind}"\nfrom = "{path}"\nto = "{to}"\n' for kind, path, to in parts)
    spec = line.maker.folder / "bundle.toml"
    spec.write_text(text)
    return bundle.make("1.0", line.maker.keys / "test.key", 1, spec=spec, out=line.maker.folder, say=lambda _: None)


def asked(board: Board, image: str) -> str:
    """What the service answers to an image, over its socket."""
    curl = (
        "curl --silent --show-error --fail-with-body --unix-socket /run/nano-ocr/app/reader.sock http://localhost/read"
    )
    return board.nano.root(f"{curl} --data-binary @/opt/nano-ocr/app/{image}")


def test_the_application_of_the_release_reads_what_is_sent_to_the_board(line: Line, tmp_path: Path) -> None:
    """`./inv app` uses the container of the release; its pictures come back."""
    sample, recipe = ROOT / "data" / "nano-codes-100" / "images" / "000.jpg", ROOT / "recipes" / "nano-codes.yaml"
    words = f"read --jsonl --engine onnxruntime --recipe {recipe} {sample} --draw drawn"
    inventory = str(line.boards[0].nano.fleet.inventory)
    assert board_app.main("nano-1", inventory, words, out=tmp_path, say=lambda _: None) == 0
    (folder,) = tmp_path.glob("*/nano-1")
    assert (folder / "through").read_text().startswith("release ")
    assert json.loads((folder / "stdout.txt").read_text())["verdict"] == "pass"
    assert [path.suffix for path in (folder / "drawn").iterdir()] == [".png"]


def test_a_live_line_runs_by_the_release_and_answers_a_plc(line: Line, tmp_path: Path) -> None:
    """On the second node: from the settings file here to registers and page on its network, and back."""
    own = {"release_line": str(tmp_path / "line.yaml"), "release_line_files": files_of_line(tmp_path)}
    given = ("-e", json.dumps(own), "--limit", "nano-2")
    before = line.plays.run("verify", *given, tags="release").broken()["nano-2"]
    assert before.keys() == {"release.line", "release.units"}
    done = line.plays.run("provision", *given, tags="release")
    assert done.code == 0 and line.plays.run("verify", *given, tags="release").code == 0, done.text[-3000:]
    board = line.boards[1]
    board.nano.root("systemctl restart nano-ocr.service")
    address = board.nano.fleet.address(settings()["first_host"] + 1)
    numbers = [part_of(address, 0), part_of(address, 0)]
    assert numbers[0] < part_of(address, numbers[1])
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its certificate is its own
    with urllib.request.urlopen(f"https://{address}:8089/", context=context, timeout=30) as answer:
        assert answer.status == 200 and "<form" in answer.read().decode()
    told = board.nano.root("docker exec nano-ocr ocr-app history /etc/nano-ocr/line/line.yaml --since 1h --json")
    assert '"verdict": "pass"' in told and '"nano-2-' in told
    assert line.plays.run("provision", "--limit", "nano-2", tags="release").code == 0
    board.nano.root("test ! -e /etc/nano-ocr/line/line.yaml && systemctl restart nano-ocr.service")


def files_of_line(folder: Path) -> dict[str, str]:
    """The settings of a line in ``folder``, and the files that they name: name on the board -> path."""
    (folder / "line.yaml").write_text(LIVE)
    users.add(str(folder / "users.json"), "anna", "operator", "482915")
    key, page = str(folder / "page.key"), str(folder / "page.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=nano-2"]
    subprocess.run([*command, "-keyout", key, "-out", page], capture_output=True, check=True)
    return {"users.json": str(folder / "users.json"), "page.key": key, "page.pem": page}


def part_of(address: str, after: int) -> int:
    """The number of a part above ``after``, as a PLC reads it from the board; waits for it."""
    plc = ModbusClient(address, 502, timeout=5.0)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        words = plc.read_input_registers(0, 66) if plc.open() else None
        if words and (words[3] << 16 | words[4]) > after:
            return int(words[3] << 16 | words[4])
        time.sleep(0.5)
    raise AssertionError(f"no part above {after} on {address}")


def test_the_line_of_the_readme_on_a_host_with_nvidias_runtime(line: Line) -> None:
    """With the shim runtime: the host's L4T files are mounted; GPU and TensorRT are what only a Nano has."""
    command = next(found[1] for found in re.finditer(r"^    (docker run .*--runtime nvidia ocr-app)\s",
                                                     (ROOT / "README.md").read_text(), re.MULTILINE))  # fmt: skip
    assert shlex.split(command) == ["docker", "run", "--rm", "--runtime", "nvidia", "ocr-app"]
    board = line.boards[0]
    board.nano.root("docker tag $(docker inspect --format '{{.Image}}' nano-ocr) ocr-app")
    told = board.nano.fails(command)
    words = [row.split() for row in told.splitlines()]
    rows = {row[1]: row[0] for row in words if row[:1] in (["ok"], ["FAILED"], ["-"])}
    assert rows["image"] == "ok" and rows.get("host") == "FAILED" and "ocr-app-cpu" in told, told
    read = command + " read --jsonl --recipe recipes/nano-codes.yaml data/nano-codes-100/images/000.jpg"
    assert json.loads(board.nano.root(read))["verdict"] == "pass"
