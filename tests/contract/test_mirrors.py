"""Tests mirror the tree: the test of a module is where its name says."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = {"__init__.py", "__main__.py", "version.py"}
FOLDERS = ("ocr_app", "fleet", "node_agent", "training")
MODULES = sorted(path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", [path for path in MODULES if path.name not in WITHOUT], ids=str)
def test_a_module_has_its_test(path):
    assert (ROOT / "tests" / "unit" / path.parent / ("test_" + path.name)).is_file()
