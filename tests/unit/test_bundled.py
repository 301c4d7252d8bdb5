"""Samples and recipes are inside an installed package, and beside it in a checkout."""

import os

from ocr_app.core import bundled

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_in_a_checkout_they_are_beside_the_package():
    assert bundled.samples() == os.path.join(ROOT, "data", "nano-codes-100")
    assert bundled.recipes() == os.path.join(ROOT, "recipes")


def test_in_an_installed_package_they_are_inside(tmp_path, monkeypatch):
    (tmp_path / "samples").mkdir()
    (tmp_path / "recipes").mkdir()
    monkeypatch.setattr(bundled, "_INSIDE", str(tmp_path))
    assert bundled.samples() == str(tmp_path / "samples")
    assert bundled.recipes() == str(tmp_path / "recipes")
