"""Pictures are kept after the verdict, in a thread of their own: no verdict waits for a picture."""

import errno
import logging
import queue
import threading
from typing import Dict, Tuple

from ocr_app.core.logs import Throttle, fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.pictures import PictureStore
from ocr_app.line.journal.rows import PartRow

LOG = logging.getLogger(__name__)
_MOST_WAITING = 16
_TAKE_S = 0.2
_LOOK_S = 5.0
_LOG_EVERY_S = 10.0


class PictureKeeper:
    """``keep`` may be called by any thread; ``run`` is the body of one."""

    def __init__(self, store: PictureStore, journal: PartJournal, status: ServiceStatus, lock: threading.Lock) -> None:
        """``lock`` guards the store, which the journal also asks for room."""
        self._store, self._journal, self._status, self._lock = store, journal, status, lock
        self._queue: "queue.Queue[Tuple[PartRow, bytes]]" = queue.Queue(_MOST_WAITING)
        self._throttle = Throttle(_LOG_EVERY_S)
        self.days_left: Dict[str, float] = {}

    def keep(self, row: PartRow, data: bytes) -> None:
        """The picture of a decided part. One that comes while too many wait is not kept, and counted."""
        if not data or not self._store.wants(row):
            return
        try:
            self._queue.put_nowait((row, data))
        except queue.Full:
            self._lost(row, "too many pictures wait")

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``, and then until nothing waits."""
        idle_s = _LOOK_S
        while not (stop.is_set() and self._queue.empty()):
            try:
                row, data = self._queue.get(True, _TAKE_S)
                self._put(row, data)
            except queue.Empty:
                idle_s += _TAKE_S
            if idle_s >= _LOOK_S:
                idle_s = 0.0
                self._look()

    def _put(self, row: PartRow, data: bytes) -> None:
        try:
            with self._lock:
                name = self._store.put(row, data)
        except OSError as error:
            self._lost(row, error.strerror or repr(error))
            if error.errno == errno.ENOSPC:
                self._status.degraded.set("pictures", ["disk_low"])
            return
        if name:
            self._journal.set_picture(row.number, name)
        else:
            self._lost(row, "the disk or the quota is too full")

    def _lost(self, row: PartRow, why: str) -> None:
        self._status.count("pictures_lost")
        held_back = self._throttle.admit(why)
        if held_back is not None:
            LOG.warning("picture not kept", extra=fields(part=row.id, why=why, held_back=held_back))

    def _look(self) -> None:
        """Free space is kept while no picture comes, too: others write to the disk as well."""
        try:
            with self._lock:
                enough = self._store.keep_low_water()
                self.days_left = self._store.days_left()
        except OSError as error:
            self._lost_sight(error)
            return
        self._status.degraded.set("pictures", () if enough else ["disk_low"])

    def _lost_sight(self, error: OSError) -> None:
        held_back = self._throttle.admit("look")
        if held_back is not None:
            LOG.error("the folder of pictures cannot be used", extra=fields(error=error.strerror))
