"""Results of watched images on their way to the disk: written first, then the image leaves its folder.

What cannot be written is tried again every second and holds up nothing else, as long as few results wait.
"""

import errno
import json
import logging
import os
import shutil
import time
from typing import Callable, Dict, List, NamedTuple

from ocr_app.core import names
from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.waiting import WaitingImage
from ocr_app.line.reading.jobs import Result

LOG = logging.getLogger(__name__)
READ = "read"  # below the folder of results: images that were read
_AGAIN_S = 1.0
_REFUSED_NAMES = (errno.EINVAL, errno.EILSEQ, errno.ENAMETOOLONG)


class _Parcel(NamedTuple):
    """``written``: whether the result is on the disk; ``again``: when to try next, on the monotonic clock."""

    image: WaitingImage
    name: str
    result: Result
    written: bool = False
    again: float = 0.0


class Outbox:
    """For the watcher's thread alone. ``after``: "keep" or "delete" the image; ``most``: results that may wait."""

    def __init__(
        self, results: str, after: str, most: int, status: ServiceStatus, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._results, self._after, self._most, self._status, self._now = results, after, most, status, now
        self._parcels: List[_Parcel] = []

    @property
    def full(self) -> bool:
        """Whether no more results should be made before some are written."""
        return len(self._parcels) >= self._most

    def waiting(self) -> "Dict[str, WaitingImage]":
        """The images by path whose result is not written, or which could not leave the folder."""
        return {parcel.image.path: parcel.image for parcel in self._parcels}

    def in_use(self, name: str) -> bool:
        """Whether a result or an archived image has this name."""
        return os.path.lexists(self._target(name)) or os.path.lexists(os.path.join(self._results, READ, name))

    def put(self, image: WaitingImage, result: Result) -> None:
        """Writes the result and puts the image away, now or as soon as it works."""
        self._parcels.append(_Parcel(image, image.name, result))
        self.send()

    def send(self) -> None:
        """Tries everything that is due."""
        now = self._now()
        self._parcels = [left for parcel in self._parcels for left in self._try(parcel, now)]
        if not self._parcels:
            self._status.degraded.set("output", ())

    def _try(self, parcel: _Parcel, now: float) -> List[_Parcel]:
        """Empty when it is done, else what is left to do."""
        if parcel.again > now:
            return [parcel]
        try:
            if not parcel.written:
                parcel = self._write(parcel)
            self._put_away(parcel)
            return []
        except OSError as error:
            if not parcel.again:
                found = fields(image=names.shown(parcel.name), error=error.strerror)
                LOG.warning("result not written, trying again", extra=found)
            self._status.count("output_lost")
            self._status.degraded.set("output", _reasons_of(error))
            return [parcel._replace(again=now + _AGAIN_S)]

    def _write(self, parcel: _Parcel) -> _Parcel:
        """The result is on the disk before the image leaves the folder. Raises OSError."""
        try:
            self._write_whole(self._target(parcel.name), parcel.result)
        except OSError as error:
            if error.errno not in _REFUSED_NAMES:
                raise
            parcel = parcel._replace(name=names.plain(parcel.name))  # the file system of results refuses such names
            self._write_whole(self._target(parcel.name), parcel.result)
        return parcel._replace(written=True)

    def _target(self, name: str) -> str:
        return os.path.join(self._results, name + ".json")

    @staticmethod
    def _write_whole(target: str, result: Result) -> None:
        with open(target + ".part", "w", encoding="utf-8") as stream:
            json.dump(result, stream, ensure_ascii=False)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(target + ".part", target)

    def _put_away(self, parcel: _Parcel) -> None:
        path = parcel.image.path
        if not os.path.lexists(path):
            return
        if self._after == "delete":
            os.remove(path)
            return
        below = os.path.join(self._results, READ)
        os.makedirs(below, exist_ok=True)
        kept = os.path.join(below, parcel.name)
        if os.path.islink(path):
            os.symlink(os.path.join(os.path.dirname(path), os.readlink(path)), kept)  # it meant a place beside it
            os.remove(path)
        else:
            shutil.move(path, kept)


def _reasons_of(error: OSError) -> List[str]:
    more = {errno.EROFS: ["disk_read_only"], errno.ENOSPC: ["disk_low"]}
    return ["output_lost"] + more.get(error.errno or 0, [])
