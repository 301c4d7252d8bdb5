"""The folder that an image is built from."""

import pytest

from fleet.images import context, spec

IMAGES = spec.load()


@pytest.fixture
def tree(tmp_path):
    image = IMAGES.images["ocr-app-cpu"]
    context._lay_tree(IMAGES, image, True, tmp_path)
    context._same_times(tmp_path, IMAGES.epoch)
    return tmp_path


def test_the_tree_holds_the_application_recipes_samples_and_nothing_else(tree):
    assert sorted(path.name for path in (tree / "opt/ocr-app").iterdir()) == ["data", "models", "ocr_app", "recipes"]
    assert [path.name for path in (tree / "opt/ocr-app/data").iterdir()] == ["nano-codes-100"]
    assert not list(tree.rglob("__pycache__")) and not list(tree.rglob("*.pyc"))
    launcher = tree / "usr/local/bin/ocr-app"
    assert launcher.read_text().startswith("#!/usr/bin/python3.11 -s\n") and launcher.stat().st_mode & 0o111 == 0o111


def test_every_file_has_the_one_time_stamp(tree):
    assert {int(path.stat().st_mtime) for path in tree.rglob("*")} == {IMAGES.epoch}


def test_the_digest_changes_with_a_byte_and_with_a_mode(tree):
    before = context.digest(tree)
    assert before == context.digest(tree) and before.startswith("sha256:")
    launcher = tree / "usr/local/bin/ocr-app"
    launcher.chmod(0o644)
    changed = context.digest(tree)
    launcher.write_text(launcher.read_text() + "\n")
    assert len({before, changed, context.digest(tree)}) == 3
