"""Kinds of virtual boards: asked for, kept, and what an image of a later one has in place of a Nano's files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import tomllib

from fleet.boards.table import load, release_of
from fleet.core.errors import VirtualFleetError
from fleet.virtual import access, releases
from fleet.virtual.settings import IMAGE, Fleet, settings

MIXED = ("r32.7", "r35:xavier-nx", "r36.4:orin-nano", "r39:agx-thor")


def test_without_a_word_every_node_is_a_nano(tmp_path: Path) -> None:
    assert [kind.text for kind in releases.kinds(Fleet(root=tmp_path))] == ["r32.7:nano"]


def test_kinds_are_given_in_turn_and_kept(tmp_path: Path) -> None:
    fleet = Fleet(root=tmp_path, releases=MIXED[:2])
    assert [releases.kind_of(fleet, number).text for number in (1, 2, 3)] == ["r32.7:nano", MIXED[1], "r32.7:nano"]
    releases.remember(fleet)
    assert [kind.text for kind in releases.kinds(Fleet(root=tmp_path))] == ["r32.7:nano", "r35:xavier-nx"]


@pytest.mark.parametrize(
    "text, words",
    [
        ("r34", "no series of L4T called 'r34'"),
        ("r35:tx2", "no board called 'tx2'"),
        ("r35:agx-thor", "no board agx-thor has L4T r35"),
        ("r38", "there is no virtual board of L4T r38"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(text: str, words: str) -> None:
    with pytest.raises(VirtualFleetError) as caught:
        releases.parse(text)
    assert words in caught.value.found and caught.value.expected


def test_a_board_without_power_modes_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(VirtualFleetError, match="power modes of r39:agx-orin are not known"):
        releases._modes(releases.parse("r39:agx-orin"))


@pytest.fixture
def context(tmp_path: Path) -> Path:
    shutil.copytree(IMAGE, tmp_path / "context", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "context"


def test_a_nano_is_made_of_the_files_of_the_image_alone(context: Path) -> None:
    releases.dress(releases.parse("r32.7"), context)
    for path in IMAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert (context / path.relative_to(IMAGE)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("text", MIXED[1:])
def test_a_later_board_says_what_it_is(context: Path, text: str) -> None:
    kind = releases.parse(text)
    releases.dress(kind, context)
    etc = context / "rootfs" / "etc"
    assert load().of_l4t(release_of((etc / "nv_tegra_release").read_text())).name == kind.series.name
    assert load().of_model((etc / "virtual-nano" / "model").read_text()) == kind.board
    conf = next((etc / "nvpmodel").iterdir()).read_text()
    assert all(f"NAME={name} >" in conf for name in kind.series.modes[kind.board.id].names)
    assert (etc / "virtual-nano" / "python").read_text().strip() == kind.series.python
    assert kind.series.codename in (etc / "apt" / "sources.list").read_text()


@pytest.mark.parametrize("text", MIXED[1:])
def test_its_packages_have_the_names_of_its_release(text: str) -> None:
    kind = releases.parse(text)
    table = tomllib.loads(releases.packages(kind))
    names = {name for entry in table["package"] for name in entry["names"]}
    assert {*kind.series.container, f"python{kind.series.python}", "python3-libnvinfer"} <= names
    assert set(kind.series.apt) <= names | set(settings()["of_debian"])
    assert {entry["suite"] for entry in table["package"]} <= set(table["suites"])


def test_the_inventory_says_which_board_and_release_a_node_is(tmp_path: Path) -> None:
    text = access.inventory(Fleet(root=tmp_path, releases=MIXED), [1, 2, 3, 4])
    lines = {line.split()[0]: line for line in text.splitlines() if line.startswith("nano-")}
    assert "fleet_l4t" not in lines["nano-1"]
    assert "fleet_l4t=r36.4 fleet_board=orin-nano ansible_python_interpreter=/usr/bin/python3.10" in lines["nano-3"]
