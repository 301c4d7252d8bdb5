"""The service's numbers in the text format of Prometheus (version 0.0.4)."""

from typing import Dict, List

from ocr_app.line.health.health_file import STATES
from ocr_app.line.health.reasons import REASONS
from ocr_app.line.health.status import StatusSnapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTERS = {
    "readings": ("verdict", "results, by verdict"),
    "refused": ("reason", "images that were not taken, each told so"),
    "deadline_missed": ("", "results that came too late and were rejected"),
    "output_lost": ("", "results that could not be handed over"),
    "reader_restarts": ("", "times the reading process was started again"),
    "challenges": ("outcome", "challenge sets put"),
}
_QUANTILES = "nano_ocr_latency_milliseconds"


def text(snapshot: StatusSnapshot, waiting: int, capacity: int, release: str) -> str:
    """Every metric; those without an event yet are there too, as 0."""
    lines: List[str] = []
    info = dict(snapshot.info, release=release)
    lines += _metric("info", "gauge", "what serves", [_sample("info", 1, info)])
    lines += _metric("live", "gauge", "the main loop turns", [_sample("live", int(snapshot.live))])
    lines += _metric("ready", "gauge", "frames are read", [_sample("ready", int(snapshot.ready))])
    states = [_sample("state", int(snapshot.state == name), {"state": name}) for name in STATES]
    lines += _metric("state", "gauge", "one of the states is 1", states)
    held = [_sample("degraded", int(name in snapshot.degraded), {"reason": name}) for name in REASONS]
    lines += _metric("degraded", "gauge", "reasons, see health.json", held)
    lines += _metric("queue_length", "gauge", "images that wait", [_sample("queue_length", waiting)])
    lines += _metric("queue_capacity", "gauge", "at most so many wait", [_sample("queue_capacity", capacity)])
    for name, (label, about) in COUNTERS.items():
        lines += _counter(name, label, about, snapshot)
    times = [_sample("latency_milliseconds", ms, {"quantile": share}) for share, ms in snapshot.latency_ms.items()]
    lines += ["# HELP {} arrival to result, last minute".format(_QUANTILES), "# TYPE {} gauge".format(_QUANTILES)]
    return "\n".join(lines + times) + "\n"


def _counter(name: str, label: str, about: str, snapshot: StatusSnapshot) -> List[str]:
    full = name + "_total"
    found = {key[1]: value for key, value in snapshot.counts.items() if key[0] == name}
    if not label:
        return _metric(full, "counter", about, [_sample(full, found.get("", 0))])
    return _metric(full, "counter", about, [_sample(full, found[key], {label: key}) for key in sorted(found)])


def _metric(name: str, kind: str, about: str, samples: List[str]) -> List[str]:
    return ["# HELP nano_ocr_{} {}".format(name, about), "# TYPE nano_ocr_{} {}".format(name, kind)] + samples


def _sample(name: str, value: float, labels: Dict[str, str] = {}) -> str:  # noqa: B006 - never changed
    inner = ",".join('{}="{}"'.format(key, _escaped(text)) for key, text in sorted(labels.items()))
    return "nano_ocr_{}{} {:g}".format(name, "{" + inner + "}" if inner else "", value)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
