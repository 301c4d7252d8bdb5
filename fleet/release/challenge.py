"""`./inv challenge make FOLDER`: a challenge set, by which every board judges a release, with its ``expected.json``.

A challenge set is some images, and the verdict and text that a release must give for each. The labels of a data set are
its truth; without labels, a person has to confirm what was read (``as_read``). An image that is not read as it is
labelled is refused by name: a release that reads it right would fail on every board.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fleet.core.errors import BundleError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.plays.run_report import table
from fleet.release.parts import SPEC
from ocr_app.core.errors import OcrError
from ocr_app.datasets.loading import open_dataset, spread

OUT = ROOT / "build" / "challenge"
IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff")
Say = Callable[[str], None]
Read = Callable[[Sequence[Path], str], list[dict[str, Any]]]


def main(verb: str, folder: str, recipe: str, count: int, as_read: bool, leave_out: bool, out: str) -> None:
    """Run `./inv challenge`. Raises BundleError."""
    if verb != "make" or not folder:
        raise BundleError(f"challenge {verb} {folder}".rstrip(), "make FOLDER", "./inv --help challenge")
    make(Path(folder), recipe, Path(out) if out else OUT, count, as_read, leave_out)


def make(
    folder: Path,
    recipe: str = "",
    out: Path = OUT,
    count: int = 0,
    as_read: bool = False,
    leave_out: bool = False,
    read: Read | None = None,
    say: Say = print,
) -> Path:
    """Write ``out``: images/ and expected.json; an earlier set there is replaced. Returns it. Raises BundleError.

    ``recipe``: by default, the one that `bundle.toml` gives to boards. ``count``: this many images, evenly spread.
    """
    truths = _truths(folder, as_read, count)
    _refuse_same_names(list(truths))
    results = (read or read_images)(list(truths), recipe or _recipe_of_boards())
    rows = [_row(path, truth, result) for (path, truth), result in zip(truths.items(), results, strict=True)]
    wrong = [row for row in rows if not row["right"]]
    say("\n".join(table(("image", "verdict", "text"), [(row["image"], row["verdict"], row["text"]) for row in rows])))
    if wrong and not leave_out:
        shown = "; ".join(f"{row['image']} is {row['truth']!r} and read as {row['text']!r}" for row in wrong[:5])
        raise BundleError(
            f"{len(wrong)} of {len(rows)} images are not read as they are labelled: {shown}",
            "images that a good release reads",
            "--leave-out, or correct the labels",
        )
    kept = [row for row in rows if row["right"]]
    if not any(row["verdict"] == "pass" for row in kept):
        raise BundleError("no image passes the recipe", "at least one", "another --recipe, or other images")
    _write(out, kept, {path.name: path for path in truths})
    if all(row["verdict"] == "pass" for row in kept):
        say("every image passes: add one that must not, or a release that passes everything is not found")
    say(f"{out}: {len(kept)} images" + (f", {len(wrong)} left out" if wrong else "") + "; next: ./inv bundle make")
    return out


def read_images(images: Sequence[Path], recipe: str) -> list[dict[str, Any]]:
    """The result lines of `ocr-app read`, as a board gets them. Raises BundleError."""
    command = [sys.executable, "-m", "ocr_app", "read", "--jsonl", "--recipe", recipe, *map(str, images)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(lines) != len(images):
        told = " ".join(done.stderr.split())[-300:] or "no message"
        raise BundleError(
            f"{len(lines)} of {len(images)} images were read: {told}", "all of them", "ocr-app read FOLDER"
        )
    by_name = {Path(line["image"]).name: line for line in lines}
    return [by_name[image.name] for image in images]


def _truths(folder: Path, as_read: bool, count: int) -> dict[Path, str | None]:
    """Image -> its label; None where what is read is confirmed by a person."""
    if as_read:
        found = sorted(path.absolute() for path in folder.rglob("*") if path.suffix.lower() in IMAGES)
        if not found:
            raise BundleError(f"no image in {folder}", "images: " + ", ".join(IMAGES), "./inv challenge make FOLDER")
        return dict.fromkeys(spread(found, count or None))
    try:
        dataset = open_dataset(str(folder), limit=count or None)
    except OcrError as error:
        raise BundleError(
            f"{folder} has no labels: {error}",
            "a data set, or images that were looked at",
            "--as-read to take what is read",
        ) from error
    return {Path(sample.path).absolute(): sample.truth for sample in dataset.samples}


def _refuse_same_names(paths: list[Path]) -> None:
    names = [path.name for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BundleError(f"several images are called {', '.join(twice[:5])}", "names that differ", "rename them")


def _recipe_of_boards() -> str:
    arguments = load_toml(SPEC)["challenge"]["arguments"]
    return str(arguments[arguments.index("--recipe") + 1])


def _row(path: Path, truth: str | None, result: dict[str, Any]) -> dict[str, Any]:
    text = str(result["text"])
    right = truth is None or "".join(truth.split()) == "".join(text.split())
    return {"image": path.name, "verdict": str(result["verdict"]), "text": text, "truth": truth, "right": right}


def _write(out: Path, rows: list[dict[str, Any]], sources: dict[str, Path]) -> None:
    if out.exists() and not (out / "expected.json").is_file() and any(out.iterdir()):
        raise BundleError(f"{out} holds other files", "a challenge set, or nothing", "--out OTHER")
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "images").mkdir(parents=True)
    for row in rows:
        shutil.copyfile(sources[row["image"]], partial / "images" / row["image"])
    expected = [{key: row[key] for key in ("image", "verdict", "text")} for row in rows]
    (partial / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    partial.replace(out)
