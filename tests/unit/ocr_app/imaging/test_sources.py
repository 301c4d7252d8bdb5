"""PATH arguments: files, folders, globs, in a stable order."""

import os

import pytest

from ocr_app.core.errors import ImageError, UsageError
from ocr_app.imaging.load import load_image
from ocr_app.imaging.sources import expand, find


@pytest.fixture
def folder(tmp_path):
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "deep/c.webp"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    return tmp_path


def names(folder, paths):
    return [str(path)[len(str(folder)) + 1 :] for path in paths]


def test_folder_gives_its_images_sorted(folder):
    assert names(folder, expand([str(folder)])) == ["a.JPG", "b.png", "deep/c.webp"]


def test_glob_gives_its_matches_sorted(folder):
    assert names(folder, expand([str(folder / "*.*")])) == ["a.JPG", "b.png", "notes.txt"]


def test_order_of_arguments_is_kept(folder):
    assert names(folder, expand([str(folder / "b.png"), str(folder / "a.JPG")])) == ["b.png", "a.JPG"]


def test_missing_file_stays_for_its_own_error(folder):
    assert names(folder, expand([str(folder / "gone.png")])) == ["gone.png"]


def test_file_whose_name_looks_like_a_glob(folder):
    (folder / "odd[1].png").write_bytes(b"x")
    assert names(folder, expand([str(folder / "odd[1].png")])) == ["odd[1].png"]


@pytest.mark.parametrize("argument", ["*.bmp", "deep2"])
def test_nothing_to_read_is_an_error(folder, argument):
    (folder / "deep2").mkdir()
    with pytest.raises(UsageError):
        expand([str(folder / argument)])


def test_what_a_folder_holds_besides_images_is_counted_by_its_suffix(folder):
    for name in ("raw.CR2", "deep/raw.cr2", "README"):
        (folder / name).write_bytes(b"x")
    found = find([str(folder)])
    assert found.skipped == {".txt": 1, ".cr2": 2, "without suffix": 1}
    assert found.skipped_text() == "4 files: 2 .cr2, 1 .txt, 1 without suffix"
    assert find([str(folder / "a.JPG")]).skipped_text() == ""


@pytest.mark.parametrize("suffix", [".jfif", ".HEIC", ".avif", ".mpo", ".gif", ".jp2"])
def test_formats_of_phones_and_browsers_are_never_skipped(folder, suffix):
    (folder / ("phone" + suffix)).write_bytes(b"x")
    assert "phone" + suffix in names(folder, expand([str(folder)]))


def test_a_folder_without_images_names_what_it_holds(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"x")
    with pytest.raises(UsageError) as caught:
        expand([str(tmp_path)])
    assert "1 file: 1 .pdf" in caught.value.found


def test_links_to_folders_are_followed_and_loops_are_walked_once(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    (other / "d.png").write_bytes(b"x")
    (folder / "linked").symlink_to(other)
    (folder / "deep" / "up").symlink_to(folder)
    (other / "back").symlink_to(folder / "deep")
    assert names(folder, expand([str(folder)])) == ["a.JPG", "b.png", "deep/c.webp", "linked/d.png"]
    assert names(folder, expand([str(folder / "**" / "*.webp")])) == ["deep/c.webp"]


@pytest.mark.parametrize(
    "pattern,found",
    [
        ("**/*.png", ["b.png", "deep/down/e.png"]),
        ("deep/**/?.png", ["deep/down/e.png"]),
        ("**/[!x].webp", ["deep/c.webp"]),
        ("**/.h*.png", [".hidden.png"]),
        ("**", ["a.JPG", "b.png", "deep/c.webp", "deep/down/e.png", "notes.txt"]),
        ("d*/**/e.png", ["deep/down/e.png"]),
    ],
)
def test_two_stars_mean_any_folders(folder, pattern, found):
    (folder / "deep" / "down").mkdir()
    (folder / "deep" / "down" / "e.png").write_bytes(b"x")
    assert names(folder, expand([str(folder / pattern)])) == found


def test_a_link_to_nothing_or_to_itself_stays_for_its_own_error(folder):
    (folder / "gone.png").symlink_to(folder / "nowhere.png")
    (folder / "self.png").symlink_to(folder / "self.png")
    found = expand([str(folder)])
    assert {"gone.png", "self.png"} <= set(names(folder, found))
    for name in ("gone.png", "self.png"):
        with pytest.raises(ImageError) as caught:
            load_image(str(folder / name))
        assert caught.value.code == "missing"


def test_a_name_that_is_not_text_is_found_and_so_is_what_follows(folder):
    odd = os.fsencode(str(folder)) + b"/caf\xe9.jpg"
    with open(odd, "wb") as stream:
        stream.write(b"x")
    assert os.fsdecode(odd) in expand([str(folder)])
