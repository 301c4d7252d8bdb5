"""Measures good and wrong passes by `tolerances: gap`, the lead that a character needs, on drawn codes.

    python -m training.measure_passes [--threads N]

Draws two sets that nothing else uses (training typefaces; typefaces and surfaces that no training uses), reads
them with `codes` and the recipe `nano-codes.yaml`, and writes docs/models/passes.json and the table of passes.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from ocr_app import recipes
from ocr_app.cli.recipe.evaluate import decode_sample
from ocr_app.datasets.loading import open_dataset
from ocr_app.opening import ReaderRequest, open_reader
from ocr_app.readers.registry import parse_name
from ocr_app.scoring.text_forms import FORMS
from training import cards

COUNT = 500
SETS = {"training typefaces": ("8128", ()), "unseen typefaces and surfaces": ("8129", ("--unseen",))}
GAPS = (0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0)
_RECIPE = cards.ROOT / "recipes" / "nano-codes.yaml"
_OUT = cards.ROOT / "build"


class Case(NamedTuple):
    """A code that passes when no lead is required: its smallest lead in nats, and whether its text is right."""

    lead: float
    right: bool


def draw(seed: str, options: Sequence[str]) -> str:
    """The folder of a set, which is drawn when it does not exist. Raises CalledProcessError."""
    folder = _OUT / f"nano-codes-passes-{seed}"
    if not (folder / "dataset.json").is_file():
        command = [sys.executable, "-m", "training.make_nano_codes", "--seed", seed, "--count", str(COUNT)]
        subprocess.run([*command, *options, "--max-bytes", "60000", "--out", str(folder)], cwd=cards.ROOT, check=True)
    return str(folder)


def cases(folder: str, recipe: recipes.Recipe, threads: int) -> list[Case]:
    """The codes of a set that pass when only contradictions and misfits count against them."""
    lax = recipe._replace(tolerances=recipe.tolerances._replace(gap=0.0))
    found = []
    with open_reader(ReaderRequest(parse_name("codes"), threads=threads)) as reader:
        for sample in open_dataset(folder).samples:
            decoding = decode_sample(reader, sample, lax)
            if recipes.verify(decoding, lax).verdict != "pass":
                continue
            truth, read = FORMS["nospace"].sides(sample.truth, [line.text for line in decoding.lines])
            leads = [char.gap for line in decoding.lines for char in line.chars if char.character != " "]
            lead = min(leads + [line.margin for line in decoding.lines])
            found.append(Case(lead, truth == read))
    return found


def counted(found: Sequence[Case], gap: float) -> dict[str, Any]:
    """Good and wrong passes at a gap."""
    kept = [case.right for case in found if case.lead >= gap]
    return {"gap": gap, "good": sum(kept), "wrong": len(kept) - sum(kept)}


def measure(threads: int) -> dict[str, Any]:
    """The record that is committed."""
    recipe = recipes.load(str(_RECIPE))
    sets = []
    for name, (seed, options) in SETS.items():
        found = cases(draw(seed, options), recipe, threads)
        sets.append({"name": name, "seed": int(seed), "codes": COUNT, "passes": [counted(found, gap) for gap in GAPS]})
    return {"recipe": _RECIPE.name, "default_gap": recipe.tolerances.gap, "sets": sets}


def table(measured: dict[str, Any]) -> str:
    """One row per gap: good and wrong passes of each set."""
    rows = [["gap", *(f"{kind}: {part['name']}" for part in measured["sets"] for kind in ("good", "wrong"))]]
    for k, gap in enumerate(GAPS):
        mark = " (default)" if gap == measured["default_gap"] else ""
        figures = [str(part["passes"][k][kind]) for part in measured["sets"] for kind in ("good", "wrong")]
        rows.append([f"{gap:g}{mark}", *figures])
    return cards.markdown(rows)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    measured = measure(parser.parse_args(arguments).threads)
    cards.save("passes", measured, {"passes": table(measured)})


if __name__ == "__main__":
    main()
