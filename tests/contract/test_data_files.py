"""Versions, digests and addresses live in data files only; generated files are fresh; nothing names this machine."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from fleet.core.files import sha256_of
from fleet.environments import model_files

ROOT = Path(__file__).resolve().parents[2]
DATA = (
    "requirements/",
    "wheels/",
    "versions.toml",
    "ocr_app/data/",
    "docs/",
    "data/",
    "fleet/environments/environments.toml",
)
REGISTRIES = ("pypi.org", "pythonhosted", "registry.npmjs", "deb.debian.org", "files.pythonhosted")


def tracked(*suffixes):
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in names.stdout.splitlines() if (ROOT / name).is_file() and name.endswith(suffixes or ("",))]


EXAMPLES = ("tests/",)  # tests may spell out versions and digests as examples
CODE = [name for name in tracked(".py", ".sh", "inv", ".yml") if not name.startswith(DATA + EXAMPLES)]


@pytest.mark.parametrize("name", CODE)
def test_no_version_pin_or_digest_in_code(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.findall(r"\b[0-9a-f]{64}\b|\b[0-9a-f]{40}\b", text)
    assert not re.findall(r"[\w\]]==\d+\.\d+", text)


def test_no_registry_address_anywhere():
    for name in tracked():
        if name == "tests/contract/test_data_files.py" or (ROOT / name).suffix in (".jpg", ".png"):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert not [host for host in REGISTRIES if host in text], name


def test_no_path_of_one_machine():
    pattern = re.compile(r"(?<![\w./-])/(?:work|root|home/(?!jetson)\w+)/[\w.-]")
    for name in tracked(".py", ".md", ".toml", ".json", ".in", ".txt", ".html", ".sh", "inv"):
        if name == "tests/contract/test_data_files.py":
            continue
        assert not pattern.findall((ROOT / name).read_text(encoding="utf-8", errors="replace")), name


def test_lock_files_carry_a_hash_for_every_line():
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        logical = path.read_text().replace("\\\n", " ").splitlines()
        lines = [line for line in logical if line.strip() and not line.startswith("#")]
        assert lines, path.name
        for line in lines:
            assert "==" in line and "--hash=sha256:" in line, f"{path.name}: {line[:60]}"


def test_every_lock_has_its_input():
    folder = ROOT / "requirements"
    assert {path.stem for path in folder.glob("*.txt")} == {path.stem for path in folder.glob("*.in")}


def test_model_index_fits_the_manifest():
    """The committed index is what the generator makes; its files are compared where they are here."""
    index = json.loads(model_files.INDEX.read_text())
    members = {m.name: f"{a.name} {a.version}" for a in model_files.read_manifest() for m in a.members}
    assert {name: entry["artefact"] for name, entry in index["files"].items()} == members
    assert model_files.INDEX.read_text() == json.dumps(index, indent=2, sort_keys=True) + "\n"
    for name, entry in index["files"].items():
        path = model_files.MODELS / name
        if path.is_file():
            assert sha256_of(path) == entry["sha256"]


def test_demo_models_are_here_for_the_test_above():
    assert model_files.fetch(say=lambda _: None)
