"""A folder that is watched for new images, as line cameras write them; one result file per image, and nothing lost.

An image is taken to be complete when it did not change between two looks; a camera that renames into place is never met
half way. Its deadline counts from the first look that found it. It stays in the folder until its result is written, so
that it is read once more after a power cut.
"""

import errno
import json
import logging
import os
import shutil
import threading
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import ServiceError
from ocr_app.core.logs import fields
from ocr_app.imaging.sources import is_image_name
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.settings import ServiceSettings

LOG = logging.getLogger(__name__)
POLL_S = 0.1
READ = "read"  # below the folder of results: images that were read
_AGAIN_S = 1.0

Mark = Tuple[int, int]


class _WatchedImage(NamedTuple):
    """A file: when it was last written (ns), its path, and the size and time that show whether it changed."""

    written: int
    path: str
    mark: Mark


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
        self._watch, self._results, self._after = settings.folder.watch, settings.output.results, settings.folder.after
        self._frame_every_s = settings.folder.frame_every_s
        self._status, self._jobs, self._stop = status, jobs, stop
        self._marks: Dict[str, Mark] = {}
        self._arrived: Dict[str, float] = {}
        self._last_frame = jobs.now()
        self._folder_reasons: List[str] = []

    def run(self) -> None:
        """Until stopped. An image without a result stays in the folder."""
        while not self._stop.is_set():
            complete = self._look()
            self._report_camera()
            for image in complete:
                if self._stop.is_set():
                    return
                self._read(image.path)
            self._stop.wait(POLL_S)

    def _look(self) -> List[_WatchedImage]:
        """Complete images, oldest first."""
        try:
            found = self._listed()
            self._folder_reasons = []
        except OSError:
            found, self._folder_reasons = [], ["camera_lost"]
        complete = [image for image in found if self._marks.get(image.path) == image.mark]
        self._marks = {image.path: image.mark for image in found}
        now = self._jobs.now()
        self._arrived = {image.path: self._arrived.get(image.path, now) for image in found}
        self._last_frame = now if found else self._last_frame
        return sorted(complete)

    def _listed(self) -> List[_WatchedImage]:
        listed = []
        for name in os.listdir(self._watch):
            path = os.path.join(self._watch, name)
            if is_image_name(name):
                try:
                    status = os.stat(path)
                except FileNotFoundError:
                    continue  # it was renamed or removed since
                listed.append(_WatchedImage(status.st_mtime_ns, path, (status.st_size, status.st_mtime_ns)))
        return listed

    def _report_camera(self) -> None:
        limit_s = self._frame_every_s
        silent = bool(limit_s) and self._jobs.now() - self._last_frame > limit_s
        self._status.degraded.set("camera", ["camera_lost"] if silent else self._folder_reasons)

    def _read(self, path: str) -> None:
        if not self._status.snapshot().ready:
            return
        job: Optional[ReadJob] = None
        while job is None and not self._stop.is_set():
            job = self._jobs.offer(path, os.path.basename(path), arrived=self._arrived[path])
            if job is None:
                self._stop.wait(POLL_S)
        while job is not None and not job.dropped and not self._stop.is_set():
            result = job.wait(POLL_S)
            if result is not None:
                self._hand_over(path, result)
                return

    def _hand_over(self, path: str, result: Result) -> None:
        """Writes the result, then moves the image away; repeated until it works or the service stops."""
        steps: List[Callable[[], None]] = [lambda: self._write(path, result), lambda: self._put_away(path)]
        for step in steps:
            failures = 0
            while not self._stop.is_set():
                try:
                    step()
                    break
                except OSError as error:
                    failures += 1
                    self._record_failure(path, error, failures)
                    self._stop.wait(_AGAIN_S)
        self._status.degraded.set("output", ())

    def _record_failure(self, path: str, error: OSError, failures: int) -> None:
        self._status.count("output_lost")
        self._status.degraded.set("output", _reasons_of(error))
        if failures == 1:
            LOG.warning("result not written, trying again", extra=fields(image=path, error=error.strerror))

    def _write(self, path: str, result: Result) -> None:
        """The result is on the disk before the image leaves the folder."""
        target = os.path.join(self._results, os.path.basename(path) + ".json")
        with open(target + ".part", "w", encoding="utf-8") as stream:
            json.dump(result, stream, ensure_ascii=False)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(target + ".part", target)

    def _put_away(self, path: str) -> None:
        if not os.path.exists(path):
            return
        if self._after == "delete":
            os.remove(path)
            return
        below = os.path.join(self._results, READ)
        os.makedirs(below, exist_ok=True)
        shutil.move(path, os.path.join(below, os.path.basename(path)))


def _reasons_of(error: OSError) -> List[str]:
    more = {errno.EROFS: ["disk_read_only"], errno.ENOSPC: ["disk_low"]}
    return ["output_lost"] + more.get(error.errno or 0, [])
