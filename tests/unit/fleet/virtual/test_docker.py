"""What a machine lacks for virtual Nanos, and how it is reported."""

import pytest

from fleet.core.errors import VirtualFleetUnavailable
from fleet.virtual import docker
from fleet.virtual.settings import machine_arch, settings
from tests.unit.fleet.virtual.machines import ALL


def test_a_machine_that_has_everything_lacks_nothing(able):
    assert docker.lacking() == ""


def test_no_linux_is_said(able):
    able.unlink()
    assert docker.lacking().startswith("this is not Linux")


def test_no_root_is_said(able, monkeypatch):
    monkeypatch.setattr(docker.os, "geteuid", lambda: 1000)
    assert docker.lacking().startswith("not root") and "sudo ./inv fleet up" in docker.lacking()


def test_missing_tools_are_named_with_their_package(able, monkeypatch):
    monkeypatch.setattr(docker.shutil, "which", lambda tool: None if tool == "docker" else tool)
    assert docker.lacking() == "docker not found: apt-get install docker.io openssh-client"


def test_no_engine_and_none_to_start_is_said(able, monkeypatch):
    monkeypatch.setattr(docker, "answers", lambda: False)
    monkeypatch.setattr(docker.shutil, "which", lambda tool: None if tool == "dockerd" else tool)
    assert "apt-get install docker.io" in docker.lacking()


def test_a_missing_capability_is_named(able):
    able.write_text("CapBnd:\t0000000000000000\n")
    assert docker.lacking() == "this machine has no capability SYS_ADMIN, NET_ADMIN, SYS_BOOT"


def test_nodes_get_what_the_machine_has_and_never_its_clock_or_its_modules(able):
    able.write_text(f"CapBnd:\t{0x1FFFEFFFFFF:016x}\n")  # everything but SYS_RESOURCE
    assert "SYS_RESOURCE" not in docker.capabilities() and "SYS_PTRACE" in docker.capabilities()
    able.write_text(ALL)
    assert "SYS_RESOURCE" in docker.capabilities()
    assert not set(docker.capabilities()) & set(settings()["capabilities"]["withheld"])


BINFMT = "enabled\ninterpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P\nflags: {}\noffset 0\n"


@pytest.mark.parametrize(("flags", "lacks"), [("PF", False), ("OCF", False), ("P", True), (None, True)])
def test_a_foreign_processor_needs_qemu_that_containers_can_use(tmp_path, monkeypatch, flags, lacks):
    monkeypatch.setattr(docker, "_BINFMT", tmp_path)
    monkeypatch.setattr(docker, "machine_arch", lambda: "amd64")
    if flags:
        (tmp_path / "qemu-aarch64").write_text(BINFMT.format(flags))
    assert docker.lacking_for("amd64") == ""
    assert ("apt-get install qemu-user-static" in docker.lacking_for("arm64")) is lacks


def test_a_node_needs_the_flag_c_too_for_sudo(tmp_path, monkeypatch):
    monkeypatch.setattr(docker, "_BINFMT", tmp_path)
    monkeypatch.setattr(docker, "machine_arch", lambda: "amd64")
    (tmp_path / "qemu-aarch64").write_text(BINFMT.format("POF"))
    assert "with the flags FC" in docker.lacking_for("arm64", "FC")
    (tmp_path / "qemu-aarch64").write_text(BINFMT.format("POCF"))
    assert docker.lacking_for("arm64", "FC") == ""


def test_a_processor_that_nobody_knows_is_refused():
    assert "known: amd64, arm64" in docker.lacking_for("m68k")


def test_require_stops_before_anything_is_made(able, tmp_path):
    able.unlink()
    with pytest.raises(VirtualFleetUnavailable, match="expected: root on Linux with Docker"):
        docker.require(tmp_path, machine_arch())


def test_a_machine_whose_containers_may_is_content(able, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat >/dev/null; echo "$@" >>{tmp_path}/calls; echo sha256:1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    docker.probe()
    calls = (tmp_path / "calls").read_text()
    assert "--cap-add=SYS_ADMIN" in calls and "rmi sha256:1" in calls
