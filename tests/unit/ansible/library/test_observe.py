"""The module `observe`: what it says about this machine is true, and it runs on Python 3.6."""

import ast
import hashlib
import importlib.util
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing

ROOT = Path(__file__).resolve().parents[4]
FILE = ROOT / "ansible" / "library" / "observe.py"
_SPEC = importlib.util.spec_from_file_location("observe", FILE)
observe = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(observe)

NOTHING = {"commands": {}, "files": {}, "units": [], "packages": [], "disks": {}, "timeout_s": 5}


def test_it_is_python_3_6():
    ast.parse(FILE.read_text(), feature_version=(3, 6))


def test_a_command_with_numbers_among_its_arguments():
    assert observe.run([sys.executable, "-c", "import sys; print(sys.argv[1]); sys.exit(3)", 7], 20) == {
        "rc": 3,
        "out": "7",
        "err": "",
    }


def test_a_command_sees_no_input_and_the_c_locale():
    code = "import os, sys; print(sys.stdin.read() + os.environ['LC_ALL'])"
    assert observe.run([sys.executable, "-c", code], 20)["out"] == "C"


def test_a_program_that_is_not_there(tmp_path):
    assert observe.run(["no-such-tool", "-q"], 5) == {"rc": 127, "out": "", "err": "no program no-such-tool"}
    (tmp_path / "tool").write_text("")
    assert observe.run([tmp_path / "tool"], 5)["rc"] == 126


def test_a_command_that_hangs_is_ended():
    found = observe.run(["sleep", "60"], 0.2)
    assert (found["rc"], found["err"]) == (124, "no answer within 0.2 s")


def test_a_file(tmp_path):
    (tmp_path / "model").write_bytes(b"Jetson Nano\0")
    os.chmod(str(tmp_path / "model"), 0o640)
    found = observe.look_at(str(tmp_path / "model"))
    assert (found["exists"], found["kind"], found["mode"], found["size"]) == (True, "file", "0640", 12)
    assert found["text"] == "Jetson Nano"
    assert found["sha256"] == hashlib.sha256(b"Jetson Nano\0").hexdigest()


def test_a_large_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(observe, "TEXT_LIMIT", 4)
    monkeypatch.setattr(observe, "HASH_LIMIT", 8)
    (tmp_path / "middle").write_text("12345")
    (tmp_path / "large").write_text("123456789")
    assert observe.look_at(str(tmp_path / "middle"))["text"] == ""
    assert observe.look_at(str(tmp_path / "middle"))["sha256"]
    assert observe.look_at(str(tmp_path / "large"))["sha256"] == ""


def test_a_link_is_looked_at_itself(tmp_path):
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "target").write_text("text")
    (tmp_path / "sound").symlink_to("target")
    broken, sound = observe.look_at(str(tmp_path / "broken")), observe.look_at(str(tmp_path / "sound"))
    assert (broken["kind"], broken["target"], broken["resolves"]) == ("link", "nowhere", False)
    assert (sound["kind"], sound["resolves"], sound["text"]) == ("link", True, "text")


def test_what_is_not_there_has_the_same_keys_that_rules_read(tmp_path):
    (tmp_path / "file").write_text("")
    there, gone = observe.look_at(str(tmp_path / "file")), observe.look_at(str(tmp_path / "none"))
    assert not gone["exists"] and {"text", "sha256", "size", "mode", "kind"} <= set(gone) & set(there)


def test_the_disk_of_a_folder_that_is_not_there_yet(tmp_path):
    found = observe.disk(str(tmp_path / "a" / "b"))
    assert found["path"] == str(tmp_path) and 0 < found["free_mb"] <= found["total_mb"]


def test_packages_are_asked_in_one_call(monkeypatch):
    told = "docker.io\t20.10.7-0ubuntu1\thold\tinstalled\nold\t1.0\tdeinstall\tconfig-files\n"
    monkeypatch.setattr(observe, "run", lambda argv, limit: {"rc": 1, "out": told, "err": "no packages found"})
    assert observe.packages(["docker.io", "old", "none"], 5) == {
        "docker.io": {"version": "20.10.7-0ubuntu1", "held": True},
        "old": {"version": "", "held": False},
        "none": {"version": "", "held": False},
    }


def test_units_without_systemd_are_unknown(monkeypatch):
    monkeypatch.setattr(observe, "run", lambda argv, limit: {"rc": 127, "out": "", "err": ""})
    assert observe.units(["ssh.service"], 5)["ssh.service"]["load"] == "unknown"


def test_memory_is_in_megabytes(monkeypatch):
    text = "MemTotal:        4051520 kB\nMemAvailable:    2000000 kB\n"
    monkeypatch.setattr(observe, "open", lambda path: io.StringIO(text), raising=False)
    assert observe.memory() == {"total_mb": 4148, "available_mb": 2048, "swap_total_mb": 0}


def test_the_whole_answer():
    found = observe.observe({**NOTHING, "commands": {"true": ["true"]}, "files": {"here": str(FILE)}})
    assert found["commands"]["true"]["rc"] == 0 and found["files"]["here"]["exists"]
    assert abs(found["clock"] - time.time()) < 100
    assert 0 < found["memory"]["available_mb"] <= found["memory"]["total_mb"]


def test_it_runs_under_a_real_python_3_6():
    from fleet.environments import interpreters
    from tests.conftest import absent

    try:
        python = interpreters.find_first(("3.6",)).path
    except InterpreterMissing as error:
        absent("Python 3.6", str(error))
    code = (
        f"import sys; sys.path.insert(0, {str(FILE.parent)!r}); import observe; print(observe.run(['true'], 5)['rc'])"
    )
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("name", ["commands", "files", "units", "packages", "disks", "timeout_s"])
def test_its_documentation_has_every_option(name):
    assert f"  {name}:\n" in observe.DOCUMENTATION


def test_several_questions_have_one_clock_that_of_the_end(tmp_path):
    each = {"slow": {"commands": {"nap": ["sleep", "1.1"]}}, "quick": {"files": {"gone": str(tmp_path / "x")}}}
    before = int(time.time())
    found = observe.several(each)
    assert found["slow"]["clock"] == found["quick"]["clock"] >= before + 1
    assert found["slow"]["seconds"] >= 1.1 > found["quick"]["seconds"]
    assert found["quick"]["files"]["gone"]["exists"] is False and found["quick"]["units"] == {}


def test_a_question_with_an_unknown_option_is_refused():
    with pytest.raises(ValueError, match="unknown options: file"):
        observe.several({"role": {"file": {}}})
