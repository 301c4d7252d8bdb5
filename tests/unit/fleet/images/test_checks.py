"""The structure test of images, run on this machine: it has to find what is wrong here."""

import json
import subprocess
import sys
from pathlib import Path

from fleet.images import checks, spec

ROOT = Path(__file__).resolve().parents[4]


IMAGES = spec.load()


def run_structure(**changes):
    expect = {"uid": 10001, "epoch": 0, "imports": [], "absent": [], "files": [], "ours": [], "trees": [], **changes}
    command = [sys.executable, str(ROOT / "docker" / "structure.py")]
    done = subprocess.run(command, env={"EXPECT": json.dumps(expect), "PATH": changes.pop("path", "/nowhere")},
                          capture_output=True, text=True, check=True, cwd="/")  # fmt: skip
    return json.loads(done.stdout)


def test_the_structure_test_names_the_import_that_died(tmp_path):
    problems = run_structure(imports=["json", "no_such_module_here", "ctypes;ctypes.string_at(0)"])
    assert any("no_such_module_here failed: ModuleNotFoundError" in text for text in problems)
    assert any("died of signal 11" in text for text in problems)
    assert not any(text.startswith("import json ") for text in problems)


def test_the_structure_test_finds_user_programs_modules_and_missing_files(tmp_path):
    gcc = tmp_path / "gcc"
    gcc.write_text("#!/bin/sh\n")
    gcc.chmod(0o755)
    problems = run_structure(uid=-1, absent=["json"], files=["/no/such/file"], path=str(tmp_path))
    assert "has the program gcc" in problems and "has the module json" in problems
    assert "/no/such/file is not there" in problems and any("not -1" in text for text in problems)


def test_the_structure_test_finds_hosts_secrets_tests_and_time_stamps(tmp_path):
    (tmp_path / "a.py").write_text("INDEX = 'https://py" + "pi.org/simple'\n")
    (tmp_path / "b.json").write_text("-----BEGIN EC PRIVATE" + " KEY-----")
    (tmp_path / "conftest.py").write_text("registry.accepts\n")
    problems = " ".join(run_structure(ours=[str(tmp_path)], trees=[str(tmp_path)]))
    assert "a.py names the host" in problems and "b.json holds a secret" in problems
    assert "conftest.py belongs to the tests" in problems and "another time than source_date_epoch" in problems
    assert "conftest.py names" not in problems


def test_expectations_name_what_the_application_needs():
    expect = checks.expectations(IMAGES, IMAGES.images["ocr-app-paddle"])
    assert "/usr/local/bin/ocr-app" in expect["files"]
    assert "/usr/local/lib/python3.7/dist-packages" in expect["trees"]
    assert checks.expectations(IMAGES, IMAGES.images["ocr-app-base"])["trees"] == []
