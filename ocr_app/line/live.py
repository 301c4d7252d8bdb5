"""A live line, put together from its settings: source, trigger, parts, journal, outputs."""

import functools
import logging
import sqlite3
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from prometheus_client.core import GaugeMetricFamily

from ocr_app.core.errors import ServiceError
from ocr_app.core.logs import fields
from ocr_app.line.changes.changing import LineChanges
from ocr_app.line.changes.control import LineControl
from ocr_app.line.changes.preview import RecentFrames, SetupPreview
from ocr_app.line.health import platform
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.journal.holding import JournalHold
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.keeping import PictureKeeper
from ocr_app.line.journal.numbers import board_name, new_boot
from ocr_app.line.journal.pictures import PictureQuotas, PictureStore
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs import plc, webhook
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.credentials import password_of_camera
from ocr_app.line.outputs.gpio import JetsonPins
from ocr_app.line.outputs.modbus import ModbusOutput
from ocr_app.line.outputs.mqtt import CURSOR, MqttOutput
from ocr_app.line.outputs.registers import LineRegisters, WrittenRegisters
from ocr_app.line.outputs.reject import RejectGate
from ocr_app.line.outputs.upload import PictureUpload
from ocr_app.line.page.access import listening
from ocr_app.line.parts.pipeline import LineIdentity, PartPipeline
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.settings.production import EVERY_FRAME, PRESENCE
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.sources.capture import CaptureLoop
from ocr_app.line.sources.contract import CapturedFrame
from ocr_app.line.sources.opening import make_source
from ocr_app.line.sources.pushed import PushedSource
from ocr_app.line.triggers.events import EventTriggers
from ocr_app.line.triggers.frames import EveryFrame, LatestFrame
from ocr_app.line.triggers.presence import PresenceGate

LOG = logging.getLogger(__name__)
_MB = 1 << 20
_RETRY_S = 1.0
_WAITING = {
    CURSOR: ("nano_ocr_mqtt_waiting", "Results that the broker has not got."),
    webhook.CURSOR: ("nano_ocr_webhook_waiting", "Results that the webhook has not taken."),
    plc.CURSOR: ("nano_ocr_plc_waiting", "Verdicts that the PLC which is written to has not taken."),
}
Start = Callable[[Callable[[], Any]], threading.Thread]


class LiveLine:
    """Built before the service starts; ``start`` begins to capture, ``end`` decides what is under way."""

    def __init__(self, settings: ServiceSettings, status: ServiceStatus, jobs: JobQueue, release: str) -> None:
        """Raises ServiceError where the journal cannot be opened, or an output cannot be had."""
        self._settings, self._status, self._jobs = settings, status, jobs
        self._stop, self._outputs_stop = threading.Event(), threading.Event()
        lock = threading.Lock()
        self._boot, self._release = new_boot(), release
        self._store, self._journal = self._open_journal(lock)
        beside = JournalBeside(self._journal)
        self.changes = LineChanges(settings, beside)
        self.identity = self._identify(self.changes.setup)
        jobs.setup = self.changes.setup
        self._keeper = PictureKeeper(self._store, self._journal, status, lock)
        deadline_ms = settings.recipe.deadline_ms or settings.parts.limit_ms
        limit_s = min(deadline_ms, settings.parts.limit_ms) / 1000.0
        latest = settings.parts.policy == "latest"
        self.pipeline = PartPipeline(
            self.identity, self._journal, jobs, status, settings.parts.queue, limit_s, latest, self._trusts_clock,
            self._hold.frames, agree=settings.trigger.frames_agree,
        )  # fmt: skip
        self.changes.between, self.changes.apply = self.pipeline.between_parts, self._judge_by
        self._control = LineControl(self.changes, settings.journal.folder)
        password = functools.partial(password_of_camera, settings.camera)
        source = make_source(settings.source, settings.camera, settings.parts.queue, self._journal.has_frame, password)
        self.pushed = source if isinstance(source, PushedSource) else None
        self._works: List[Callable[[], None]] = []
        self.events: Optional[EventTriggers] = None
        take = self._make_trigger(latest)
        self._capture = CaptureLoop(source, settings.source, status, take, lambda: status.snapshot().ready)
        self._threads: Dict[str, threading.Thread] = {}
        self._last: Optional[PartRow] = None
        self._totals = {"passes": 0, "rejects": 0}
        self._outputs: List[LineOutput] = self._make_outputs()
        self._page = self._make_page(beside) if settings.page.enabled else None
        status.metrics.more_gauges = self.gauges

    def _identify(self, setup: LineSetup) -> LineIdentity:
        board, cause = board_name(self._settings.journal.board), self._settings.trigger.kind
        return LineIdentity(board, self._boot, cause, setup.recipe, setup.digest, self._release)

    def _judge_by(self, setup: LineSetup) -> None:
        """From the next part on; called while none is under way."""
        self._jobs.setup = setup

    def _open_journal(self, lock: threading.Lock) -> Any:
        own = self._settings.journal
        quotas = PictureQuotas(own.passes_mb * _MB, own.rejects_mb * _MB, own.low_water_mb * _MB, own.pictures)
        try:
            self._hold = JournalHold(own.folder)
            store = PictureStore(own.folder, quotas)
            store.keep_low_water()
            journal = PartJournal(own.folder, self._status, own.keep_parts, lambda: self._make_room(store, lock))
            store.removed = lambda number: journal.set_picture(number, "")
            journal.record_boot(self._boot, time.time(), self._release)
            journal.keep_cursors(self._cursors())
        except (OSError, sqlite3.Error) as error:
            found = "the journal in {} cannot be used: {}".format(own.folder, error)
            raise ServiceError(found, "a folder with free space that this user may write to", "df -h") from error
        if journal.interrupted:
            LOG.warning("parts were interrupted by the last end", extra=fields(parts=journal.interrupted))
        return store, journal

    def _cursors(self) -> Tuple[str, ...]:
        """The outputs that get parts from the journal."""
        own = self._settings
        found = ((CURSOR, own.mqtt), (webhook.CURSOR, own.webhook), (plc.CURSOR, own.plc))
        return tuple(name for name, output in found if output.enabled)

    @staticmethod
    def _make_room(store: PictureStore, lock: threading.Lock) -> None:
        """Removes pictures, unless one is being written just now by a thread that waits for the journal."""
        if lock.acquire(False):
            try:
                store.make_room()
            finally:
                lock.release()

    def _trusts_clock(self) -> bool:
        clock = self._settings.recipe.clock
        return clock == "always" or (clock == "synced" and platform.clock_synced())

    def _make_trigger(self, latest: bool) -> Callable[[CapturedFrame], None]:
        kind, status = self._settings.trigger.kind, self._status
        if kind not in (EVERY_FRAME, PRESENCE):
            events = EventTriggers(
                self._settings.trigger, self.pipeline, status, self._stop, lambda: status.snapshot().ready
            )
            self.events = events
            self.pipeline.pending = lambda: events.pending
            self._works.append(events.run)
            return events.take
        if latest:
            newest = LatestFrame(self.pipeline, status, self._stop)
            self._works.append(newest.run)
            take = newest.take
        else:
            take = EveryFrame(self.pipeline, status, self._stop).take
        return take if kind == EVERY_FRAME else PresenceGate(self._settings.trigger, status, take).take

    def _make_outputs(self) -> List[LineOutput]:
        """Raises ServiceError: a library, a password or an address is not to be had."""
        own, trigger, fire = self._settings, self._settings.trigger, self.fire
        made: List[LineOutput] = []
        if own.reject.enabled:
            pins = JetsonPins()
            if trigger.kind == "gpio":
                pins.watch(trigger.pin, trigger.edge, fire)
            made.append(RejectGate(own.reject, pins, self._status, self._is_serving))
        if own.modbus.enabled:
            lost = functools.partial(self._status.count, "modbus_lost")
            registers = LineRegisters(own.modbus.acknowledge, own.modbus.waiting, self._conditions, lost)
            made.append(ModbusOutput(own.modbus.listen, registers, fire if trigger.kind == "modbus" else None))
        if own.plc.enabled:
            written = WrittenRegisters(self._conditions)
            made.append(plc.PlcOutput(own.plc, self.identity.boot, self._journal, self._status, written))
        if own.webhook.enabled:
            made.append(webhook.WebhookOutput(own.webhook, self._journal, self._status))
        if own.upload.enabled:
            board, folder = self.identity.board, own.journal.folder
            made.append(PictureUpload(own.upload, board, folder, self._journal, self._status))
        if own.mqtt.enabled:
            topic = trigger.topic if trigger.kind == "mqtt" else ""
            board, state = self.identity.board, self._state
            made.append(MqttOutput(own.mqtt, board, self._journal, self._status, state, topic, fire))
        return made

    def _make_page(self, beside: JournalBeside) -> Any:
        """Raises ServiceError: aiohttp is missing, an address is taken, other computers without users or TLS."""
        listening.libraries()
        from ocr_app.line.page.server import OperatorPage
        from ocr_app.line.page.site import PageLine

        address = listening.listen(self._settings.page, self._settings.journal.folder)
        line = PageLine(
            self._settings, self.identity, self._status.snapshot, lambda: self.pipeline.under_way, self.changes, beside,
            self._make_preview(),
        )  # fmt: skip
        page = OperatorPage(line, address)
        self.pipeline.add_view(page.view)
        return page

    def _make_preview(self) -> SetupPreview:
        frames = RecentFrames(self._journal, self._settings.journal.folder)
        self.pipeline.add_view(frames.view)
        return SetupPreview(frames, self._jobs, lambda: self.pipeline.under_way, self._hold.frames)

    def fire(self) -> None:
        """A trigger from outside."""
        if self.events is not None:
            self.events.fire()

    def _is_serving(self) -> bool:
        snapshot = self._status.snapshot()
        return snapshot.live and snapshot.ready

    def _conditions(self) -> Dict[str, bool]:
        """What Modbus shows as bits."""
        snapshot = self._status.snapshot()
        ready = snapshot.ready and "journal_lost" not in self._status.degraded.of("journal")
        busy, degraded = bool(self.pipeline.under_way), bool(snapshot.degraded)
        return {"live": snapshot.live, "ready": ready, "busy": busy, "degraded": degraded}

    def _state(self) -> Dict[str, Any]:
        """The retained state of MQTT."""
        snapshot, last = self._status.snapshot(), self._last
        found: Dict[str, Any] = {"ready": snapshot.ready, "is_degraded": bool(snapshot.degraded)}
        found.update(self._totals, degraded=snapshot.degraded, boot=self.identity.boot)
        setup = self.changes.setup
        found.update(product=setup.product, recipe=setup.recipe, recipe_digest=setup.digest)
        found.update(id=None, number=None, verdict=None, text=None, reason=None)
        if last is not None:
            reason = last.reasons[0] if last.reasons else ""
            found.update(id=last.id, number=last.number, verdict=last.verdict, text=last.text, reason=reason)
        return found

    def _remember(self, row: PartRow, data: bytes) -> None:
        self._last = row
        self._totals["passes" if row.passed else "rejects"] += 1

    # --- running ---------------------------------------------------------------------------------------------------

    def start(self, start: Start) -> None:
        """Starts the threads by ``start``, which makes one that ends the service when it fails."""
        self.pipeline.add_output(self._remember)
        for output in self._outputs:
            self.pipeline.add_output(output.put)
        self.pipeline.add_output(self._keeper.keep)
        for output in self._outputs:
            self._start_output(start, output)
        if self._page is not None:
            self._threads["output page"] = start(functools.partial(self._page.run, self._outputs_stop))
        self._threads["output control"] = start(lambda: self._control.run(self._outputs_stop))
        self._threads["pictures"] = start(lambda: self._keeper.run(self._outputs_stop))
        self._threads["journal"] = start(self._retry_journal)
        self._threads["parts"] = start(self.pipeline.run)
        for number, work in enumerate(self._works):
            self._threads["trigger{}".format(number)] = start(work)
        self._threads["source"] = start(lambda: self._capture.run(self._stop))
        own = self._settings
        found = fields(board=self.identity.board, boot=self.identity.boot, source=own.source.kind)
        LOG.info("line started", extra=found)

    def _start_output(self, start: Start, output: LineOutput) -> None:
        self._threads["output " + type(output).__name__] = start(lambda: output.run(self._outputs_stop))

    def _retry_journal(self) -> None:
        while not self._outputs_stop.wait(_RETRY_S):
            if self._journal.waiting:
                self._journal.retry()

    def stop_capturing(self) -> None:
        """No part begins any more; those that are under way are still read."""
        self._stop.set()
        for name, thread in self._threads.items():
            if name.startswith(("trigger", "source")):
                thread.join(2.0)
        self.pipeline.finish()

    def end(self) -> None:
        """Decides what is under way, and closes the journal. The reading process has ended by now."""
        self.stop_capturing()
        self.pipeline.reading_is_over()
        self._join("parts", 5.0)
        self._outputs_stop.set()
        for name in self._threads:
            if name.startswith(("output", "pictures", "journal")):
                self._join(name, 5.0)
        self._control.close()
        self._journal.close()
        self._hold.release()

    def _join(self, name: str, seconds: float) -> None:
        if name in self._threads:
            self._threads[name].join(seconds)

    def gauges(self) -> List[Any]:
        """The metric families that describe the line at a moment."""
        about = "Days until the pictures of a kind, or the disk, reach their limit at the rate of the last hour."
        days = GaugeMetricFamily("nano_ocr_picture_days_left", about, labels=["limit"])
        for name, value in sorted(self._keeper.days_left.items()):
            days.add_metric([name], value)
        about = "Verdicts that wait for the disk."
        setup = self.changes.setup
        product = GaugeMetricFamily(
            "nano_ocr_product", "What parts are judged by; always 1.", labels=["product", "recipe"]
        )
        product.add_metric([setup.product, setup.recipe], 1)
        return [
            product,
            GaugeMetricFamily("nano_ocr_parts_under_way", "Parts without a verdict.", self.pipeline.under_way),
            GaugeMetricFamily("nano_ocr_journal_waiting", about, self._journal.waiting),
            days,
        ] + [
            GaugeMetricFamily(*_WAITING[name], value=self._journal.count_undelivered(name)) for name in self._cursors()
        ]
