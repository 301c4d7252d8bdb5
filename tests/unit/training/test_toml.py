"""TOML is read alike on every Python of the control side."""

import pytest

from training.toml import load_toml


def test_contents(tmp_path):
    (tmp_path / "a.toml").write_text('title = "ä"\n[part]\nn = 1\n', encoding="utf-8")
    assert load_toml(tmp_path / "a.toml") == {"title": "ä", "part": {"n": 1}}


def test_the_error_names_the_line(tmp_path):
    (tmp_path / "a.toml").write_text("a = 1\nb = \n")
    with pytest.raises(ValueError, match="line 2"):
        load_toml(tmp_path / "a.toml")
