"""Samples and recipes are inside an installed package, and beside it in a checkout."""

import os

import ocr_app
from ocr_app.core import paths

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(ocr_app.__file__)))


def test_in_a_checkout_they_are_beside_the_package():
    assert paths.bundled_samples() == os.path.join(ROOT, "data", "nano-codes-100")
    assert paths.bundled_recipes() == os.path.join(ROOT, "recipes")


def test_in_an_installed_package_they_are_inside(tmp_path, monkeypatch):
    (tmp_path / "samples").mkdir()
    (tmp_path / "recipes").mkdir()
    monkeypatch.setattr(paths, "DATA", str(tmp_path))
    assert paths.bundled_samples() == str(tmp_path / "samples")
    assert paths.bundled_recipes() == str(tmp_path / "recipes")
