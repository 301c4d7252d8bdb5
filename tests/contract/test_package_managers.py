"""No package manager asks a question on a board: there is nobody to answer, and the task would fail or wait."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE = ROOT / "ansible"
KEEP = ("--force-confdef", "--force-confold")


def tasks(node):
    if isinstance(node, list):
        for each in node:
            yield from tasks(each)
    elif isinstance(node, dict):
        yield node
        for key in ("block", "rescue", "always", "tasks", "handlers", "pre_tasks"):
            yield from tasks(node.get(key))


def shell_tasks():
    for path in sorted(ANSIBLE.rglob("*.yml")):
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            command = task.get("ansible.builtin.command") or task.get("ansible.builtin.shell")
            command = command.get("cmd", "") if isinstance(command, dict) else command or ""
            if re.search(r"\b(apt-get .*install|dpkg .*--configure)\b", command) and "--download-only" not in command:
                yield path.relative_to(ROOT), command, task.get("environment", {})


def test_every_command_keeps_the_configuration_of_the_board():
    found = list(shell_tasks())
    assert len(found) >= 2
    for path, command, environment in found:
        assert all(option in command for option in KEEP), (path, command)
        assert environment.get("DEBIAN_FRONTEND") == "noninteractive", path


def test_the_module_apt_is_not_told_otherwise():
    """Its own default is force-confdef,force-confold."""
    for path in sorted(ANSIBLE.rglob("*.yml")):
        for task in tasks(yaml.safe_load(path.read_text(encoding="utf-8"))):
            options = (task.get("ansible.builtin.apt") or {}).get("dpkg_options")
            assert options in (None, "force-confdef,force-confold"), path


@pytest.mark.skipif(shutil.which("dpkg-deb") is None or os.geteuid() != 0, reason="needs dpkg, and root")
def test_an_interrupted_upgrade_of_a_changed_configuration_file_is_configured(tmp_path):
    root = tmp_path / "root"
    for name in ("info", "updates", "triggers", "parts"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).touch()
    for version in ("1", "2"):
        package = tmp_path / version
        (package / "DEBIAN").mkdir(parents=True)
        (package / "etc").mkdir()
        head = "Package: board-core\nVersion: {}\nArchitecture: all\n"
        head += "Maintainer: nobody <nobody@example.org>\nDescription: t\n"
        (package / "DEBIAN/control").write_text(head.format(version))
        (package / "DEBIAN/conffiles").write_text("/etc/board.conf\n")
        (package / "etc/board.conf").write_text("path {}\n".format(version))
        command = ["dpkg-deb", "-b", str(package), str(tmp_path / (version + ".deb"))]
        subprocess.run(command, check=True, capture_output=True)

    def dpkg(*arguments):
        command = ["dpkg", "--root=" + str(root), "--force-not-root", *arguments]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    dpkg("-i", str(tmp_path / "1.deb"))
    (root / "etc/board.conf").write_text("path of the user\n")
    dpkg("--unpack", str(tmp_path / "2.deb"))
    (own,) = [command for _, command, _ in shell_tasks() if command.startswith("dpkg ")]
    assert dpkg("--configure", "--pending").returncode != 0  # it asks, and nobody answers
    done = dpkg(*own.split()[1:])
    assert done.returncode == 0, done.stderr
    assert (root / "etc/board.conf").read_text() == "path of the user\n"
