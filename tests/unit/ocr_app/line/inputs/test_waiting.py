"""Which images wait in a folder, and how one is taken."""

import os

import pytest

from ocr_app.core import names
from ocr_app.line.inputs import waiting


@pytest.fixture
def image(tmp_path):
    (tmp_path / "frame.jpg").write_bytes(b"first")
    return waiting.observe(str(tmp_path / "frame.jpg"))


def nothing(name):
    return False


def test_a_taken_image_is_the_same_file_and_its_name_is_free_for_the_camera(tmp_path, image):
    taken = waiting.take(image, nothing)
    assert os.listdir(str(tmp_path)) == [".reading~frame.jpg"]
    assert (taken.name, taken.mark, taken.is_taken) == ("frame.jpg", image.mark, True)
    (tmp_path / "frame.jpg").write_bytes(b"second")
    again = waiting.take(waiting.observe(str(tmp_path / "frame.jpg")), nothing)
    assert again.name == "frame~2.jpg" and again.mark != image.mark
    assert (tmp_path / ".reading~frame.jpg").read_bytes() == b"first"


@pytest.mark.parametrize("used", [0, 1, 2, 3, 7, 8, 9, 1000])
def test_a_name_with_results_gets_a_number_that_is_free_in_few_steps(image, used):
    results = {"frame.jpg"} if used else set()
    results |= {names.numbered("frame.jpg", number) for number in range(2, used + 1)}
    asked = []

    def in_use(name):
        asked.append(name)
        return name in results

    assert waiting.take(image, in_use).name not in results
    assert len(asked) < 25


def test_what_is_taken_already_is_not_taken_twice(image):
    taken = waiting.take(image, nothing)
    assert waiting.take(taken, nothing) == taken


@pytest.mark.parametrize("raw", [b"n" * 251 + b".jpg", b"\xe9" * 250 + b".jpg"])
def test_a_long_name_leaves_room_for_what_is_put_around_it(tmp_path, raw):
    with open(os.path.join(os.fsencode(str(tmp_path)), raw), "wb") as stream:
        stream.write(b"x")
    found = waiting.look(str(tmp_path)).images
    taken = waiting.take(found[0], nothing)
    assert names.length(waiting.TAKEN + taken.name) <= 255 and names.length(taken.name + ".json.part") <= 255


def test_an_image_is_given_back_unless_its_name_is_used_again(tmp_path, image):
    taken = waiting.take(image, nothing)
    waiting.give_back(taken)
    assert os.listdir(str(tmp_path)) == ["frame.jpg"]
    taken = waiting.take(image, nothing)
    (tmp_path / "frame.jpg").write_bytes(b"second")
    waiting.give_back(taken)
    assert sorted(os.listdir(str(tmp_path))) == [".reading~frame.jpg", "frame.jpg"]


def test_a_look_finds_images_and_broken_links_and_counts_the_rest(tmp_path, image):
    (tmp_path / "gone.png").symlink_to("nothing")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "folder.png").mkdir()
    for name in ("a.raw", "b.RAW", ".hidden.png"):
        (tmp_path / name).write_bytes(b"x")
    found = waiting.look(str(tmp_path))
    assert sorted(each.name for each in found.images) == ["frame.jpg", "gone.png", "loop.png"]
    assert found.skipped == {".raw": 2}
