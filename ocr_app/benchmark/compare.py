"""Compares two runs over the same images: which images changed, and whether the times are comparable."""

from typing import Any, Dict, List, Optional

from ocr_app.core.errors import ResultError
from ocr_app.opening import NO_ENGINE
from ocr_app.scoring.text_forms import DEFAULT_FORM, form

COMPARE_SCHEMA = "nano-ocr/compare/1"
GROUPS = ("better", "worse", "both wrong", "both right")
METRICS = ("exact", "cer", "cer_micro", "precision", "recall")
SAME_MACHINE = ("machine", "cpu", "cores", "threads", "l4t", "power_mode")
"""Keys of the environment that must be equal for times of different sessions to be comparable."""


def compare(a: Dict[str, Any], b: Dict[str, Any], form_name: str = DEFAULT_FORM) -> Dict[str, Any]:
    """The changes from run ``a`` to run ``b``, in one text form (by labelled lines where no text is scored).

    "better": wrong in a, right in b; "worse": the reverse. Within "both wrong", ``cer`` shows the direction.
    Raises ResultError when the runs have no image in common or were cropped differently, UsageError for the form.
    """
    form(form_name)
    pairs = _pairs(a, b)
    images = [_image(one, other, form_name) for one, other in pairs]
    return {
        "schema": COMPARE_SCHEMA,
        "form": form_name,
        "a": name_of(a),
        "b": name_of(b),
        "dataset": b["dataset"]["name"],
        "compared": len(images),
        "only_in_one": len(a["images"]) + len(b["images"]) - 2 * len(images),
        "groups": {group: sum(image["group"] == group for image in images) for group in GROUPS},
        "metrics": _metrics(a, b, form_name),
        "latency": latency(a, b),
        "images": images,
    }


def name_of(run: Dict[str, Any]) -> str:
    """The reader as it was requested, engines if any, device, precision, preprocessing, and the recipe if any."""
    reader, settings = run["reader"], run["settings"]
    engines = reader.get("engines", NO_ENGINE)
    parts = [reader["asked"]] + ([] if engines == NO_ENGINE else [engines])
    parts += [reader["device"], reader["precision"], settings["preprocess"]]
    recipe = settings.get("recipe")
    return " ".join(parts + ([recipe["file"]] if recipe else []))


def _pairs(a: Dict[str, Any], b: Dict[str, Any]) -> List[Any]:
    if a["settings"]["crop"] != b["settings"]["crop"]:
        found = "crops {} and {}".format(a["settings"]["crop"], b["settings"]["crop"])
        raise ResultError(found, "runs with the same --crop", "run one of them again")
    second = {image["id"]: image for image in b["images"]}
    pairs = [(image, second[image["id"]]) for image in a["images"] if image["id"] in second]
    pairs = [(one, other) for one, other in pairs if one["truth"] == other["truth"]]
    if not pairs:
        found = "no image in common: {} and {}".format(a["dataset"]["name"], b["dataset"]["name"])
        raise ResultError(found, "two runs over the same data set", "ocr-app benchmark DATASET")
    return pairs


def _image(one: Dict[str, Any], other: Dict[str, Any], form_name: str) -> Dict[str, Any]:
    right = [_right(image, form_name) for image in (one, other)]
    names = {(False, True): "better", (True, False): "worse", (True, True): "both right", (False, False): "both wrong"}
    return {
        "id": one["id"],
        "group": names[(right[0], right[1])],
        "truth": one["truth"],
        "texts": [_text(image) for image in (one, other)],
        "cer": [image["scores"][form_name][1] if image["scores"] else None for image in (one, other)],
        "errors": [image["error"]["code"] if image["error"] else None for image in (one, other)],
    }


def _right(image: Dict[str, Any], form_name: str) -> bool:
    if image["scores"]:
        return bool(image["scores"][form_name][0])
    read, lines = image["line_count"] or (0, 1)
    return bool(read == lines) and not image["error"]


def _text(image: Dict[str, Any]) -> Optional[str]:
    return None if image["lines"] is None else " ".join(line["text"] for line in image["lines"])


def _metrics(a: Dict[str, Any], b: Dict[str, Any], form_name: str) -> Dict[str, Any]:
    """``{metric: [a, b, b - a]}`` over each run's own images."""
    first, second = a["scores"].get(form_name), b["scores"].get(form_name)
    if not first or not second:
        return {}
    return {name: [first[name], second[name], round(second[name] - first[name], 6)] for name in METRICS}


def latency(a: Dict[str, Any], b: Dict[str, Any]) -> Dict[str, Any]:
    """``ratio``: b's median total time over a's; None, with the reason in ``why_not``, if they are not comparable."""
    why_not = _why_not(a, b)
    medians = [(run["latency_ms"].get("total") or {}).get("median") for run in (a, b)]
    return {"ratio": None if why_not else _ratio(*medians), "why_not": why_not, "median_ms": medians}


def _ratio(first: Optional[float], second: Optional[float]) -> Optional[float]:
    return round(second / first, 4) if first and second else None


def _why_not(a: Dict[str, Any], b: Dict[str, Any]) -> Optional[str]:
    for run in (a, b):
        codes = [reason["code"] for reason in run["invalid_reasons"]]
        if codes:
            return "{} is not a valid measurement: {}".format(name_of(run), ", ".join(codes))
    if a["session"] is not None and a["session"] == b["session"]:
        return None
    for key in SAME_MACHINE:
        values = [run["environment"].get(key) for run in (a, b)]
        if values[0] != values[1]:
            return "different {}: {} and {}".format(key, *values)
    return None
