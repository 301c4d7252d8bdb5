"""What the nodes' apt repository offers: the real names and versions, the bad ones among them."""

import re

import pytest

from fleet.core.toml import load_toml
from fleet.virtual.settings import IMAGE

PACKAGES = load_toml(IMAGE / "packages.toml")["package"]
SUITES = {"common", "t210", "bionic", "general"}


def versions(name, suite):
    found = [entry["versions"] for entry in PACKAGES if name in entry["names"] and entry["suite"] == suite]
    assert len(found) == 1, f"{name} in {suite}: {found}"
    return found[0]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("libnvidia-container0", "0.10.0+jetpack"),
        ("libnvidia-container1", "1.7.0-1"),
        ("nvidia-container-toolkit", "1.7.0-1"),
        ("nvidia-container-runtime", "3.7.0-1"),
        ("nvidia-docker2", "2.8.0-1"),
        ("libcudnn8", "8.2.1.32-1+cuda10.2"),
        ("python3-libnvinfer", "8.2.1-1+cuda10.2"),
    ],
)
def test_a_blank_board_has_the_set_of_jetpack(name, first):
    assert versions(name, "common")[0] == first


def test_the_versions_that_break_the_runtime_are_offered_by_the_general_repository_alone():
    assert versions("libnvidia-container0", "general") == ["0.11.0+jetpack"]
    assert "1.9.0-1" in versions("nvidia-container-toolkit", "general")
    assert not [entry["names"] for entry in PACKAGES if entry["suite"] == "general" and entry.get("sdk")]


def test_docker_is_offered_before_and_after_the_update_that_broke_old_toolkits():
    offered = versions("docker.io", "bionic")
    assert "20.10.7-0ubuntu5~18.04.3" in offered and "20.10.7-0ubuntu1~18.04.2" in offered
    assert "1.0.1-1" in versions("nvidia-container-toolkit", "common")


def test_no_package_stands_twice_in_a_suite():
    rows = [(entry["suite"], name) for entry in PACKAGES for name in entry["names"]]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("entry", PACKAGES, ids=lambda entry: entry["names"][0] + "-" + entry["suite"])
def test_every_entry_is_a_package_that_dpkg_takes(entry):
    known = {"names", "suite", "versions", "sdk", "depends", "files", "conffiles", "executables", "from_debian"}
    assert set(entry) <= known | {"python", "ensurepip"} and entry["suite"] in SUITES
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", name) for name in entry["names"])
    assert all(re.fullmatch(r"(\d+:)?\d[\w.+~-]*", version) for version in entry["versions"])


@pytest.mark.parametrize("entry", PACKAGES, ids=lambda entry: entry["names"][0] + "-" + entry["suite"])
def test_what_an_entry_depends_on_is_offered(entry):
    names = {name for other in PACKAGES for name in other["names"]}
    assert set(entry.get("depends", [])) <= names


def test_contents_of_stand_ins_say_that_they_are():
    programs = [
        text for entry in PACKAGES for text in entry.get("executables", {}).values() if not text.startswith("@")
    ]
    assert programs and all("Stand-in" in text for text in programs)
    assert "Fake" in (IMAGE / "nvidia-container-runtime").read_text()
