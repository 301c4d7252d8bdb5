"""A root file system of Debian: what this machine's programs do, and what is left to emulated ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.virtual.roots import bootstrap

OTHER = "m68k"  # a processor that no machine of these tests has


class Calls:
    """Takes the commands, and leaves what debootstrap would have left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made: list[list[str]] = []
        self.daemons: list[bool] = []

    def __call__(self, command: list[str]) -> None:
        self.made.append(command)
        self.daemons.append(not (self.root / "usr/sbin/policy-rc.d").exists())
        if command[0] == "debootstrap":
            for folder in ("usr/sbin", "debootstrap", "var/cache/apt/archives"):
                (self.root / folder).mkdir(parents=True)
            for name in ("b_1_all.deb", "a_1_m68k.deb"):
                (self.root / "var/cache/apt/archives" / name).write_bytes(b"")


def test_for_this_processor_debootstrap_does_it_all(tmp_path: Path) -> None:
    calls, own = Calls(tmp_path / "root"), bootstrap.machine_arch()
    bootstrap.debian(calls.root, "bookworm", ["curl", "dbus"], own, calls)
    wanted = ["--variant=minbase", f"--arch={own}", "--include=curl,dbus", "bookworm", str(calls.root)]
    assert calls.made == [["debootstrap", *wanted]]
    assert bootstrap.apt_get(calls.root, own, "update") == ["chroot", str(calls.root), "apt-get", "update"]


def test_for_another_one_packages_are_unpacked_here_and_only_set_up_there(tmp_path: Path) -> None:
    calls = Calls(tmp_path / "root")
    bootstrap.debian(calls.root, "bookworm", ["curl"], OTHER, calls)
    first, unpack, configure = calls.made
    assert "--foreign" in first and f"--arch={OTHER}" in first
    assert unpack[:2] == ["dpkg", f"--root={calls.root}"] and "--force-architecture" in unpack
    assert [Path(name).name for name in unpack[-2:]] == ["a_1_m68k.deb", "b_1_all.deb"]
    assert configure[:2] == ["unshare", "--mount"] and configure[-1] == str(calls.root)
    assert calls.daemons == [True, False, False]  # no script of a package starts a service of this machine
    assert not (calls.root / "usr/sbin/policy-rc.d").exists() and not (calls.root / "debootstrap").exists()


def test_a_failure_is_the_callers(tmp_path: Path) -> None:
    def refuse(command: list[str]) -> None:
        raise RuntimeError(command[0])

    with pytest.raises(RuntimeError, match="debootstrap"):
        bootstrap.debian(tmp_path / "root", "bookworm", [], OTHER, refuse)


def test_apt_of_this_machine_works_on_the_other_root_alone(tmp_path: Path) -> None:
    command = bootstrap.apt_get(tmp_path, OTHER, "install", "chrony")
    assert command[0] == "apt-get" and command[-2:] == ["install", "chrony"]
    assert f"Dir={tmp_path}/" in command and f"APT::Architecture={OTHER}" in command
    assert f"Dir::State::status={tmp_path}/var/lib/dpkg/status" in command
