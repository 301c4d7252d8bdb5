"""A folder that is watched for new images, as line cameras drop them; a result file for each, and nothing lost.

An image that stands still between two looks is taken to be whole (a camera that renames into place is never met half
way); its deadline counts from the first look that found it. It stays where it is until its result is written, so that
a power cut means that it is read once more.
"""

import errno
import json
import os
import shutil
import threading
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import ServiceError
from ocr_app.imaging.sources import is_image_name
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.jobs import JobQueue, ReadJob, Result
from ocr_app.line.settings import Serving

POLL_S = 0.1
READ = "read"  # below the folder of results: images that were read
_AGAIN_S = 1.0

Mark = Tuple[int, int]


class _Waiting(NamedTuple):
    """A file: when it was written last (ns), its path, and what tells whether it changed."""

    written: int
    path: str
    mark: Mark


def check(watch: str, results: str) -> None:
    """Raises ServiceError unless both folders can be used, and are two."""
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


class Folder:
    """One watched folder; ``run`` is a thread."""

    def __init__(self, settings: Serving, status: ServiceStatus, jobs: JobQueue, stop: threading.Event) -> None:
        self._settings, self._status, self._jobs, self._stop = settings, status, jobs, stop
        self._marks: Dict[str, Mark] = {}
        self._arrived: Dict[str, float] = {}
        self._last_frame = jobs.now()
        self._camera: List[str] = []

    def run(self) -> None:
        """Until stopped. An image without a result stays in the folder."""
        while not self._stop.is_set():
            waiting = self._look()
            self._say()
            for each in waiting:
                if self._stop.is_set():
                    return
                self._read(each.path)
            self._stop.wait(POLL_S)

    def _look(self) -> List[_Waiting]:
        """Whole images, oldest first."""
        try:
            found = self._listed()
            self._camera = []
        except OSError:
            found, self._camera = [], ["camera_lost"]
        whole = [each for each in found if self._marks.get(each.path) == each.mark]
        self._marks = {each.path: each.mark for each in found}
        now = self._jobs.now()
        self._arrived = {each.path: self._arrived.get(each.path, now) for each in found}
        self._last_frame = now if found else self._last_frame
        return sorted(whole)

    def _listed(self) -> List[_Waiting]:
        listed = []
        for name in os.listdir(self._settings.watch):
            path = os.path.join(self._settings.watch, name)
            if is_image_name(name):
                try:
                    about = os.stat(path)
                except FileNotFoundError:
                    continue  # it was renamed or taken away since
                listed.append(_Waiting(about.st_mtime_ns, path, (about.st_size, about.st_mtime_ns)))
        return listed

    def _say(self) -> None:
        most = self._settings.frame_every_s
        silent = bool(most) and self._jobs.now() - self._last_frame > most
        self._status.degraded.hold("camera", ["camera_lost"] if silent else self._camera)

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
                self._handed_over(path, result)
                return

    def _handed_over(self, path: str, result: Result) -> None:
        """Writes the result, then puts the image away; tried again until it works or the service stops."""
        steps: List[Callable[[], None]] = [lambda: self._write(path, result), lambda: self._put_away(path)]
        for step in steps:
            while not self._stop.is_set():
                try:
                    step()
                    break
                except OSError as error:
                    self._status.count("output_lost")
                    self._status.degraded.hold("output", _reasons_of(error))
                    self._stop.wait(_AGAIN_S)
        self._status.degraded.hold("output", ())

    def _write(self, path: str, result: Result) -> None:
        """The result is on the disk before the image leaves its place."""
        target = os.path.join(self._settings.results, os.path.basename(path) + ".json")
        with open(target + ".part", "w", encoding="utf-8") as stream:
            json.dump(result, stream, ensure_ascii=False)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(target + ".part", target)

    def _put_away(self, path: str) -> None:
        if not os.path.exists(path):
            return
        if self._settings.after == "delete":
            os.remove(path)
            return
        below = os.path.join(self._settings.results, READ)
        os.makedirs(below, exist_ok=True)
        shutil.move(path, os.path.join(below, os.path.basename(path)))


def _reasons_of(error: OSError) -> List[str]:
    more = {errno.EROFS: ["disk_read_only"], errno.ENOSPC: ["disk_low"]}
    return ["output_lost"] + more.get(error.errno or 0, [])
