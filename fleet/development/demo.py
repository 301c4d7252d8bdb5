"""`./inv demo`: reads the bundled sample codes on this computer; shows a table and writes a page."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.files import ROOT
from fleet.core.pages import render
from fleet.environments import model_files
from ocr_app import recipes
from ocr_app.core.types import Image, Reading
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Sample as DatasetSample
from ocr_app.datasets.sample import view
from ocr_app.imaging.draw import draw_lines, encode
from ocr_app.imaging.load import load_image
from ocr_app.opening import ReaderRequest, open_reader
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import DEFAULT_READER, parse_name
from ocr_app.reading.frame import DEFAULT_OPTIONS, ReadOptions, VerdictRequest, read_image
from ocr_app.reading.words import notes_of
from ocr_app.scoring.metrics import cer
from ocr_app.scoring.text_forms import FORMS

SAMPLES = ROOT / "data" / "nano-codes-100"
RECIPE = "recipes/nano-codes.yaml"  # the format of the bundled codes
OWN_MODELS = ("codes",)  # readers whose models are part of the package: nothing is fetched for them
REPORT = ROOT / "build" / "demo" / "report.html"


@dataclass(frozen=True)
class DemoSample:
    """One bundled code: the picture cut to its annotated box, and the truth."""

    name: str
    truth: str
    tags: dict[str, str]
    picture: Image


@dataclass(frozen=True)
class DemoReading:
    """The result for one sample."""

    sample: DemoSample
    reading: Reading

    @property
    def right(self) -> bool:
        """Whether every character and every space between words is right (the form "spaced")."""
        return self.cer == 0.0

    @property
    def cer(self) -> float:
        """Character error rate of the form "spaced"."""
        return self.cer_in("spaced")

    def cer_in(self, form: str) -> float:
        """Character error rate in one of the text forms of ocr_app.scoring.text_forms."""
        return cer(*FORMS[form].sides(self.sample.truth, [line.text for line in self.reading.lines]))


def run(count: int = 20, reader: str = "", recipe: str = "") -> int:
    """Read ``count`` samples, print the table, write the report. Returns 0.

    Without a reader, the default one is used. Without a recipe, that of the bundled codes is used if the reader
        can decode under one. "none" selects no recipe.
    """
    name = parse_name(reader or DEFAULT_READER)
    chosen = recipe or (RECIPE if name.name in OWN_MODELS else "none")
    options = ReadOptions()
    if chosen != "none":
        options = ReadOptions(verdict_request=VerdictRequest(recipes.load(str(ROOT / chosen))))
    if name.name not in OWN_MODELS:
        model_files.fetch()
    samples = load_samples(count)
    with open_reader(ReaderRequest(name)) as opened:
        outcomes, seconds = read_all(opened, samples, options)
    words = "without a recipe" if chosen == "none" else f"decoded under {chosen}"
    print("\n".join(table(outcomes)))
    print(totals(outcomes, seconds) + f", {words}")
    write_report(outcomes, seconds, words, REPORT)
    print(f"\nreport: {REPORT.relative_to(ROOT)}")
    return 0


def load_samples(count: int) -> list[DemoSample]:
    """``count`` samples from the whole bundled set. A stride of 7 includes every print type and condition."""
    samples = open_dataset(str(SAMPLES)).samples
    chosen = sorted({7 * k % len(samples) for k in range(min(count, len(samples)))})
    return [_load(samples[k]) for k in chosen]


def _load(sample: DatasetSample) -> DemoSample:
    picture = view(load_image(sample.path).pixels, sample, "box")
    return DemoSample(sample.id, sample.truth, sample.tags, picture)


def read_all(
    reader: Reader, samples: list[DemoSample], options: ReadOptions = DEFAULT_OPTIONS
) -> tuple[list[DemoReading], float]:
    """The results, and the seconds that reading took, after one unmeasured read to warm up."""
    read_image(reader, samples[0].picture, samples[0].name, options)
    start = time.perf_counter()
    outcomes = [DemoReading(s, read_image(reader, s.picture, s.name, options)) for s in samples]
    return outcomes, time.perf_counter() - start


def table(outcomes: list[DemoReading]) -> list[str]:
    """One row per image, with the truth below a wrong reading."""
    lines = [f"{'image':<6} {'':<5} {'ms':>6}  text read / truth"]
    for outcome in outcomes:
        mark = "right" if outcome.right else "wrong"
        ms = outcome.reading.timing_ms["total"]
        lines.append(f"{outcome.sample.name:<6} {mark:<5} {ms:>6.0f}  {outcome.reading.text or '-'}")
        if not outcome.right:
            lines.append(f"{'':<20} {outcome.sample.truth}")
        lines += [f"{'':<20} {told}" for told in notes_of(outcome.reading) if outcome.reading.verdict != "pass"]
    return lines


def totals(outcomes: list[DemoReading], seconds: float) -> str:
    """Strict accuracy, CER and speed in one line."""
    right = sum(outcome.right for outcome in outcomes)
    without_spaces = sum(outcome.cer_in("nospace") == 0.0 for outcome in outcomes)
    mean_cer = sum(outcome.cer for outcome in outcomes) / len(outcomes)
    speed = len(outcomes) / seconds
    info = outcomes[0].reading.info
    return (
        f"\n{right} of {len(outcomes)} codes exactly right ({100 * right / len(outcomes):.0f} %; "
        f"{without_spaces} when spaces are ignored), CER {100 * mean_cer:.1f} %, {speed:.1f} images per second\n"
        f"reader {info.reader} ({info.engine}) on {info.device}"
    )


def write_report(outcomes: list[DemoReading], seconds: float, words: str, path: Path) -> None:
    """One self-contained page: each picture with its boxes, the text and the truth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    summary = totals(outcomes, seconds).strip().splitlines()
    page = render("demo.html", cards=[_card(outcome) for outcome in outcomes], summary=summary, words=words)
    path.write_text(page, encoding="utf-8")


def _card(outcome: DemoReading) -> dict[str, Any]:
    picture = draw_lines(outcome.sample.picture, outcome.reading.lines)
    return {
        "name": outcome.sample.name,
        "right": outcome.right,
        "read": outcome.reading.text,
        "verdict": outcome.reading.verdict,
        "notes": notes_of(outcome.reading)[1:],
        "truth": outcome.sample.truth,
        "tags": ", ".join(outcome.sample.tags.values()),
        "ms": outcome.reading.timing_ms["total"],
        "png": base64.b64encode(encode(picture, ".jpg")).decode(),
    }
