"""`./inv provision|verify`: the command is the one that people type."""

import pytest

from fleet.core.errors import PlaybookError
from fleet.plays import playbooks


def test_the_plain_command():
    assert playbooks.command("provision") == ["ansible-playbook", "provision.yml"]


def test_every_option(tmp_path):
    (tmp_path / "fleet.ini").write_text("")
    arguments = playbooks.command("provision", str(tmp_path / "fleet.ini"), "canary", "swap,headless", check=True)
    assert arguments[2:] == [
        *("--inventory", str(tmp_path / "fleet.ini")),
        *("--limit", "canary", "--tags", "swap,headless", "--check", "--diff"),
    ]


def test_a_missing_inventory_is_said_before_anything_runs(tmp_path):
    with pytest.raises(PlaybookError) as caught:
        playbooks.play("verify", str(tmp_path / "none.ini"))
    assert "no inventory" in str(caught.value) and "./inv fleet up" in str(caught.value)


def test_the_command_is_logged_and_its_exit_code_kept(monkeypatch, tmp_path, capfd, caplog):
    caplog.set_level("INFO")
    (tmp_path / "ansible-playbook").write_text('#!/bin/sh\necho "$PWD $*"\nexit 4\n')
    (tmp_path / "ansible-playbook").chmod(0o755)
    monkeypatch.setattr(playbooks, "tools", lambda: tmp_path)
    assert playbooks.play("verify", limit="nano-01") == 4
    assert caplog.messages == ["cd ansible && ansible-playbook verify.yml --limit nano-01"]
    assert capfd.readouterr().out.splitlines()[0] == f"{playbooks.FOLDER} verify.yml --limit nano-01"


def test_the_environment_is_built_when_it_is_not_ready(monkeypatch, tmp_path):
    built = []
    monkeypatch.setattr(
        playbooks.builder,
        "status",
        lambda root: [playbooks.builder.EnvironmentStatus("ansible", "stale", "", tmp_path)],
    )
    monkeypatch.setattr(playbooks.builder, "build", lambda names, root, say: built.append(names))
    assert playbooks.tools(tmp_path) == tmp_path / ".envs" / "ansible" / "bin"
    assert built == [["ansible"]]
    assert playbooks.activation(tmp_path) == f'export PATH={tmp_path}/.envs/ansible/bin:"$PATH"'
