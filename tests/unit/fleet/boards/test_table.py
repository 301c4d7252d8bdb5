"""The table of boards and releases is checked when it is loaded, and refuses by name what it does not know."""

import copy
import json

import pytest

from fleet.boards import table
from fleet.boards.table import FILE, load, release_of, shown
from fleet.core.errors import ReleaseTableError
from fleet.core.toml import load_toml

RAW = load_toml(FILE)


def changed(path, value):
    raw = copy.deepcopy(RAW)
    *folders, name = path
    place = raw
    for folder in folders:
        place = place[folder]
    if value is None:
        del place[name]
    else:
        place[name] = value
    return raw


def loaded(raw, tmp_path, monkeypatch):
    monkeypatch.setattr(table, "load_toml", lambda path: raw)
    return load.__wrapped__(tmp_path / "releases.toml")


@pytest.mark.parametrize(
    "number, series, jetpack, tensorrt, python",
    [
        ("32.7.6", "r32.7", "4.6.6", "8.2.1", "3.6"),
        ("35.6.4", "r35", "5.1.6", "8.5.2", "3.8"),
        ("36.4.3", "r36.4", "6.2", "10.3.0", "3.10"),
        ("39.2.0", "r39", "7.2", "10.16", "3.12"),
    ],
)
def test_a_number_of_l4t_gives_everything_else(number, series, jetpack, tensorrt, python):
    found = load().of_l4t(number)
    assert (found.name, found.l4t[number], found.tensorrt, found.python) == (series, jetpack, tensorrt, python)
    assert found.interpreter == f"/usr/bin/python{python}"


def test_an_unknown_number_names_the_known_ones():
    with pytest.raises(ReleaseTableError) as caught:
        load().of_l4t("34.1.1")
    assert "34.1.1" in caught.value.found
    for known in ("32.7.1 to 32.7.6", "35.6.4 (JetPack 5.1.6)", "39.2.0 (JetPack 7.2)"):
        assert known in caught.value.expected


@pytest.mark.parametrize("lookup", ["board", "of"])
def test_an_unknown_name_names_the_known_ones(lookup):
    with pytest.raises(ReleaseTableError) as caught:
        getattr(load(), lookup)("tx2")
    assert "'tx2'" in caught.value.found and caught.value.expected


@pytest.mark.parametrize(
    "model, board",
    [
        ("NVIDIA Jetson Nano Developer Kit", "nano"),
        ("NVIDIA Jetson Nano 2GB Developer Kit", None),
        ("NVIDIA Jetson Xavier NX Developer Kit", "xavier-nx"),
        ("NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super", "orin-nano"),
        ("NVIDIA Jetson AGX Orin Developer Kit", "agx-orin"),
        ("NVIDIA Jetson AGX Thor Developer Kit", "agx-thor"),
        ("Raspberry Pi 4 Model B Rev 1.4", None),
    ],
)
def test_a_device_tree_names_one_board(model, board):
    found = [each.id for each in load().boards.values() if each.is_model(model)]
    assert found == ([board] if board else [])
    assert getattr(load().of_model(model), "id", None) == board


def test_int8_is_refused_on_5_3_with_its_reason_and_allowed_where_the_gpu_has_it():
    allowed = {board.capability: board.int8 for board in load().boards.values()}
    assert allowed == {"5.3": False, "7.2": True, "8.7": True, "11.0": True}
    assert "5.3 has no INT8 arithmetic" in load().board("nano").int8_why


def test_the_numbers_of_a_series_in_words():
    assert shown(load().of("r32.7")) == "L4T 32.7.1 to 32.7.6 (JetPack 4.6.1 to 4.6.6)"
    assert shown(load().of("r35")) == "L4T 35.6.4 (JetPack 5.1.6)"


@pytest.mark.parametrize(
    "line, number",
    [
        ("# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: Tue", "32.7.6"),
        ("# R36 (release), REVISION: 4.7, GCID: 42132812, BOARD: generic, EABI: aarch64, DATE: Thu", "36.4.7"),
        ("# R39 (release), REVISION: 2.0, GCID: 45755727, BOARD: generic, EABI: aarch64, DATE: Fri", "39.2.0"),
        ("Debian", ""),
    ],
)
def test_the_number_in_the_release_file(line, number):
    assert release_of(line) == number


@pytest.mark.parametrize(
    "path, value, words",
    [
        (("board", "nano", "int9"), True, "int9"),
        (("board", "nano", "capability"), "five", "board.nano.capability"),
        (("board", "nano", "int8"), "no", "board.nano.int8"),
        (("board", "nano", "int8"), True, "nano: int8_why"),
        (("board", "nano", "soc"), None, "'soc' is a required property"),
        (("release", "r35", "expected"), "35.6.5", "35.6.5, which is not one of its numbers"),
        (("release", "r35", "l4t"), {"35.6.4": "5.1.6", "39.2.0": "7"}, "L4T 39.2.0 is in r35 and in r39"),
        (("release", "r35", "boards"), ["xavier-nx", "agx-orin", "tx2"], "unknown board tx2"),
        (("release", "r35", "boards"), ["agx-orin"], "modes of xavier-nx, which is not one of its boards"),
        (("release", "r35", "modes", "agx-orin", "fastest"), 4, "r35, agx-orin: no mode 4"),
        (("release", "r35", "python"), "2.7", "release.r35.python"),
        (("release", "r35", "tensorrt_api"), "both", "release.r35.tensorrt_api"),
        (("release", "r35", "source"), "hearsay", "no source called hearsay (r35)"),
        (("release", "r35", "sources"), {"aptt": "general"}, "r35 has no aptt"),
        (("source", "unused"), "a page", "nobody names the source unused"),
    ],
)
def test_what_does_not_fit_is_refused(path, value, words, tmp_path, monkeypatch):
    with pytest.raises(ReleaseTableError) as caught:
        loaded(changed(path, value), tmp_path, monkeypatch)
    assert words in caught.value.found


def test_the_schema_is_one():
    import jsonschema

    schema = json.loads((FILE.parent / "fleet" / "boards" / "releases.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)


def test_roles_targets_and_locks_of_the_table_exist():
    manifest = load_toml(FILE.parent / "wheels" / "manifest.toml")
    for series in load().series.values():
        assert all((FILE.parent / "ansible" / "roles" / role / "tasks").is_dir() for role in series.off)
        assert manifest["target"][series.target]["python"].startswith(series.python)
        locks = [name for names in series.locks.values() for name in names]
        assert all((FILE.parent / "requirements" / f"{name}.txt").is_file() for name in locks)
        assert set(locks) <= set(manifest["target"][series.target]["locks"])


def test_images_are_made_for_a_release_of_the_table_on_its_base():
    images = load_toml(FILE.parent / "versions.toml")["images"]
    base = images["base"]["l4t-base"]
    assert load().of_l4t(images["l4t"]).base_image == f"{base['name']}:{base['tag']}"
