"""Drawn pictures and two recipes whose verdicts are known beforehand: which pictures change, and how."""

from __future__ import annotations

from pathlib import Path

from fleet.live import drawing
from ocr_app.replay.comparing import LOST_PASS, NEW_PASS, SAME

_EARLIER = "years: 2025-2035"
_LATER = "years: 2020-2035"
_ANY_LOT, _SOME_LOTS = "lot: A9999", 'lot: "A[7-8]999"'
_WRONG_EVERY = 9  # each 9th picture has the expiry of five years ago


def write_pictures(folder: Path, count: int) -> dict[str, str]:
    """Draw ``count`` pictures; returns name -> the change that the two recipes make of its verdict.

    The present recipe refuses the old expiry, and takes any lot; the changed one is wider in the years and narrower in
    the lots, so that some rejects pass, some passes are rejected, and all others stay.
    """
    wrong = tuple(range(0, count, _WRONG_EVERY))
    made = drawing.write(folder, drawing.parts(count, wrong))
    return {f"{index:04d}.jpg": _change(part) for index, part in enumerate(made)}


def _change(part: drawing.DrawnPart) -> str:
    is_allowed = part.lines[1].startswith(("LOT A7", "LOT A8"))
    if part.good:
        return SAME if is_allowed else LOST_PASS
    return NEW_PASS if is_allowed else SAME


def write_recipes(folder: Path) -> tuple[Path, Path]:
    """The present recipe and the changed one."""
    text = drawing.RECIPE.read_text(encoding="utf-8")
    present = text.replace(_LATER, _EARLIER)
    changed = text.replace(_ANY_LOT, _SOME_LOTS)
    paths = folder / "present.yaml", folder / "changed.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    for path, recipe in zip(paths, (present, changed), strict=True):
        assert recipe != text, f"fleet/live/recipe.yaml has changed: {path.name}"
        path.write_text(recipe, encoding="utf-8")
    return paths
