"""The profile `full`, as ./inv fleet up --profile full starts a board and provision.yml fills it, without a switch.

A virtual board has no GPU. OpenCV with CUDA and torch2trt are built with CUDA on a board, and are off here; PyTorch and
Paddle are not asked whether they see CUDA. Everything else is as on a board, with x86-64 wheels of the same locks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import VirtualNano, require_virtual_fleet
from tests.fleet.plays import Outcome, Plays

EVERY = "all"
SAMPLE = "/opt/nano-ocr/app/data/nano-codes-100/images/000.jpg"
SAYS = "13.12.23"  # in what is printed on it


@pytest.fixture(scope="module")
def node() -> Iterator[VirtualNano]:
    require_virtual_fleet()
    fleet = Fleet("full", profile="full")
    lifecycle.up(fleet, 1, recreate=True)
    yield VirtualNano(fleet, 1)
    lifecycle.down(fleet)


@pytest.fixture(scope="module")
def plays(node: VirtualNano, tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """No variable is given: everything stands in the inventory that `up` writes."""
    return Plays(node.fleet, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def converged(plays: Plays) -> Outcome:
    return plays.run("provision", tags=EVERY)


def test_the_first_run_converges(converged: Outcome) -> None:
    assert converged.code == 0, converged.why()
    assert "opencv_cuda: off: opencv_cuda_enabled is false, on 1 host(s)" in converged.text
    for role in ("pytorch", "easyocr", "paddle"):
        assert f"{role}: off" not in converged.text


def test_the_second_run_changes_nothing(converged: Outcome, plays: Plays) -> None:
    again = plays.run("provision", tags=EVERY)
    assert (again.code, again.changed()) == (0, 0), again.why()


def test_the_audit_is_green(converged: Outcome, plays: Plays) -> None:
    audit = plays.run("verify", tags=EVERY)
    assert audit.code == 0, audit.why()
    held = {rule["id"] for rule in audit.report["rules"] if rule["holds"]}
    assert {"easyocr.proofs", "easyocr.weights", "easyocr.reader"} <= held
    assert {"paddle.proofs", "paddle.weights", "paddle.reader", "pytorch.proofs"} <= held


@pytest.mark.parametrize(
    "reader, python, library",
    [("easyocr", "py36-easyocr, Python 3.6", "torch 1.10"), ("paddleocr", "py37-paddle, Python 3.7", "Paddle")],
)
def test_a_reader_reads_a_sample_by_its_own_python(
    converged: Outcome, node: VirtualNano, reader: str, python: str, library: str
) -> None:
    done = node.ssh(f"ocr-app read --jsonl --reader {reader} {SAMPLE}")
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout.splitlines()[0])
    assert SAYS in record["text"] and record["reader"].startswith(reader), record
    shown = json.dumps(record)
    assert python in shown and library in shown, shown


def test_a_reader_whose_way_is_gone_is_named_and_mended(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root("rm -r /opt/nano-ocr/envs/py37-paddle && echo x >>/var/lib/nano-ocr/models/english_g2.pth")
    told = plays.run("verify", tags="easyocr,paddle").broken()[node.name]
    assert told["paddle.reader"] == ("absent or changed", "as written")
    assert told["easyocr.weights"][0] == "absent or changed: english_g2.pth"
    assert plays.run("provision", tags="easyocr,paddle").code == 0
    assert plays.run("verify", tags="easyocr,paddle").code == 0
