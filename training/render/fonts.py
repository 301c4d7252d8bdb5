"""Prints made with a typeface: thermal transfer, laser, and the artwork of labels."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.render.noise import smooth
from training.render.types import InkMap, Map, rectangle
from training.toml import load_toml

EMBEDDED = "embedded"  # Pillow's own typeface; used only when it is requested by this name
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("node_modules"))  # where apt and npm install fonts
_FIELDS = {"name", "licence", "package", "file", "use", "sha256"}

Face = ImageFont.FreeTypeFont


class FontError(RuntimeError):
    """A font is unknown, is not installed, or is not the file that the manifest names."""


@dataclass(frozen=True)
class FontEntry:
    """One font of the manifest; ``package`` is ``apt:NAME`` or ``npm:NAME``, ``use`` is "train",
    "label" (train too, in labels alone), "test" or "foreign"."""

    name: str
    licence: str
    package: str
    file: str
    use: str
    sha256: str

    def how_to_install(self) -> str:
        """The command that installs its package."""
        manager, _, package = self.package.partition(":")
        return f"apt-get install {package}" if manager == "apt" else f"npm install {package}"


@dataclass(frozen=True)
class FontFaults:
    """Faults of a thermal-transfer or laser print."""

    dead_rows: float = 0.0  # share of print-head elements (pixel rows) that are burnt out
    voids: float = 0.0  # share of the ink that did not transfer, in patches
    spacing: float = 0.0  # extra space between characters, in font sizes


@cache
def manifest() -> dict[str, FontEntry]:
    """The fonts of fonts.toml by name.

    Raises:
        FontError: an entry with missing or unknown fields, or a name given twice.
    """
    data = load_toml(Path(__file__).parent / "fonts.toml")
    entries: dict[str, FontEntry] = {}
    for row in data["font"]:
        if set(row) != _FIELDS or row["name"] in entries:
            raise FontError(
                f"fonts.toml: {row.get('name')}: expected the fields {sorted(_FIELDS)} once, got {sorted(row)}"
            )
        entries[row["name"]] = FontEntry(**row)
    return entries


def names(use: str) -> tuple[str, ...]:
    """The fonts of fonts.toml that are reserved for ``use``, sorted."""
    return tuple(sorted(name for name, entry in manifest().items() if entry.use == use))


def missing() -> list[FontEntry]:
    """The fonts of the manifest that are not installed, or whose file differs from the one it names."""
    return [entry for entry in manifest().values() if not _is_there(entry.name)]


def _is_there(name: str) -> bool:
    try:
        font_path(name)
    except FontError:
        return False
    return True


@lru_cache(maxsize=512)
def font_path(name: str, folders: tuple[Path, ...] = FONT_FOLDERS) -> Path:
    """The installed file of a manifest font.

    Raises:
        FontError: unknown name, no such file below ``folders``, or a file with another sha256.
    """
    entry = manifest().get(name)
    if entry is None:
        raise FontError(f"unknown font {name!r}; known: {', '.join([EMBEDDED, *sorted(manifest())])}")
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob(entry.file))]
    if not found:
        raise FontError(
            f"font {name}: no {entry.file} below {[str(f) for f in folders]}; run: {entry.how_to_install()}"
        )
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != entry.sha256:
        raise FontError(f"font {name}: {found[0]} is not the file in fonts.toml (sha256 differs); update its entry")
    return found[0]


@lru_cache(maxsize=4096)
def face(name: str, size: int, folders: tuple[Path, ...] = FONT_FOLDERS) -> Face:
    """A typeface at ``size`` pixels: a manifest font, or Pillow's own under the name ``embedded``.

    Raises:
        FontError: see ``font_path``; another typeface never replaces it.
    """
    if name != EMBEDDED:
        return ImageFont.truetype(str(font_path(name, folders)), size)
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise FontError("this Pillow has no FreeType, so it has no scalable embedded font; install the Pillow wheel")
    return font


def print_text(text: str, font: Face, spacing: float = 0.0, stroke: float = 0.0) -> InkMap:
    """A clean print of one line.

    Args:
        text: what to print; not blank.
        font: typeface and size.
        spacing: extra space between characters, in font sizes.
        stroke: extra width of strokes in pixels.

    Returns:
        The coverage with a margin of 4 px and the quad around ascender-height ink.

    Raises:
        ValueError: blank text.
    """
    if not text.strip():
        raise ValueError("a blank text prints nothing")
    starts = np.concatenate([[0.0], np.cumsum([font.getlength(c) + spacing * font.size for c in text])])
    top, bottom = font.getbbox("H0:/")[1], font.getbbox("H0:/")[3]
    width, height = int(np.ceil(starts[-1])) + 8, int(bottom - top + 0.35 * font.size) + 8
    image = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(image)
    for character, start in zip(text, starts[:-1], strict=True):
        pen.text((4 + start, 4 - top), character, fill=255, font=font, stroke_width=stroke)
    coverage = np.asarray(image, dtype=np.float32) / np.float32(255.0)
    return InkMap(coverage, rectangle(4.0, 4.0, width - 4.0, 4.0 + bottom - top))


def wear(line: InkMap, faults: FontFaults, rng: np.random.Generator) -> InkMap:
    """The same line with burnt-out print-head rows and patches where the ink did not transfer."""
    dead = rng.random(line.coverage.shape[0]) < faults.dead_rows
    kept: Map = np.where(dead, np.float32(0.15), np.float32(1.0))[:, None]
    coverage = line.coverage * kept
    if faults.voids > 0.0:
        patch = smooth(rng, coverage.shape, 3.0)
        coverage = coverage * np.where(patch > np.quantile(patch, 1.0 - faults.voids), np.float32(0.3), np.float32(1.0))
    return InkMap(np.asarray(coverage, dtype=np.float32), line.quad)
