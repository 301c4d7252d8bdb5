"""Rules of the role container_runtime: every promise, kept and broken, and what the role would change."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rules import container_runtime
from rules.model import Observed

from fleet.boards.table import load
from tests.unit.ansible.answers import NANO, broken, command, file, judged, package, settings, unit

ROLE = "container_runtime"
PINS = NANO.container
SET = json.dumps(container_runtime.must(settings(ROLE)))
MIXED = {"nvidia-container-toolkit": "1.9.0-1", "libnvidia-container0": "0.11.0+jetpack"}
OLD = {"nvidia-container-toolkit": "1.0.1-1", "docker.io": "20.10.7-0ubuntu5~18.04.3"}
DOCKER = {"docker.io": "20.10.7-0ubuntu1~18.04.2", "containerd": "1.5.2", "runc": "1.0.0"}
GIVEN = {"pins": "the pins"}


def runtime(change: dict[str, str] | None = None, held: bool = True, **more: dict[str, Any]) -> dict[str, Any]:
    """What the role sees: the right set, with some versions, commands, files or units changed."""
    versions = {**PINS, **DOCKER, **(change or {})}
    packages = {name: package(version, held) for name, version in versions.items()}
    packages.update({name: package("1") for name in NANO.csv_packages}, **{"docker-ce": package("")})
    commands = {"daemon": command(SET), "runtime": command("nvidia"), "general": command()}
    commands["csv"] = command("cuda.csv cudnn.csv l4t.csv tensorrt.csv")
    files = {"daemon": file(), "pins": file("the pins"), "snap": file(exists=False)}
    return {
        "packages": packages,
        "files": {**files, **more.get("files", {})},
        "commands": {**commands, **more.get("commands", {})},
        "units": {"docker.service": unit(), **more.get("units", {})},
    }


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = {  # name: observed, settings, broken
    "the right set": (runtime(), {}, {}),
    "the general repository": (
        runtime(MIXED, held=False, commands={"general": command("/etc/apt/sources.list.d/x.list")}),
        {},
        {
            "packages": "libnvidia-container0 0.11.0+jetpack, nvidia-container-toolkit 1.9.0-1",
            "held": "not held: " + ", ".join([*PINS, "docker.io", "containerd", "runc"]),
            "breakage_csv_mounts": "libnvidia-container0 0.11.0+jetpack, toolkit 1.9.0",
            "general_repository": "/etc/apt/sources.list.d/x.list",
        },
    ),
    "JetPack 4.6": (
        runtime(OLD),
        {},
        {"packages": "nvidia-container-toolkit 1.0.1-1", "breakage_clone3": "Docker 20.10.7 with toolkit 1.0.1"},
    ),
    "toolkit 1.9 with the library of JetPack": (
        runtime({"nvidia-container-toolkit": "1.9.0-1"}),
        {},
        {
            "packages": "nvidia-container-toolkit 1.9.0-1",
            "breakage_csv_mounts": "libnvidia-container0 0.10.0+jetpack, toolkit 1.9.0",
        },
    ),
    "toolkit 1.8 with the library of JetPack": (
        runtime({"nvidia-container-toolkit": "1.8.1-1"}),
        {},
        {"packages": "nvidia-container-toolkit 1.8.1-1"},
    ),
    "a PC": (
        runtime({"libnvidia-container1": "1.3.3-1"}),
        {},
        {"packages": "libnvidia-container1 1.3.3-1", "breakage_x86_library": "libnvidia-container1 1.3.3"},
    ),
    "nobody asked for it": (
        runtime(
            commands={
                "daemon": command("", 1, "json.decoder.JSONDecodeError: Expecting value"),
                "runtime": command("runc"),
                "csv": command("l4t.csv"),
                "smoke": command("", 125, "docker: Error"),
            },
            files={"pins": file(exists=False), "snap": file()},
        ),
        {"container_runtime_smoke": ["docker", "run"]},
        {
            "daemon": "json.decoder.JSONDecodeError: Expecting value",
            "default_runtime": "runc",
            "csv": "no cuda.csv, cudnn.csv, tensorrt.csv",
            "pins": "absent or changed",
            "breakage_other_docker": "Docker of snap",
            "smoke": "exit code 125 docker: Error",
        },
    ),
    "a stopped Docker": (runtime(units={"docker.service": unit("failed")}), {}, {"docker": "failed, enabled"}),
    "missing packages": (
        runtime({"nvidia-docker2": "", "runc": ""}),
        {},
        {"packages": "nvidia-docker2 not installed, runc not installed"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(name: str) -> None:
    observed, changed, expected = CASES[name]
    assert broken(ROLE, observed, GIVEN, **changed) == expected


def test_every_rule_was_broken_once() -> None:
    ids = {rule for observed, changed, _ in CASES.values() for rule in judged(ROLE, observed, GIVEN, **changed)}
    assert {f"{ROLE}.{rule}" for _, _, expected in CASES.values() for rule in expected} == ids


def test_a_hint_never_fails() -> None:
    rules = judged(ROLE, *CASES["the general repository"][:1], GIVEN)
    assert [rule for rule in rules if rules[rule]["hint"]] == ["container_runtime.general_repository"]


@pytest.mark.parametrize("change, refused", [({}, []), ({"files": {"snap": file()}}, ["Docker of snap"])])
def test_another_docker_is_refused_before_any_work(change: dict[str, Any], refused: list[str]) -> None:
    rules = judged(ROLE, runtime(**change), subject="other_docker")
    assert [rule["found"] for rule in rules.values() if not rule["holds"]] == refused


def work(observed: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return container_runtime.work(Observed(observed), settings(ROLE, **changed))


def test_what_differs_is_installed_at_its_pin_and_what_is_missing_by_name() -> None:
    observed = runtime({**MIXED, "runc": ""})
    wanted = [f"{name}={PINS[name]}" for name in PINS if name in MIXED]
    assert work(observed)["install"] == ["runc", *wanted]
    assert work(runtime())["install"] == []


def test_other_settings_of_docker_stay() -> None:
    mine = {"log-driver": "json-file", "runtimes": {"mine": {"path": "x"}}, "default-runtime": "runc"}
    found = work(runtime(commands={"daemon": command(json.dumps(mine))}), container_runtime_daemon={"data-root": "/d"})
    assert found["daemon"]["log-driver"] == "json-file" and found["daemon"]["data-root"] == "/d"
    assert set(found["daemon"]["runtimes"]) == {"mine", "nvidia"} and found["daemon"]["default-runtime"] == "nvidia"
    assert found["default_is_set"] and "default-runtime" not in found["without_default"]


def test_docker_is_restarted_only_when_it_has_to_read_something() -> None:
    assert work(runtime())["docker"] == "started"
    assert work(runtime(commands={"runtime": command("runc")}))["docker"] == "restarted"
    assert work(runtime(), container_runtime_daemon={"debug": True})["docker"] == "restarted"


def test_reset_releases_what_is_held() -> None:
    assert work(runtime())["release"] == [*PINS, *container_runtime.DOCKER]
    assert work(runtime(held=False))["release"] == []


def test_docker_is_held_only_when_it_is_wanted() -> None:
    plan = container_runtime.plan(settings(ROLE, container_runtime_hold_docker="false"))
    assert plan["held"] == list(PINS)


def test_long_output_of_the_smoke_test_is_shortened() -> None:
    observed = runtime(commands={"smoke": command("", 1, "word " * 100)})
    found = judged(ROLE, observed, GIVEN, container_runtime_smoke=["x"])["container_runtime.smoke"]["found"]
    assert found.endswith("word...") and len(found) < 220


LATER = {"fleet_l4t": "r36.4", "fleet_board": "orin-nano"}


def later(**missing: str) -> dict[str, Any]:
    """A later board with some version of its toolkit, and none of JetPack 4's packages."""
    names = load().of("r36.4").container
    packages = {name: package(missing.get(name, "1.17.0-1"), True) for name in names}
    packages.update({name: package(version, True) for name, version in DOCKER.items()}, **{"docker-ce": package("")})
    return {**runtime(), "packages": packages}


def test_on_a_later_board_any_version_of_the_toolkit_will_do_and_is_held() -> None:
    plan = container_runtime.plan(settings(ROLE, **LATER))
    assert plan["csv"] == [] and plan["pinned"] == {} and "nvidia-container-toolkit" in plan["held"]
    assert broken(ROLE, later(), GIVEN, **LATER) == {}


def test_a_toolkit_that_is_missing_there_is_installed_without_a_version() -> None:
    found = later(**{"nvidia-container-toolkit": ""})
    assert broken(ROLE, found, GIVEN, **LATER) == {"packages": "nvidia-container-toolkit not installed"}
    assert container_runtime.work(Observed(found), settings(ROLE, **LATER))["install"] == ["nvidia-container-toolkit"]


def test_the_breakages_of_jetpack_4_are_not_looked_for_there() -> None:
    ids = set(judged(ROLE, later(), GIVEN, **LATER))
    assert f"{ROLE}.breakage_other_docker" in ids and f"{ROLE}.breakage_clone3" not in ids
