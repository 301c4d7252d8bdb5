"""Scenes without system packages."""

import pytest


@pytest.fixture
def few_fonts(monkeypatch):
    """Pillow's own typeface only, so that no system package is needed."""
    from training.detector import ink, packaging

    monkeypatch.setattr(packaging, "typefaces", lambda: ("embedded",))
    monkeypatch.setattr(packaging.ink, "foreign", lambda rng, script, count: "xo"[: max(1, count)])
    monkeypatch.setattr(packaging.ink, "SCRIPTS", tuple(ink.Script("embedded", its.ranges) for its in ink.SCRIPTS))
