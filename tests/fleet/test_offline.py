"""Provisioning from a bundle: one node with an uplink lends its packages, the other one has none and needs none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.virtual import lifecycle
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet
from fleet.virtual.wheels import project_of
from tests.fleet.conftest import VirtualNano, require_virtual_fleet
from tests.fleet.plays import Outcome, Plays

EVERY = "all"


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    require_virtual_fleet()
    fleet = Fleet("test-offline")
    lifecycle.up(fleet, 2, recreate=True)
    yield fleet
    lifecycle.down(fleet)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, fleet: Fleet) -> Path:
    """The bundle before packages were brought: the wheels."""
    folder = tmp_path_factory.mktemp("bundle")
    project = project_of(fleet)
    assert project is not None
    (folder / "wheelhouse").symlink_to(project.wheelhouse)
    return folder


@pytest.fixture(scope="module")
def plays(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Plays:
    return Plays(fleet, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def collected(fleet: Fleet, bundle: Path, plays: Plays) -> Outcome:
    """After it, the repository is gone, and the second node has no way out."""
    done = plays.run("packages", "--limit", "nano-1", "-e", f"fleet_bundle={bundle}", tags=EVERY)
    run_docker("stop", "--time", "1", fleet.repository)
    VirtualNano(fleet, 2).root("ip route del default")
    return done


@pytest.fixture(scope="module")
def offline(plays: Plays, bundle: Path) -> Plays:
    """Every run takes all from the bundle."""
    return Plays(plays.fleet, plays.folder, (f"fleet_bundle={bundle}", '{"wheelhouse_folder": ""}'))


def test_packages_of_one_board_are_brought(collected: Outcome, bundle: Path) -> None:
    assert collected.code == 0, collected.why()
    index = (bundle / "apt" / "Packages").read_text()
    assert "Package: libgeos-c1v5" in index and "Package: nvidia-container-toolkit" in index
    listed = [line.split(": ")[1] for line in index.splitlines() if line.startswith("Filename: ")]
    assert sorted(listed) == sorted(f"./{path.name}" for path in (bundle / "apt").glob("*.deb"))


def test_several_boards_or_no_folder_are_refused(plays: Plays, bundle: Path) -> None:
    refused = plays.run("packages", "-e", f"fleet_bundle={bundle}", tags=EVERY)
    assert refused.code == 2 and "found 2 boards" in refused.failures()
    refused = plays.run("packages", "--limit", "nano-1", tags=EVERY)
    assert refused.code == 2 and "next: ansible-playbook packages.yml --limit BOARD" in refused.failures()


def test_without_the_bundle_the_cut_uplink_is_named(collected: Outcome, plays: Plays) -> None:
    done = plays.run("provision", "--limit", "nano-2", tags=EVERY)
    assert done.code == 2 and done.changed() == 0
    assert "preflight.sources: found no connection to repository.virtual-nano:80" in done.failures()
    assert "provision from a bundle (fleet_bundle)" in done.failures()


def test_a_board_without_an_uplink_becomes_a_node(collected: Outcome, offline: Plays) -> None:
    done = offline.run("provision", "--limit", "nano-2", tags=EVERY)
    assert done.code == 0, done.why()
    again = offline.run("provision", "--limit", "nano-2", tags=EVERY)
    assert (again.code, again.changed()) == (0, 0), again.why()
    assert offline.run("verify", "--limit", "nano-2", tags=EVERY).code == 0
