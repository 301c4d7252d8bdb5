"""What a comparison comes to: lines and photographs per reader and set, their times, and the sets pooled."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

OTHER = "other"
Images = Sequence[Dict[str, Any]]


class TurnsTotal(NamedTuple):
    """Counts and times of one reader over one or several sets; milliseconds, None without any.

    ``whole``: images of which every scored line was read; an image without any counts.
    """

    images: int
    whole: int
    lines: int
    found: int
    read: int
    exact: int
    errors: int
    median_ms: Optional[float]
    p95_ms: Optional[float]
    median_cpu_ms: Optional[float]


def total(images: Images) -> TurnsTotal:
    """The counts and times over image records."""
    outcomes = [outcome for image in images for outcome in image["lines"]]
    found, read, exact = [sum(outcome[k] for outcome in outcomes) for k in range(3)]
    whole = sum(all(outcome[1] for outcome in image["lines"]) and not image["error"] for image in images)
    wall, spent = _values(images, "ms"), _values(images, "cpu_ms")
    errors = sum(bool(image["error"]) for image in images)
    times = (_quantile(wall, 50), _quantile(wall, 95), _quantile(spent, 50))
    return TurnsTotal(len(images), whole, len(outcomes), found, read, exact, errors, *times)


def by_kind(images: Images, kinds: Dict[str, str]) -> Dict[str, TurnsTotal]:
    """The totals by kind of print. ``kinds``: the beginning of a file's name, up to the first "_" -> the kind."""
    groups: Dict[str, List[Dict[str, Any]]] = {}
    for image in images:
        groups.setdefault(kind_of(image["id"], kinds), []).append(image)
    ordered = [kind for kind in kinds.values() if kind in groups]
    return {kind: total(groups[kind]) for kind in ordered + sorted(set(groups) - set(ordered))}


def kind_of(image_id: str, kinds: Dict[str, str]) -> str:
    """The kind of print of an image; OTHER for a beginning that is not listed."""
    return kinds.get(prefix_of(image_id), OTHER)


def prefix_of(image_id: str) -> str:
    """The beginning of a file's name, up to the first "_"."""
    return image_id.rpartition("/")[2].partition("_")[0]


def _values(images: Images, key: str) -> List[float]:
    return [image[key] for image in images if image[key] is not None]


def _quantile(values: Sequence[float], share: float) -> Optional[float]:
    return round(float(np.percentile(values, share)), 2) if values else None
