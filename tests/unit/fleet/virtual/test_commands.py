"""The virtual fleet's command without Docker: names, addresses, inventory, what it refuses and how it says so."""

import configparser

import pytest

from fleet.core.errors import VirtualFleetError, VirtualFleetUnavailable
from fleet.virtual import access, commands, docker, image, lifecycle, nodes
from fleet.virtual.settings import Fleet, machine_arch, node_address, settings

ALL = "CapBnd:\t000001ffffffffff\n"


@pytest.fixture
def fleet(tmp_path):
    return Fleet(root=tmp_path)


@pytest.fixture
def able(tmp_path, monkeypatch):
    """A machine that can run the fleet."""
    status = tmp_path / "status"
    status.write_text(ALL)
    monkeypatch.setattr(docker, "_STATUS", status)
    monkeypatch.setattr(docker.os, "geteuid", lambda: 0)
    monkeypatch.setattr(docker.shutil, "which", lambda tool: "/usr/bin/" + tool)
    monkeypatch.setattr(docker, "answers", lambda: True)
    return status


def test_nodes_have_addresses_of_their_own_beside_the_repository(fleet):
    addresses = [node_address(fleet, number) for number in range(1, settings()["most_nodes"] + 1)]
    assert len(set(addresses)) == len(addresses) and fleet.address(2) not in addresses
    assert all(address.startswith(fleet.subnet.removesuffix("0/24")) for address in addresses)
    assert int(addresses[-1].rpartition(".")[2]) < 255


def test_fleets_of_other_names_share_nothing():
    one, other = Fleet("one"), Fleet("other")
    assert one.subnet != other.subnet and one.network != other.network and one.folder != other.folder
    assert one.label != other.label and one.container(1) != other.container(1)


@pytest.mark.parametrize("name", ["", "Big", "a b", "-x", "../up", "x" * 40])
def test_names_that_docker_would_not_take_are_refused(name):
    with pytest.raises(VirtualFleetError, match="lower-case letters"):
        Fleet(name)


def test_the_inventory_has_the_groups_of_the_example(fleet):
    text = access.inventory(fleet, [1, 2, 3, 4])
    found = configparser.ConfigParser(allow_no_value=True, delimiters=("=",))
    found.optionxform = str
    found.read_string(text)
    assert [list(found[group]) for group in ("canary", "line_a", "line_b")] == [
        ["nano-1 ansible_host"],
        ["nano-2 ansible_host", "nano-4 ansible_host"],
        ["nano-3 ansible_host"],
    ]
    assert list(found["nanos:children"]) == ["canary", "line_a", "line_b"]
    assert found["nanos:vars"]["ansible_python_interpreter"] == "/usr/bin/python3.6"


def test_host_keys_are_checked(fleet):
    text = access.inventory(fleet, [1])
    assert f"UserKnownHostsFile={fleet.folder}/known_hosts -o StrictHostKeyChecking=yes" in text
    assert "StrictHostKeyChecking yes" in access._ssh_config(fleet, [1])


def test_nodes_of_a_foreign_processor_use_the_python_of_debian(tmp_path):
    text = access.inventory(Fleet(root=tmp_path, arch="riscv64"), [1])
    assert "ansible_python_interpreter=/usr/bin/python3\n" in text


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


def test_a_processor_that_nobody_knows_is_refused():
    assert "known: amd64, arm64" in docker.lacking_for("m68k")


def test_require_stops_before_anything_is_made(able, tmp_path):
    able.unlink()
    with pytest.raises(VirtualFleetUnavailable, match="expected: root on Linux with Docker"):
        docker.require(tmp_path, machine_arch())


@pytest.mark.parametrize("count", [0, 61, -1])
def test_a_count_out_of_bounds_is_refused(fleet, count):
    with pytest.raises(VirtualFleetError, match="1 to 60"):
        lifecycle.up(fleet, count)


def test_an_unknown_verb_is_refused():
    with pytest.raises(VirtualFleetError, match="up, status, down, shell"):
        commands.run("halt", 3, "virtual", "", 1, False)


def test_nodes_of_an_older_image_are_refused_before_anything_is_built(fleet, able, monkeypatch):
    monkeypatch.setattr(nodes, "existing", lambda _: [nodes.VirtualNode(1, "running", "nano-ocr/virtual-nano:old", 0)])
    monkeypatch.setattr(image, "tags", lambda _: ("nano-ocr/virtual-nano:new", "other"))
    monkeypatch.setattr(image, "ensure", lambda *_: pytest.fail("built"))
    with pytest.raises(VirtualFleetError, match="--recreate"):
        lifecycle.up(fleet, 1)


def test_a_shell_in_a_fleet_that_is_not_there_says_how_to_make_one(fleet):
    with pytest.raises(VirtualFleetError, match=r"\./inv fleet up"):
        lifecycle.shell(fleet, 1)


def test_status_without_an_engine_is_an_answer(fleet, monkeypatch):
    said = []
    monkeypatch.setattr(docker, "answers", lambda: False)
    lifecycle.status(fleet, said.append)
    assert said == ["no Docker engine answers: no virtual fleet runs here"]


def test_lists_of_packages_are_read_without_comments():
    assert "systemd-sysv" in image.listed("debian.txt")
    assert not [
        line for name in ("debian.txt", "offered.txt") for line in image.listed(name) if " " in line or "#" in line
    ]


def test_the_tag_changes_with_the_pythons_of_the_machine(fleet, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda _: {})
    bare = image.tags(fleet)
    monkeypatch.undo()
    monkeypatch.setattr(image, "pythons_of", lambda _: {"3.6": image.interpreters.Interpreter(image.IMAGE, "3.6.15")})
    assert image.tags(fleet) != bare and image.tags(fleet)[0].startswith(f"nano-ocr/virtual-nano:{machine_arch()}-")


def test_the_tag_changes_with_a_file_of_the_image(fleet, tmp_path, monkeypatch):
    monkeypatch.setattr(image, "pythons_of", lambda _: {})
    monkeypatch.setattr(image, "IMAGE", tmp_path)
    for name in ("debian.txt", "offered.txt", "Dockerfile"):
        (tmp_path / name).write_text("a\n")
    before = image.tags(fleet)
    (tmp_path / "Dockerfile").write_text("b\n")
    assert image.tags(fleet) != before


def test_a_machine_whose_containers_may_not_mount_is_told_before_anything_is_built(fleet, able, tmp_path, monkeypatch):
    """A stand-in of docker that imports, and refuses to run."""
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncase $1 in run) echo 'mount: permission denied' >&2; exit 1;; esac\necho sha256:1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setattr(nodes, "existing", lambda _: [])
    monkeypatch.setattr(image, "ensure", lambda *_: pytest.fail("built"))
    with pytest.raises(
        VirtualFleetUnavailable, match=r"cannot do its work here: mount: permission denied\n  expected: a machine"
    ):
        lifecycle.up(fleet, 1)


def test_a_machine_whose_containers_may_is_content(able, tmp_path, monkeypatch):
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncat >/dev/null; echo "$@" >>{tmp_path}/calls; echo sha256:1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    docker.probe()
    calls = (tmp_path / "calls").read_text()
    assert "--cap-add=SYS_ADMIN" in calls and "rmi sha256:1" in calls
