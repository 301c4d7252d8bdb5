"""The pictures of parts, in quotas by kind: the oldest of a kind go first, and those of rejects are kept longest.

``pictures/pass`` and ``pictures/reject`` below the folder of the journal hold one file for each part, whose name begins
with its number. What is kept is known from the folders alone, so that a torn journal loses no picture.
"""

import collections
import os
import time
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.line.journal.rows import PartRow

FOLDER = "pictures"
PASSES, REJECTS = "pass", "reject"
KINDS = (PASSES, REJECTS)
"""In the order in which they give way on a disk that fills up."""
_WINDOW_S = 3600.0
_LEAST_S = 60.0
_DAY_S = 86400.0
_PART = ".part"
UNKNOWN = ".image"
"""How the name of a file ends whose bytes are of no known kind."""
_STARTS = ((b"\xff\xd8", ".jpg"), (b"\x89PNG", ".png"), (b"BM", ".bmp"), (b"RIFF", ".webp"), (b"II*", ".tif"))


class PictureQuotas(NamedTuple):
    """Bytes for each kind, and the free bytes that the disk has to keep. ``kept``: "none", "rejects" or "all"."""

    passes: int
    rejects: int
    low_water: int
    kept: str = "rejects"


class _KeptPicture(NamedTuple):
    number: int
    path: str
    size: int


class PictureStore:
    """For one thread at a time. ``removed`` is called with the number of each part that loses its picture."""

    def __init__(
        self,
        folder: str,
        quotas: PictureQuotas,
        removed: Callable[[int], None] = lambda number: None,
        now: Callable[[], float] = time.monotonic,
        statvfs: Callable[[str], Any] = os.statvfs,
    ) -> None:
        """Finds what earlier runs kept. Raises OSError."""
        self._root, self._quotas, self._now, self._statvfs = os.path.join(folder, FOLDER), quotas, now, statvfs
        self.removed = removed
        self._kept: Dict[str, Deque[_KeptPicture]] = {}
        self.used: Dict[str, int] = {}
        self._written: Dict[str, Deque[Tuple[float, int]]] = {kind: collections.deque() for kind in KINDS}
        for kind in KINDS:
            os.makedirs(os.path.join(self._root, kind), exist_ok=True)
            self._kept[kind] = collections.deque(sorted(self._find(kind)))
            self.used[kind] = sum(its.size for its in self._kept[kind])

    def _find(self, kind: str) -> List[_KeptPicture]:
        found = []
        folder = os.path.join(self._root, kind)
        for name in os.listdir(folder):
            path, number = os.path.join(folder, name), name.partition("-")[0]
            if name.endswith(_PART):
                os.remove(path)
            elif number.isdigit():
                found.append(_KeptPicture(int(number), path, os.stat(path).st_size))
        return found

    def wants(self, row: PartRow) -> bool:
        """Whether the picture of this part is kept at all."""
        return self._quotas.kept == "all" or (self._quotas.kept == "rejects" and not row.passed)

    def put(self, row: PartRow, data: bytes) -> str:
        """Keeps the picture; returns its path below the folder of the journal, empty where there is no room for it.

        Raises OSError.
        """
        kind = PASSES if row.passed else REJECTS
        quota = self._quotas.passes if row.passed else self._quotas.rejects
        while self._kept[kind] and self.used[kind] + len(data) > quota:
            self._remove_oldest(kind)
        if len(data) > quota or not self.keep_low_water(len(data)):
            return ""
        name = "{}-{}{}".format(row.number, row.verdict, _suffix(data))
        path = os.path.join(self._root, kind, name)
        try:
            with open(path + _PART, "wb") as stream:
                stream.write(data)
            os.replace(path + _PART, path)
        except OSError:
            _forget(path + _PART)
            raise
        self._kept[kind].append(_KeptPicture(row.number, path, len(data)))
        self.used[kind] += len(data)
        self._written[kind].append((self._now(), len(data)))
        return os.path.join(FOLDER, kind, name)

    def keep_low_water(self, more: int = 0) -> bool:
        """Removes the oldest pictures, those of passes first, until there is free space for ``more`` bytes.

        False where the disk is too full without any picture, too.
        """
        while self.free() < self._quotas.low_water + more:
            kind = next((kind for kind in KINDS if self._kept[kind]), "")
            if not kind:
                return False
            self._remove_oldest(kind)
        return True

    def make_room(self, most: int = 16) -> bool:
        """Removes a few of the oldest pictures, whatever is free; False when there is none to remove."""
        before = sum(self.used.values())
        for _ in range(most):
            kind = next((kind for kind in KINDS if self._kept[kind]), "")
            if kind:
                self._remove_oldest(kind)
        return sum(self.used.values()) < before

    def free(self) -> int:
        """Bytes that are free on the disk of the pictures."""
        about = self._statvfs(self._root)
        return int(about.f_bavail * about.f_frsize)

    def _remove_oldest(self, kind: str) -> None:
        oldest = self._kept[kind].popleft()
        self.used[kind] -= oldest.size
        _forget(oldest.path)
        self.removed(oldest.number)

    def days_left(self) -> Dict[str, float]:
        """Days until the quota of each kind, and the disk ("disk"), is full at the rate of the last hour.

        What is full already is 0. A kind of which nothing was written in that hour is left out.
        """
        rates = {kind: self._rate(kind) for kind in KINDS}
        room = {
            PASSES: self._quotas.passes - self.used[PASSES],
            REJECTS: self._quotas.rejects - self.used[REJECTS],
            "disk": self.free() - self._quotas.low_water,
        }
        rates["disk"] = sum(rate or 0.0 for rate in rates.values()) or None
        return {name: max(0.0, room[name]) / rate / _DAY_S for name, rate in rates.items() if rate}

    def _rate(self, kind: str) -> Optional[float]:
        """Bytes a second; None where nothing was written."""
        written, now = self._written[kind], self._now()
        while written and now - written[0][0] > _WINDOW_S:
            written.popleft()
        if not written:
            return None
        return sum(size for _, size in written) / max(_LEAST_S, now - written[0][0])


def _suffix(data: bytes) -> str:
    return next((suffix for start, suffix in _STARTS if data.startswith(start)), UNKNOWN)


def _forget(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass  # somebody removed it already
