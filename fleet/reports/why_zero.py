"""Why a code that was read counts as not read: removes each cause in turn, on the committed runs.

The chain starts with the comparison of the thesis and ends with the most that knowledge of the format could gain.
Nothing is read again: the texts of the run records are compared again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fleet.reports.identity import run_identity
from ocr_app.scoring.text_forms import FORMS, without_spaces

DATASET = "nano-codes-100"


@dataclass(frozen=True)
class Code:
    """One image of a run: the truth, the texts of its lines, how many lines are printed there."""

    truth: str
    texts: tuple[str, ...]
    printed: int | None


def matches(form: str) -> Callable[[Code], bool]:
    """A function that decides whether a code counts as read, in one of the text forms of ocr_app.scoring.text_forms."""

    def match(code: Code) -> bool:
        truth, read = FORMS[form].sides(code.truth, code.texts)
        return truth == read

    return match


def matches_with_o_as_zero(code: Code) -> bool:
    """Spaces ignored and O counted as 0 on both sides: the most that knowledge of the format can give back of these."""
    truth, read = (without_spaces(text).replace("O", "0") for text in (code.truth, "".join(code.texts)))
    return truth == read


STEPS: tuple[tuple[str, Callable[[Code], bool]], ...] = (
    ("as computed for the thesis", matches("notebook")),
    ("compared verbatim", matches("thesis")),
    ("lines joined by a space", matches("spaced")),
    ("spaces ignored", matches("nospace")),
    ("O also counted as 0", matches_with_o_as_zero),
)


@dataclass(frozen=True)
class Anatomy:
    """The counts of one run. ``steps`` are shares 0..1 in the order of STEPS."""

    reader: str
    crop: str
    codes: int
    steps: tuple[float, ...]
    cer: float
    colon_read: int
    colon_counted: int
    split: int
    split_right: int


def anatomy(run: dict[str, Any]) -> Anatomy:
    """The counts of one run record with texts."""
    codes = [_code(image) for image in run["images"] if image["lines"] is not None]
    steps = tuple(_share(map(match, codes)) for _, match in STEPS)
    with_colon = [code for code in codes if ":" in code.truth and matches("nospace")(code)]
    split = [code for code in codes if code.printed is not None and len(code.texts) != code.printed]
    return Anatomy(
        reader=run_identity(run),
        crop=run["settings"]["crop"],
        codes=len(codes),
        steps=steps,
        cer=run["scores"]["nospace"]["cer"],
        colon_read=len(with_colon),
        colon_counted=sum(map(matches("notebook"), with_colon)),
        split=len(split),
        split_right=sum(map(matches("nospace"), split)),
    )


def _code(image: dict[str, Any]) -> Code:
    counted = image["line_count"]
    return Code(image["truth"], tuple(line["text"] for line in image["lines"]), counted[1] if counted else None)


def _share(hits: Iterable[bool]) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else 0.0


def of_runs(runs: Sequence[dict[str, Any]]) -> list[Anatomy]:
    """The counts of all runs on nano-codes-100 without pre-processing, in their order."""
    wanted = [run for run in runs if run["dataset"]["name"] == DATASET and run["settings"]["preprocess"] == "raw"]
    return [anatomy(run) for run in wanted]


def chain_table(found: Sequence[Anatomy]) -> str:
    """Markdown: one row per reader, one column per removed cause."""
    rows = [["reader", *(name for name, _ in STEPS), "CER, spaces ignored"]]
    for entry in found:
        if entry.crop == "box":
            rows.append([entry.reader, *(f"{100 * share:.0f} %" for share in entry.steps), f"{100 * entry.cer:.1f} %"])
    return markdown(rows)


def colon_table(found: Sequence[Anatomy]) -> str:
    """Markdown: codes with a ':' that were read correctly, and how many of them the notebook counts."""
    rows = [["reader", "codes with ':' read correctly", "of these counted by the notebook"]]
    rows += [[e.reader, str(e.colon_read), str(e.colon_counted)] for e in found if e.crop == "box"]
    return markdown(rows)


def resize_table(found: Sequence[Anatomy]) -> str:
    """Markdown: the same readers on the annotated box and on the box resized to 380 x 260."""
    squeezed = {entry.reader: entry for entry in found if entry.crop == "squeezed"}
    rows = [["reader", "exact on the box", "exact at 380 x 260", "CER on the box", "CER at 380 x 260"]]
    for entry in found:
        other = squeezed.get(entry.reader)
        if entry.crop == "box" and other:
            exact = [f"{100 * e.steps[3]:.0f} %" for e in (entry, other)]
            rows.append([entry.reader, *exact, *(f"{100 * e.cer:.1f} %" for e in (entry, other))])
    return markdown(rows)


def split_table(found: Sequence[Anatomy]) -> str:
    """Markdown: codes whose lines were split, merged, missed or joined by other text, and how many were read."""
    rows = [["reader", "codes with another number of lines than printed", "read exactly", "of the others"]]
    for entry in found:
        if entry.crop == "box":
            right = round(entry.steps[3] * entry.codes) - entry.split_right
            others = entry.codes - entry.split
            rows.append([entry.reader, str(entry.split), _of(entry.split_right, entry.split), _of(right, others)])
    return markdown(rows)


def _of(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else "-"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    head, *body = rows
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *body))
