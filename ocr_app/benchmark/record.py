"""The run record: its parts as JSON, and how it is written and loaded."""

import json
import os
from collections import OrderedDict
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ocr_app.benchmark.latency import least_and_median
from ocr_app.benchmark.observe import Observation
from ocr_app.core.errors import ResultError
from ocr_app.core.types import TextLine
from ocr_app.datasets.sample import Dataset, view_lines
from ocr_app.recipes.verdict import PASS, VERDICTS
from ocr_app.scoring.line_matching import LineOutcome, line_outcomes
from ocr_app.scoring.metrics import Average, Score, average, confusions, score_forms
from ocr_app.scoring.text_forms import DEFAULT_FORM, FORMS

RUN_SCHEMA = "nano-ocr/run/1"
REQUIRED = (
    "schema",
    "created",
    "session",
    "dataset",
    "reader",
    "settings",
    "valid",
    "invalid_reasons",
    "environment",
    "load",
    "memory_mb",
    "counts",
    "scores",
    "line_scores",
    "confusions",
    "by_tag",
    "latency_ms",
    "images_per_s",
    "images",
)


def texts_of(seen: Observation) -> List[str]:
    """Line texts in reading order; none for an image that failed."""
    return [line.text for line in seen.lines]


def score_list(score: Score) -> List[float]:
    """[exact (0 or 1), cer, precision, recall], as in the schema."""
    return [int(score.exact)] + [round(value, 4) for value in (score.cer, score.precision, score.recall)]


def average_json(value: Optional[Average]) -> Optional[Dict[str, float]]:
    """All fields by name, rounded to six decimals."""
    return None if value is None else {name: round(number, 6) for name, number in value._asdict().items()}


def outcomes_in(seen: Observation, crop: str) -> Optional[List[LineOutcome]]:
    """What became of the scored lines; None where the sample has no labelled lines with quads."""
    truths = view_lines(seen.sample, crop)
    known = any(line.quad is not None for line in truths)
    return line_outcomes(truths, seen.lines) if known else None


def image_record(seen: Observation, complete: bool, crop: str, with_texts: bool) -> Dict[str, Any]:
    """One image of the record; truth and texts are None where they may not be republished."""
    sample, outcomes = seen.sample, outcomes_in(seen, crop)
    scores = score_forms(sample.truth, texts_of(seen)) if complete else {}
    return {
        "id": sample.id,
        "truth": sample.truth if with_texts else None,
        "lines": [_line(line) for line in seen.lines] if with_texts else None,
        "ms": least_and_median(seen.timings),
        "scores": OrderedDict((name, score_list(score)) for name, score in scores.items()),
        "line_count": None if outcomes is None else [sum(line.read for line in outcomes), len(outcomes)],
        "stable": seen.stable,
        "error": seen.error,
    }


def _line(line: TextLine) -> Dict[str, Any]:
    """Without the quad: records are committed, and ``ocr-app read --jsonl`` prints quads."""
    return {"text": line.text, "confidence": round(float(line.confidence), 3)}


def scores_of(dataset: Dataset, seen: Sequence[Observation], crop: str) -> Dict[str, Any]:
    """Averages by text form, the line metric, and the most frequent confusions."""
    pairs = [(entry.sample.truth, texts_of(entry)) for entry in seen] if dataset.complete else []
    rows = [score_forms(truth, texts) for truth, texts in pairs]
    averages = OrderedDict((name, average_json(average(row[name] for row in rows))) for name in FORMS)
    return {
        "scores": averages if rows else {},
        "line_scores": _line_scores([outcomes_in(entry, crop) for entry in seen]),
        "confusions": [list(entry) for entry in confusions(pairs)],
    }


def verdicts_of(dataset: Dataset, seen: Sequence[Observation]) -> Dict[str, Optional[int]]:
    """How many images got which verdict, in a run under a recipe.

    ``wrong_passes``: how many passed with a wrong text (form DEFAULT_FORM); None where no text is scored.
    """
    given = [entry.verdict for entry in seen]
    counts: Dict[str, Optional[int]] = OrderedDict((name, given.count(name)) for name in VERDICTS + ("error",))
    passed = [entry for entry in seen if entry.verdict == PASS]
    right = [score_forms(entry.sample.truth, texts_of(entry))[DEFAULT_FORM].exact for entry in passed]
    counts["wrong_passes"] = right.count(False) if dataset.complete else None
    return counts


def _line_scores(images: Sequence[Optional[List[LineOutcome]]]) -> Optional[Dict[str, int]]:
    known = [outcomes for outcomes in images if outcomes is not None]
    if not known:
        return None
    lines = [line for outcomes in known for line in outcomes]
    return {
        "images": len(known),
        "images_full": sum(all(line.read for line in outcomes) for outcomes in known),
        "lines": len(lines),
        "lines_found": sum(line.found for line in lines),
        "lines_read": sum(line.read for line in lines),
        "lines_exact": sum(line.exact for line in lines),
    }


def tags_of(dataset: Dataset, seen: Sequence[Observation]) -> Dict[str, Dict[str, Any]]:
    """``{tag: {value: average}}`` in the form DEFAULT_FORM."""
    groups: Dict[Tuple[str, str], List[Score]] = {}
    for entry in seen if dataset.complete else ():
        score = score_forms(entry.sample.truth, texts_of(entry))[DEFAULT_FORM]
        for pair in entry.sample.tags.items():
            groups.setdefault(pair, []).append(score)
    result: Dict[str, Dict[str, Any]] = {}
    for (tag, value), scores in sorted(groups.items()):
        result.setdefault(tag, {})[value] = average_json(average(scores))
    return result


def save_run(record: Dict[str, Any], path: str) -> None:
    """Writes a record, one image per line, whole or not at all."""
    head = json.dumps(dict(record, images=[]), ensure_ascii=False, sort_keys=True, indent=1)
    images = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in record["images"])
    text = head.replace('"images": []', '"images": [\n' + images + "\n]", 1) + "\n"
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".part", path)


def load_run(path: str) -> Dict[str, Any]:
    """A saved record. Raises ResultError: unreadable, another schema, missing keys."""
    try:
        with open(path, encoding="utf-8") as stream:
            record = json.load(stream)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ResultError("{}: {}".format(path, error), "a run record", "ocr-app benchmark DATASET --out " + path)
    found = record.get("schema") if isinstance(record, dict) else type(record).__name__
    if found != RUN_SCHEMA:
        raise ResultError("{}: schema {}".format(path, found), RUN_SCHEMA, "run ocr-app benchmark again")
    missing = [key for key in REQUIRED if key not in record]
    if missing:
        raise ResultError("{}: missing {}".format(path, ", ".join(missing)), "all keys of " + RUN_SCHEMA)
    return record  # type: ignore[no-any-return]
