"""ansible/engines.yml on three boards that are folders of this computer: one builds, the others take what it built."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_app.engines.cache import Cache

pytest.importorskip("onnxruntime")
ROOT = Path(__file__).resolve().parents[2]
PLAYBOOK = ROOT / ".envs" / "ansible" / "bin" / "ansible-playbook"
APP = """#!/bin/sh
if test "$2" = unpack && test -e {board}/damage; then truncate -s -5000 "$3"; fi
if test "$2" = build; then echo "$@" >> {board}/builds; fi
if test "$2" = place && test -e {board}/other; then
  echo '{{"target": "onnxruntime", "version": "0", "l4t": "", "capability": "", "arch": "x", "group": "other"}}'; exit 0
fi
PYTHONPATH={root} OMP_NUM_THREADS=1 exec {python} -m ocr_app "$@"
"""
BOARDS = ("nano-01", "nano-02", "nano-03")


@pytest.fixture
def fleet(tmp_path, code_models):
    """Runs the play; ``folder(board)`` has the board's engines."""
    if not PLAYBOOK.exists():
        from tests.conftest import absent

        absent("ansible-playbook", "./inv envs --name ansible")
    lines = ["[nanos]"]
    for name in BOARDS:
        board = tmp_path / name
        board.mkdir()
        app = board / "ocr-app"
        app.write_text(APP.format(board=board, root=ROOT, python=sys.executable))
        app.chmod(0o755)
        lines.append("{0} engines_app='[\"{1}/ocr-app\"]' engines_folder={1}/engines".format(name, board))
        lines[-1] += " engines_exports={0}/exports engines_plans={0}/plans".format(board)
    settings = {
        "ansible_connection": "local", "ansible_become": False, "ansible_python_interpreter": sys.executable,
        "engines_target": "onnxruntime", "engines_limit": 2, "engines_exports_from": "", "engines_plans_from": "",
        "engines_calibration": [str(ROOT / "data" / "nano-codes-100")], "engines_packs": str(tmp_path / "packs"),
        "engines_owner": os.getuid() or 10001,  # as on boards, it is not the user that builds
        "engines_reader": "codes:fast",  # two networks are enough here
    }  # fmt: skip
    (tmp_path / "hosts.ini").write_text("\n".join(lines) + "\n")
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    return Fleet(tmp_path)


class Fleet:
    def __init__(self, folder):
        self.folder = folder

    def play(self, **extra):
        command = [str(PLAYBOOK), "engines.yml", "-i", str(self.folder / "hosts.ini")]
        command += ["-e", "@{}/settings.json".format(self.folder), "-e", json.dumps(extra)]
        environ = dict(os.environ, ANSIBLE_NOCOLOR="1", PATH="{}:{}".format(PLAYBOOK.parent, os.environ["PATH"]))
        done = subprocess.run(
            command,
            cwd=str(ROOT / "ansible"),
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def engines(self, board):
        entries = Cache(str(self.folder / board / "engines")).entries()
        assert [entry.problem for entry in entries if entry.problem] == []
        return [entry.name for entry in entries]

    def builds(self, board):
        path = self.folder / board / "builds"
        return len(path.read_text().splitlines()) if path.exists() else 0


def test_one_builds_and_the_others_take(fleet):
    code, output = fleet.play()
    assert code == 0, output
    names = fleet.engines("nano-01")
    assert len(names) == 2 and fleet.engines("nano-02") == fleet.engines("nano-03") == names
    assert [fleet.builds(board) for board in BOARDS] == [1, 0, 0]
    assert not list(fleet.folder.glob("nano-*/engines/pack.tar"))
    code, output = fleet.play()
    assert code == 0 and not re.findall(r"changed=[1-9]\d*", output) and output.count(" changed=0") == 3, output


def test_a_pack_damaged_on_the_way_is_refused_and_the_next_run_completes(fleet):
    damage = fleet.folder / "nano-02" / "damage"
    damage.touch()
    code, output = fleet.play()
    assert code == 2 and "engines.arrival" in output and "sha256" in output, output
    assert fleet.engines("nano-02") == [] and len(fleet.engines("nano-03")) == 2
    damage.unlink()
    code, output = fleet.play()
    assert code == 0 and fleet.engines("nano-02") == fleet.engines("nano-01"), output


def test_a_board_builds_by_itself_only_when_allowed(fleet):
    (fleet.folder / "nano-02" / "damage").touch()
    code, output = fleet.play(engines_build_locally=True)
    assert code == 0, output
    assert [fleet.builds(board) for board in BOARDS] == [1, 1, 0]
    assert fleet.engines("nano-02") == fleet.engines("nano-01")


def test_boards_of_another_kind_are_a_group_of_their_own(fleet):
    """nano-03 says that it is another kind: it is asked to build, and takes nothing from nano-01."""
    (fleet.folder / "nano-03" / "other").touch()
    code, output = fleet.play()
    assert code == 0, output
    assert [fleet.builds(board) for board in BOARDS] == [1, 0, 1]
    assert len(fleet.engines("nano-02")) == 2
