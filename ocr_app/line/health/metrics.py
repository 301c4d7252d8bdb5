"""The service's metrics for Prometheus, in a registry of their own (text format 0.0.4)."""

from typing import Any, Callable, Iterable, List

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from ocr_app.line.health.health_file import STATES
from ocr_app.line.health.reasons import REASONS
from ocr_app.line.health.snapshot import StatusSnapshot

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
COUNTERS = {
    "readings": ("verdict", "Results, by verdict.", ("pass", "fail", "no-read", "hold", "read", "error")),
    "refused": ("reason", "Requests that were refused, by reason.", ()),
    "deadline_missed": ("", "Results that came too late and were rejected.", ()),
    "output_lost": ("", "Results that could not be handed over.", ()),
    "reader_restarts": ("", "Restarts of the reading process.", ()),
    "parts": ("verdict", "Parts of the line, by verdict.", ("pass", "fail", "no-read", "hold")),
    "frames": ("fate", "Frames of the source, by what became of them.", ("part", "dropped", "skipped")),
    "triggers": ("fate", "Triggers, by what became of them.", ("part", "debounced", "overrun")),
    "source_openings": ("", "How often the source was opened.", ()),
    "journal_failures": ("", "Verdicts that could not be written down in time, and became fail.", ()),
    "journals_put_aside": ("", "Torn journals that were put aside.", ()),
    "pictures_lost": ("", "Pictures that could not be kept.", ()),
    "pictures_uploaded": ("", "Pictures of rejects that the picture store of the site has taken.", ()),
    "pictures_not_uploaded": ("", "Pictures that this store refused, or that could not be read for it.", ()),
    "mqtt_results": ("", "Results that the broker has acknowledged.", ()),
    "webhook_results": ("", "Results that the webhook has taken.", ()),
    "plc_results": ("", "Verdicts that the PLC which is written to has taken.", ()),
    "plc_lost": ("", "Verdicts that this PLC did not take in time.", ()),
    "modbus_lost": ("", "Verdicts that a PLC did not acknowledge in time.", ()),
    "challenges": ("outcome", "Readings of the challenge set, by outcome.", ("passed", "failed")),
}
"""By name, without the prefix and ``_total``: the label, the help text, and label values that are there as 0."""
BUCKETS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)
"""Seconds; the line rates of packaging, 0.5 to 20 images per second, are in the middle."""
STAGES = ("capture", "wait", "read", "journal", "total")
_INFO = ("reader", "engine", "device", "precision", "release")


class ServiceMetrics:
    """Counters and the histogram of one service. For use by several threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._counters = {name: self._counter(name) for name in COUNTERS}
        about = "Time from the arrival of an image to its result."
        self._seconds = Histogram("nano_ocr_reading_seconds", about, registry=self._registry, buckets=BUCKETS)
        about = "Time from the trigger of a part to its outputs, by stage."
        self._stages = Histogram("nano_ocr_part_seconds", about, ["stage"], registry=self._registry, buckets=BUCKETS)
        for stage in STAGES:
            self._stages.labels(stage)
        self.more_gauges: Callable[[], List[Any]] = list

    def _counter(self, name: str) -> Counter:
        label, about, known = COUNTERS[name]
        counter = Counter("nano_ocr_" + name, about, [label] if label else [], registry=self._registry)
        for value in known:
            counter.labels(value)
        return counter

    def count(self, name: str, label: str = "") -> None:
        """One more of ``name``, a key of COUNTERS."""
        counter = self._counters[name]
        (counter.labels(label) if label else counter).inc()

    def observe(self, seconds: float) -> None:
        """A result came ``seconds`` after the arrival of its image."""
        self._seconds.observe(seconds)

    def observe_stage(self, stage: str, seconds: float) -> None:
        """A stage of a part, one of STAGES, took so long."""
        self._stages.labels(stage).observe(seconds)

    def text(self, snapshot: StatusSnapshot, waiting: int, capacity: int, release: str) -> str:
        """Every metric; ``waiting`` of at most ``capacity`` images are in the queue."""
        families = gauges(snapshot, waiting, capacity, release) + self.more_gauges() + list(self._registry.collect())
        return str(generate_latest(_Families(families)).decode("utf-8"))


def gauges(snapshot: StatusSnapshot, waiting: int, capacity: int, release: str) -> List[Any]:
    """The metric families that describe a moment."""
    info = GaugeMetricFamily("nano_ocr_info", "What serves; always 1.", labels=_INFO)
    info.add_metric([dict(snapshot.info, release=release).get(name, "") for name in _INFO], 1)
    states = GaugeMetricFamily("nano_ocr_state", "1 for the current state.", labels=["state"])
    for name in STATES:
        states.add_metric([name], int(snapshot.state == name))
    degraded = GaugeMetricFamily("nano_ocr_degraded", "1 for each reason that degrades the service.", labels=["reason"])
    for name in REASONS:
        degraded.add_metric([name], int(name in snapshot.degraded))
    return [
        info,
        GaugeMetricFamily("nano_ocr_live", "1 while the main loop runs.", int(snapshot.live)),
        GaugeMetricFamily("nano_ocr_ready", "1 while images are read.", int(snapshot.ready)),
        states,
        degraded,
        GaugeMetricFamily("nano_ocr_queue_length", "Images that wait.", waiting),
        GaugeMetricFamily("nano_ocr_queue_capacity", "Images that may wait.", capacity),
    ]


class _Families(CollectorRegistry):
    """Families that were collected already, without the times at which counters were created."""

    def __init__(self, families: Iterable[Any]) -> None:
        self._families = list(families)
        super(_Families, self).__init__()

    def collect(self) -> Iterable[Any]:
        for family in self._families:
            family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
            yield family
