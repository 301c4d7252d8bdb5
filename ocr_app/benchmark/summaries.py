"""Runs and comparisons as plain text for the terminal."""

from typing import Any, Dict, List, Optional

from ocr_app.core.tables import milliseconds, percent, table

SHOWN = 20
"""Images listed in each group of a comparison; the JSON form has all."""


def run_summary(run: Dict[str, Any]) -> str:
    """A run in some lines: what ran on what, accuracy by text form, times by phase, and why it may not be believed."""
    parts = [_title(run), _accuracy(run), _lines_read(run), _verdicts(run), _times(run), _validity(run)]
    return "\n\n".join(part for part in parts if part)


def _title(run: Dict[str, Any]) -> str:
    reader, machine = run["reader"], run["environment"]
    counts = run["counts"]
    where = "{}, {}, {} threads".format(reader["device"], reader["precision"], reader["threads"])
    return "{} on {}: {} images, {} errors\n{} ({})\n{}, {}, Python {}".format(
        reader["asked"],
        run["dataset"]["name"],
        counts["images"],
        counts["errors"],
        reader["engine"],
        where,
        machine["machine"] or "unknown machine",
        machine["cpu"] or "unknown processor",
        machine["python"],
    )


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
    words = ["{} {}".format(count, name) for name, count in found.items() if count and name != "wrong_passes"]
    wrong = found["wrong_passes"]
    return "verdicts: {}; wrong passes: {}".format(", ".join(words), "-" if wrong is None else wrong)


def _times(run: Dict[str, Any]) -> str:
    keys = ("median", "p95", "p99", "mean", "std", "min", "max")
    rows = [[phase] + [milliseconds(row[key]) for key in keys] for phase, row in run["latency_ms"].items()]
    if not rows:
        return ""
    rate = run["images_per_s"]
    speed = "" if rate is None else "\n{:.2f} images/s, peak memory {:.0f} MiB".format(rate, peak_memory(run))
    return table(("ms",) + keys, rows) + speed


def peak_memory(run: Dict[str, Any]) -> float:
    """MiB of the process that reads: the reader's own figure where it runs elsewhere, else the larger of this process
    and its largest child."""
    memory = run["memory_mb"]
    return float(memory["reader"] or max(memory["self"], memory["child"] or 0.0))


def _validity(run: Dict[str, Any]) -> str:
    if run["valid"]:
        return ""
    reasons = ["{code} ({scope}): {found}, limit {limit}".format(**reason) for reason in run["invalid_reasons"]]
    return "NOT VALID\n  " + "\n  ".join(reasons)


def comparison_summary(result: Dict[str, Any]) -> str:
    """A comparison: counts by group, metric changes, latency ratio, and the images that changed."""
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
        return "latency not comparable: {}".format(latency["why_not"] or "no times")
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
