"""Runs and comparisons as plain text for the terminal."""

from typing import Any, Dict, List, Optional

from ocr_app.core.tables import milliseconds, percent, table
from ocr_app.opening import NO_ENGINE

SHOWN = 20
"""Images listed per group of a comparison; the JSON form has all of them."""


def run_summary(run: Dict[str, Any]) -> str:
    """A run in a few lines: reader and machine, accuracy by text form, times by phase, and why it is invalid, if so."""
    parts = [_title(run), _accuracy(run), _lines_read(run), _verdicts(run), _times(run), _validity(run)]
    return "\n\n".join(part for part in parts if part)


def _title(run: Dict[str, Any]) -> str:
    reader, machine = run["reader"], run["environment"]
    counts = run["counts"]
    engines = reader.get("engines", NO_ENGINE)
    title = reader["asked"] if engines == NO_ENGINE else "{} with {} engines".format(reader["asked"], engines)
    settings = "{}, {}, {}".format(reader["device"], reader["precision"], _count(reader["threads"], "thread"))
    return "{} on {}: {}, {}\n{} ({})\n{}, {}, Python {}".format(
        title,
        run["dataset"]["name"],
        _count(counts["images"], "image"),
        _count(counts["errors"], "error"),
        reader["engine"],
        settings,
        machine["machine"] or "unknown machine",
        machine["cpu"] or "unknown processor",
        machine["python"],
    )


def _count(number: int, noun: str) -> str:
    return "{} {}{}".format(number, noun, "" if number == 1 else "s")


def _accuracy(run: Dict[str, Any]) -> str:
    rows = [
        [name] + [percent(score[key]) for key in ("exact", "cer", "precision", "recall")]
        for name, score in run["scores"].items()
    ]
    return table(("text form", "exact", "CER", "precision", "recall"), rows) if rows else ""


def _lines_read(run: Dict[str, Any]) -> str:
    score = run["line_scores"]
    if not score:
        return ""
    return "labelled lines read: {lines_read} of {lines}; images fully read: {images_full} of {images}".format(**score)


def _verdicts(run: Dict[str, Any]) -> str:
    found = run.get("verdicts")
    if not found:
        return ""
    counts = ["{} {}".format(count, name) for name, count in found.items() if count and name != "wrong_passes"]
    wrong = found["wrong_passes"]
    return "verdicts: {}; wrong passes: {}".format(", ".join(counts), "-" if wrong is None else wrong)


def _times(run: Dict[str, Any]) -> str:
    keys = ("median", "p95", "p99", "mean", "std", "min", "max")
    rows = [[phase] + [milliseconds(row[key]) for key in keys] for phase, row in run["latency_ms"].items()]
    if not rows:
        return ""
    rate = run["images_per_s"]
    speed = "" if rate is None else "\n{:.2f} images/s, peak memory {:.0f} MiB".format(rate, peak_memory(run))
    return table(("ms",) + keys, rows) + speed


def peak_memory(run: Dict[str, Any]) -> float:
    """MiB of the process that reads.

    The reader's own figure where it runs in another process, else the larger of this process and its largest child.
    """
    memory = run["memory_mb"]
    return float(memory["reader"] or max(memory["self"], memory["child"] or 0.0))


def _validity(run: Dict[str, Any]) -> str:
    if run["valid"]:
        return ""
    reasons = ["{code} ({scope}): {found}, limit {limit}".format(**reason) for reason in run["invalid_reasons"]]
    return "NOT VALID\n  " + "\n  ".join(reasons)


def comparison_summary(result: Dict[str, Any]) -> str:
    """A comparison in a few lines: counts by group, changes of metrics, latency ratio, and the images that changed."""
    counts = ", ".join("{} {}".format(count, group) for group, count in result["groups"].items())
    head = "a  {a}\nb  {b}\n{dataset}, form {form}: {compared} images".format(**result)
    parts = [head + "; " + counts, _changes(result), _latency(result["latency"])]
    parts += [_changed(result, group) for group in ("better", "worse")]
    return "\n\n".join(part for part in parts if part)


def _changes(result: Dict[str, Any]) -> str:
    rows = [
        [name, percent(first), percent(second), "{:+.1f}".format(100 * change)]
        for name, (first, second, change) in result["metrics"].items()
    ]
    return table(("", "a", "b", "points"), rows) if rows else ""


def _latency(latency: Dict[str, Any]) -> str:
    if latency["ratio"] is None:
        return "latency is not comparable: {}".format(latency["why_not"] or "no times")
    a, b = (milliseconds(value) for value in latency["median_ms"])
    return "latency b / a: {:.2f} (medians {} and {} ms)".format(latency["ratio"], a, b)


def _changed(result: Dict[str, Any], group: str) -> str:
    images: List[Dict[str, Any]] = [image for image in result["images"] if image["group"] == group]
    if not images:
        return ""
    rows = [[image["id"]] + [_shown(text) for text in [image["truth"]] + image["texts"]] for image in images[:SHOWN]]
    more = "\n... and {} more".format(len(images) - SHOWN) if len(images) > SHOWN else ""
    return table((group, "truth", "a", "b"), rows) + more


def _shown(text: Optional[str]) -> str:
    return "(not kept)" if text is None else text
