"""Starting, describing and entering a virtual fleet, without Docker."""

import pytest

from fleet.core.errors import VirtualFleetError, VirtualFleetUnavailable
from fleet.virtual import docker, image, lifecycle, nodes


@pytest.mark.parametrize("count", [0, 61, -1])
def test_a_count_out_of_bounds_is_refused(fleet, count):
    with pytest.raises(VirtualFleetError, match="1 to 60"):
        lifecycle.up(fleet, count)


def test_nodes_of_an_older_image_are_refused_before_anything_is_built(fleet, able, monkeypatch):
    monkeypatch.setattr(nodes, "existing", lambda _: [nodes.VirtualNode(1, "running", "nano-ocr/virtual-nano:old", 0)])
    monkeypatch.setattr(image, "tags", lambda *_: ("nano-ocr/virtual-nano:new", "other"))
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
    assert said == ["no Docker engine answers, so no virtual fleet is running"]


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
        VirtualFleetUnavailable, match=r"a virtual Nano here: mount: permission denied\n  expected: a machine"
    ):
        lifecycle.up(fleet, 1)
