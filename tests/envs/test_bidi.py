"""The real thing: the newest EasyOCR beside the newest python-bidi that Python 3.6 can have."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.files import ROOT
from fleet.environments.declarations import lock_path

IMPORT = ("-c", "import easyocr; print(easyocr.__file__)")
PATCHES = ("-m", "ocr_app.readers.easyocr.bidi_repair")

RunIn = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def newest_easyocr(tmp_path: Path) -> Path:
    """The EasyOCR of the server's lock, unpacked."""
    lock = lock_path("server", ROOT).read_text()
    pinned = re.search(r"^easyocr==.*?[0-9a-f]{64}$(?=\n\S)", lock, re.MULTILINE | re.DOTALL)
    assert pinned is not None
    (tmp_path / "pin.txt").write_text(pinned.group() + "\n")
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        "--dest",
        str(tmp_path),
    ]
    subprocess.run([*command, "-r", str(tmp_path / "pin.txt")], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("easyocr-*.whl"))) as wheel:
        wheel.extractall(tmp_path / "site")
    return tmp_path / "site"


def test_it_fails_then_is_repaired_then_left_alone(newest_easyocr: Path, run_in: RunIn) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run_in("py36-easyocr", *arguments, path=str(newest_easyocr))

    assert "cannot import name 'get_display'" in run(*IMPORT).stderr
    checked = run(*PATCHES, "--check")
    assert (checked.returncode, "needed" in checked.stdout) == (1, True)
    assert "cannot import name 'get_display'" in run(*IMPORT).stderr
    repaired = run(*PATCHES)
    assert (repaired.returncode, "patched" in repaired.stdout) == (0, True), repaired.stderr
    assert run(*IMPORT).stdout.startswith(str(newest_easyocr))
    assert "not needed" in run(*PATCHES).stdout


@pytest.mark.parametrize("name", ["py36-easyocr", "server"])
def test_the_environments_own_easyocr_needs_no_repair(name: str, run_in: RunIn) -> None:
    checked = run_in(name, *PATCHES, "--check")
    assert (checked.returncode, "not needed" in checked.stdout) == (0, True), checked.stderr
