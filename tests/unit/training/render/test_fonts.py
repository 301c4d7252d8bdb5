"""Prints made with a typeface, and the manifest of fonts."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.render import fonts
from training.render.seeds import stream


def test_the_embedded_font_is_used_only_by_its_name() -> None:
    assert fonts.print_text("EXP 08/2023", fonts.face(fonts.EMBEDDED, 30)).coverage.max() == 1.0
    with pytest.raises(fonts.FontError, match="unknown font 'times'"):
        fonts.face("times", 30)


def test_a_missing_font_is_an_error_that_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontError, match="apt-get install fonts-dejavu-core"):
        fonts.font_path("dejavu-sans", (tmp_path,))
    with pytest.raises(fonts.FontError, match="npm install @fontsource/b612-mono"):
        fonts.font_path("b612-mono-700", (tmp_path,))


def test_a_font_file_with_another_digest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"not the font")
    with pytest.raises(fonts.FontError, match="sha256 differs"):
        fonts.font_path("dejavu-sans", (tmp_path,))


def test_the_font_manifest_is_complete() -> None:
    for entry in fonts.manifest().values():
        assert entry.licence
        assert entry.package.startswith(("apt:", "npm:"))
        assert len(bytes.fromhex(entry.sha256)) == 32


def test_worn_print_has_less_ink() -> None:
    clean = fonts.print_text("LOT 123", fonts.face(fonts.EMBEDDED, 40))
    for faults in (fonts.FontFaults(dead_rows=0.4), fonts.FontFaults(voids=0.3)):
        assert fonts.wear(clean, faults, stream(1, 0, "wear")).coverage.sum() < 0.9 * clean.coverage.sum()
