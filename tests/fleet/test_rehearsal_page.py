"""docs/how-to/rehearse-a-deployment.md: its commands are run as they stand there, in order."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from fleet.core.files import ROOT
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import require_virtual_fleet

PAGE = ROOT / "docs" / "how-to" / "rehearse-a-deployment.md"
VERSIONS = ("good-1", "broken-2", "good-3")


def commands() -> list[tuple[str, int]]:
    """Each command of the page, and the exit code that a comment behind it promises."""
    lines = re.findall(r"^    (\./inv .+)$", PAGE.read_text(), re.M)
    found = [line.partition("    # exit code ") for line in lines]
    return [(command, int(code or 0)) for command, _, code in found]


@pytest.fixture(scope="module")
def tidy() -> Iterator[None]:
    """Nothing of an earlier rehearsal is there, and nothing is left."""
    require_virtual_fleet()
    clean()
    yield
    lifecycle.down(Fleet())
    clean()


def clean() -> None:
    for path in ROOT.glob("keys/rehearsal.*"):
        path.unlink()
    for version in VERSIONS:
        for path in (ROOT / "build" / "deployments").glob(f"{version}-*"):
            shutil.rmtree(path)


def test_the_page_ends_as_it_says(tidy: None) -> None:
    told = {}
    for command, expected in commands():
        done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
        told[command] = done.stdout
        assert done.returncode == expected, f"{command}\n{done.stdout[-4000:]}{done.stderr[-2000:]}"
    report = next(text for command, text in told.items() if "fleet report" in command)
    assert len(re.findall(r"^nano-\d +good-1 +good-3 +yes +ready", report, re.M)) == 2, report
    folder = next((ROOT / "build" / "deployments").glob("broken-2-*"))
    outcomes = {host["host"]: host["outcome"] for host in json.loads((folder / "report.json").read_text())["hosts"]}
    assert outcomes == {"nano-1": "rolled back", "nano-2": "stopped"}
