"""PATH arguments: files, folders, globs, in a stable order."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.imaging.sources import expand


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
