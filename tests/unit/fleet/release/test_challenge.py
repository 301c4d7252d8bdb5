"""Challenge sets: what a release must read on every board."""

import json

import pytest

from fleet.core.errors import BundleError
from fleet.release import challenge


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "codes"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.png").write_bytes(name.encode())
    return folder


@pytest.fixture
def labelled(images, monkeypatch):
    monkeypatch.setattr(challenge, "_truths", lambda *given: {images / "a.png": "EXP 1", images / "b.png": "EXP 2"})
    return images


def reading(*results):
    return lambda paths, recipe: [{"verdict": verdict, "text": text} for verdict, text in results]


def test_a_set_is_images_with_what_is_expected_of_each(labelled, tmp_path):
    out = challenge.make(labelled, out=tmp_path / "set", read=reading(("pass", "EXP  1"), ("fail", "EXP 2")), say=list)
    assert json.loads((out / "expected.json").read_text()) == [
        {"image": "a.png", "verdict": "pass", "text": "EXP  1"},
        {"image": "b.png", "verdict": "fail", "text": "EXP 2"},
    ]
    assert (out / "images" / "b.png").read_bytes() == b"b"


def test_an_image_that_is_read_otherwise_is_named(labelled, tmp_path):
    read = reading(("pass", "EXP 1"), ("pass", "EXP 7"))
    with pytest.raises(BundleError, match=r"1 of 2 images .* b\.png is 'EXP 2' and read as 'EXP 7'"):
        challenge.make(labelled, out=tmp_path / "set", read=read, say=list)
    assert not (tmp_path / "set").exists()
    said = []
    out = challenge.make(labelled, out=tmp_path / "set", leave_out=True, read=read, say=said.append)
    assert [row["image"] for row in json.loads((out / "expected.json").read_text())] == ["a.png"]
    assert "add one that must not" in said[1] and "1 left out" in said[2]


def test_a_set_in_which_nothing_passes_is_refused(labelled, tmp_path):
    with pytest.raises(BundleError, match="no image passes"):
        challenge.make(labelled, out=tmp_path / "set", read=reading(("fail", "EXP 1"), ("fail", "EXP 2")), say=list)


def test_images_without_labels_have_to_be_looked_at(images, tmp_path):
    with pytest.raises(BundleError, match="has no labels"):
        challenge.make(images, out=tmp_path / "set", read=reading(), say=list)
    out = challenge.make(
        images, out=tmp_path / "set", as_read=True, read=reading(("pass", "X"), ("fail", "Y")), say=list
    )
    assert len(json.loads((out / "expected.json").read_text())) == 2
    with pytest.raises(BundleError, match="no image in"):
        challenge.make(tmp_path / "set" / "nothing", as_read=True, read=reading(), say=list)


def test_other_files_are_never_replaced(labelled, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "mine.txt").touch()
    with pytest.raises(BundleError, match="holds other files"):
        challenge.make(labelled, out=tmp_path / "set", read=reading(("pass", "EXP 1"), ("fail", "EXP 2")), say=list)


def test_two_images_of_one_name_cannot_be_told_apart(images, tmp_path):
    (images / "more").mkdir()
    (images / "more" / "a.png").touch()
    with pytest.raises(BundleError, match=r"several images are called a\.png"):
        challenge.make(images, out=tmp_path / "set", as_read=True, read=reading(), say=list)


def test_images_are_read_as_boards_read_them(tmp_path, monkeypatch):
    class Done:
        stdout = "\n".join(json.dumps({"image": f"x/{name}.png", "text": name}) for name in ("b", "a"))
        stderr = "a reason"

    given = []
    monkeypatch.setattr(challenge.subprocess, "run", lambda command, **more: given.append(command) or Done)
    assert [line["text"] for line in challenge.read_images([tmp_path / "a.png", tmp_path / "b.png"], "r.yaml")] == [
        "a",
        "b",
    ]
    assert given[0][2:7] == ["ocr_app", "read", "--jsonl", "--recipe", "r.yaml"]
    with pytest.raises(BundleError, match="2 of 1 images were read: a reason"):
        challenge.read_images([tmp_path / "a.png"], "r.yaml")


def test_the_recipe_is_the_one_that_boards_are_told():
    assert (challenge.ROOT / challenge._recipe_of_boards()).is_file()


def test_the_only_verb_is_make():
    with pytest.raises(BundleError, match="make FOLDER"):
        challenge.main("read", "x", "", 0, False, False, "")
