"""What JetPack and Ubuntu bring on a board, for nodes with the profile `full`."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual import supplies
from fleet.virtual.settings import Fleet
from fleet.virtual.wheels import Project


@pytest.fixture
def node(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A node that remembers what was run in it and copied to it."""
    seen = SimpleNamespace(scripts=[], copied=[], supplied=False)

    def run_in(fleet: Fleet, number: int, *command: str, **_: object) -> str:
        if command[-1].startswith("test -e"):
            return "yes" if seen.supplied else ""
        seen.scripts.append(command[-1])
        return ""

    monkeypatch.setattr(supplies, "run_in", run_in)
    monkeypatch.setattr(supplies, "run_docker", lambda *words: seen.copied.append(words))
    return seen


def test_a_lean_node_gets_nothing(node: SimpleNamespace, tmp_path: Path) -> None:
    supplies.put(Fleet(root=tmp_path, profile="lean"), 1, print)
    assert node.scripts == [] and node.copied == []


def test_a_full_node_gets_it_once(node: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "numpy-1.whl"
    file.write_text("x")
    monkeypatch.setattr(supplies, "files_of", lambda project, wanted: [file])
    fleet = Fleet(root=tmp_path, profile="full")
    fleet.folder.mkdir(parents=True)
    supplies.put(fleet, 1, print)
    assert node.copied[0][0] == "cp" and node.copied[0][2].startswith(fleet.container(1) + ":")
    (script,) = node.scripts
    assert "--target /usr/lib/python3.6/dist-packages" in script and "libcudart.so.10.2" in script
    node.supplied = True
    supplies.put(fleet, 1, print)
    assert len(node.scripts) == 1


def test_nodes_without_wheels_are_refused(node: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(VirtualFleetError, match="the profile full on nodes of riscv64"):
        supplies.put(Fleet(root=tmp_path, arch="riscv64", profile="full"), 1, print)


def test_the_files_are_the_locked_wheels_pip_and_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def of_lock(wheelhouse: Path, manifest: object, target: object, lock: str) -> list[SimpleNamespace]:
        names = {"ubuntu": ["numpy"], "tools": ["pip", "wheel"]}[lock]
        return [SimpleNamespace(name=name, file=f"{name}.whl") for name in names]

    target = SimpleNamespace(locks=("ubuntu", "tools"))
    monkeypatch.setattr(supplies, "read", lambda path: SimpleNamespace(targets={"t": target}))
    monkeypatch.setattr(supplies.index, "of_lock", of_lock)
    monkeypatch.setattr(supplies.members, "unpacked", lambda name, wheelhouse, manifest: {"folder": "/held"})
    wanted = {"lock": "ubuntu", "pip": "tools", "artefact": "cuda", "member": "libcudart.so.10.2"}
    found = supplies.files_of(Project(tmp_path), wanted)
    assert [path.name for path in found] == ["numpy.whl", "pip.whl", "libcudart.so.10.2"]
