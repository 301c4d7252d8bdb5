"""A folder that is watched for new images, as line cameras write them; one result file per image, and nothing lost.

An image is taken to be complete when it did not change between two looks; a camera that renames into place is never met
half way. Its deadline counts from the first look that found it. It stays in the folder until its result is written, so
that it is read once more after a power cut. What is wrong with one entry of the folder holds up no other.
"""

import logging
import os
import threading
from typing import Dict, List, Optional

from ocr_app.core import names
from ocr_app.core.errors import ServiceError
from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs import waiting
from ocr_app.line.inputs.outbox import Outbox
from ocr_app.line.inputs.waiting import FolderContent, Mark, WaitingImage
from ocr_app.line.reading.jobs import JobQueue, ReadJob
from ocr_app.line.settings.service import ServiceSettings

LOG = logging.getLogger(__name__)
POLL_S = 0.1
_REFUSED_AGAIN_S = 10.0


def check(watch: str, results: str) -> None:
    """Raises ServiceError unless both are usable folders, and different ones."""
    if os.path.realpath(watch) == os.path.realpath(results):
        raise ServiceError("--watch and --results are one folder", "two folders", "--results another")
    for folder, option in ((watch, "--watch"), (results, "--results")):
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise ServiceError("{} {}: {}".format(option, folder, error.strerror), "a folder", "mkdir") from error
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            found = "{} {} may not be read and written by user {}".format(option, folder, os.getuid())
            raise ServiceError(found, "a folder of this user", "chown {} {}".format(os.getuid(), folder))


class FolderWatcher:
    """One watched folder; ``run`` is the body of a thread."""

    def __init__(self, settings: ServiceSettings, status: ServiceStatus, jobs: JobQueue, stop: threading.Event) -> None:
        self._watch, self._frame_every_s = settings.folder.watch, settings.folder.frame_every_s
        self._status, self._jobs, self._stop = status, jobs, stop
        self._outbox = Outbox(settings.output.results, settings.folder.after, jobs.capacity, status)
        self._marks: Dict[str, Mark] = {}
        self._arrived: Dict[Mark, float] = {}
        self._refused: Dict[str, float] = {}
        self._skipped: List[str] = []
        self._last_frame = jobs.now()
        self._folder_reasons: List[str] = []

    def run(self) -> None:
        """Until stopped. An image without a result stays in the folder."""
        while not self._stop.is_set():
            complete = self._look()
            self._report_camera()
            self._outbox.send()
            for image in complete:
                if self._stop.is_set() or self._outbox.full:
                    break
                self._process(image)
            self._stop.wait(POLL_S)

    def _look(self) -> List[WaitingImage]:
        """Complete images, oldest first, without those that are done but could not leave the folder."""
        try:
            found, self._folder_reasons = waiting.look(self._watch), []
        except OSError:
            found, self._folder_reasons = FolderContent([], {}), ["camera_lost"]
        self._name_skipped(found)
        now, done = self._jobs.now(), self._outbox.waiting()
        complete = [image for image in found.images if self._marks.get(image.path) == image.mark]
        self._marks = {image.path: image.mark for image in found.images}
        self._arrived = {image.mark: self._arrived.get(image.mark, now) for image in found.images}
        self._refused = {path: again for path, again in self._refused.items() if path in self._marks}
        self._last_frame = now if any(image.path not in done for image in found.images) else self._last_frame
        return sorted(
            image for image in complete if image.path not in done and self._refused.get(image.path, now) <= now
        )

    def _name_skipped(self, found: FolderContent) -> None:
        """Logs each suffix once that is not an image's."""
        for suffix, count in sorted(found.skipped.items()):
            if suffix not in self._skipped:
                self._skipped.append(suffix)
                LOG.warning("files are not read", extra=fields(suffix=suffix, count=count, folder=self._watch))

    def _report_camera(self) -> None:
        limit_s = self._frame_every_s
        silent = bool(limit_s) and self._jobs.now() - self._last_frame > limit_s
        lost = silent or bool(self._refused)
        self._status.degraded.set("camera", ["camera_lost"] if lost else self._folder_reasons)

    def _process(self, image: WaitingImage) -> None:
        """Reads one image; whatever goes wrong with it is said, and tried again later."""
        try:
            self._read(image)
        except Exception as error:  # one entry must not end the thread
            self._refused[image.path] = self._jobs.now() + _REFUSED_AGAIN_S
            found = fields(image=names.shown(image.name), error=getattr(error, "strerror", None) or repr(error))
            LOG.warning("image not taken, trying again", extra=found)

    def _read(self, image: WaitingImage) -> None:
        """Raises OSError where the image cannot be taken."""
        if not self._status.snapshot().ready:
            return
        taken = waiting.take(image, self._outbox.in_use)
        if taken.mark != image.mark:
            return  # another file was renamed into its place just now; it is read when it is complete
        job = self._offered(taken, self._arrived[image.mark])
        while job is not None and not job.dropped and not self._stop.is_set():
            result = job.wait(POLL_S)
            if result is not None:
                self._outbox.put(taken, result)
                return
        waiting.give_back(taken)

    def _offered(self, image: WaitingImage, arrived: float) -> Optional[ReadJob]:
        """None when the service stops before there is room in the queue."""
        while not self._stop.is_set():
            job = self._jobs.offer(image.path, names.shown(image.name), arrived=arrived)
            if job is not None:
                return job
            self._stop.wait(POLL_S)
        return None
