"""Containers of a virtual fleet, with a stand-in for docker."""

from __future__ import annotations

import json

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual import nodes, releases
from fleet.virtual.settings import Fleet


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Every call of docker; answers are empty."""
    made: list[list[str]] = []

    def run_docker(*arguments: str, **_: object) -> str:
        made.append(list(arguments))
        return ""

    monkeypatch.setattr(nodes, "run_docker", run_docker)
    return made


def test_nodes_are_listed_by_number_without_the_repository(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    def run_docker(*arguments: str, **_: object) -> str:
        if arguments[0] == "ps":
            return f"{fleet.container(10)} {fleet.repository} {fleet.container(2)}"
        found = {"State": {"Status": "running"}, "Config": {"Image": "virtual-nano:1"}, "RestartCount": 3}
        return json.dumps([found])

    monkeypatch.setattr(nodes, "run_docker", run_docker)
    assert [node.number for node in nodes.existing(fleet)] == [2, 10]
    assert nodes.existing(fleet)[0] == nodes.VirtualNode(2, "running", "virtual-nano:1", 3)


def test_a_node_gets_a_disk_for_docker_and_one_for_swap(
    fleet: Fleet, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "privileges", lambda: ["--cap-add=SYS_ADMIN"])
    nodes.start(fleet, 1, "virtual-nano:1", releases.parse("r32.7"))
    data, swap = nodes.volumes(fleet, 1)
    assert [call[-1] for call in calls[:2]] == [data, swap]
    started = " ".join(calls[2])
    assert f"--volume {data}:/var/lib/docker --volume {swap}:/mnt" in started
    assert "--restart always" in started and "--hostname nano-1" in started and started.endswith("virtual-nano:1")


def test_a_network_that_is_there_is_kept(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(nodes, "run_docker", lambda *given, **_: made.append(given[1]) or "abc")
    nodes.make_network(fleet)
    assert made == ["ls"]


def test_units_that_failed_are_named(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"is-system-running": "degraded", "--failed": "ssh.service failed"}
    monkeypatch.setattr(nodes, "run_in", lambda fleet, number, *command, **_: answers[command[1]])
    with pytest.raises(VirtualFleetError, match=r"nano-1 started, but these units failed: ssh.service failed"):
        nodes.wait_ready(fleet, 1)


def test_nothing_is_removed_where_nothing_is(fleet: Fleet, calls: list[list[str]]) -> None:
    assert nodes.remove(fleet) == []
    assert not [call for call in calls if "rm" in call]


def test_each_series_has_a_repository_of_its_own(
    fleet: Fleet, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nodes, "privileges", lambda: [])
    for number, text in ((1, "r32.7"), (2, "r36.4:orin-nano")):
        nodes.start(fleet, number, "an-image", releases.parse(text))
    hosts = [word for call in calls for word in call if word.startswith("repository.virtual-nano:")]
    assert hosts == [f"repository.virtual-nano:{fleet.address(last)}" for last in (2, 4)]
    assert nodes.repository_of(fleet, releases.parse("r36.4")) == fleet.repository + "-r36.4"
