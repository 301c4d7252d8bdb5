"""The pictures are read on a cluster of Dask, an optional extra: `pip install 'ocr-app[cluster]'`.

Every computer of the cluster sees the folders of the pictures, of the recipe and of the release under the same paths,
and has this ocr_app; both are checked before it reads. A worker of Dask that is lost costs no picture: its scheduler
gives what the worker had to another one. docs/adr/0078-replay-on-dask.md says why Dask.
"""

import threading
import time
from typing import Any, Dict, Iterator, List, Optional

from ocr_app.core.errors import OcrError, ReplayError, from_json
from ocr_app.core.model_files import sha256_of
from ocr_app.core.paths import HOME
from ocr_app.replay.crew import Losses
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.seat import ReplaySeat, SeatBroke, SeatOptions, row_of
from ocr_app.replay.state import Row
from ocr_app.replay.targets import ReplayTarget, application_digest

WAIT_S = 60.0
_COUNT_S = 5.0
_AGAIN = "the same command goes on where it was"
_own = threading.local()
_seats: List[ReplaySeat] = []


class DaskCrew:
    """Reads with all threads of all workers of one scheduler, each with reading processes of its own."""

    def __init__(self, address: str, options: SeatOptions, attempts: int, wait_s: float = WAIT_S) -> None:
        """Raises ReplayError where Dask is not installed, or the scheduler or its workers do not answer in time."""
        self._options, self._losses, self._wait_s = options, Losses(attempts), wait_s
        self._dask = _distributed()
        try:
            self._client: Any = self._dask.Client(address, timeout=wait_s, set_as_default=False)
        except (OSError, ValueError) as error:
            step = "dask scheduler; dask worker {} --nthreads 1".format(address)
            raise ReplayError("no scheduler of Dask at {}: {}".format(address, error), "its address", step) from error
        self._info: Dict[str, str] = {}
        self._counted, self._threads = 0.0, 0

    @property
    def lost(self) -> int:
        """How many reading processes were lost so far; Dask counts lost workers itself."""
        return self._losses.lost

    def info(self) -> Dict[str, str]:
        """What describes the reader; empty before the first picture is read."""
        return self._info

    def read_all(self, pictures: Iterator[ReplayPicture]) -> Iterator[Row]:
        """One row for each picture, in the order in which they are read.

        Raises OcrError where reading cannot go on: no workers, no scheduler any more, a reader that cannot be opened.
        """
        waiting, again = self._dask.as_completed(loop=self._client.loop), []  # type: Any, List[ReplayPicture]
        under_way: Dict[str, ReplayPicture] = {}
        try:
            while True:
                while len(under_way) < 2 * self._thread_count():
                    picture = again.pop() if again else next(pictures, None)
                    if picture is None:
                        break
                    future = self._submit(picture)
                    under_way[future.key] = picture
                    waiting.add(future)
                if not under_way:
                    return
                future = next(waiting)
                picture = under_way.pop(future.key)
                row = self._settled(picture, future)
                if row is None:
                    again.append(picture)
                else:
                    yield row
        finally:
            self._close()

    def _submit(self, picture: ReplayPicture) -> Any:
        attempt = self._losses.attempt(picture)
        key = "replay-{}-{}-{}".format(self._client.id, picture.place, attempt)
        return self._client.submit(read_one, self._options, picture, attempt, key=key, pure=False)

    def _thread_count(self) -> int:
        """Of all workers, counted again every few seconds. Raises ReplayError where none comes in time."""
        until = time.monotonic() + self._wait_s
        while time.monotonic() - self._counted > _COUNT_S or not self._threads:
            self._counted = time.monotonic()
            self._threads = sum(self._client.nthreads().values())
            if not self._threads:
                if time.monotonic() > until:
                    raise ReplayError("the cluster has no workers", "dask worker ADDRESS --nthreads 1", _AGAIN)
                time.sleep(0.2)
        return self._threads

    def _settled(self, picture: ReplayPicture, future: Any) -> Optional[Row]:
        """The row of a picture, None where it has to be read again."""
        if future.status != "finished":
            return self._given_up(picture, future)
        answer = future.result()
        future.release()
        if "error" in answer:
            raise from_json(answer["error"])
        if "broke" in answer:
            return self._losses.broke(picture, answer["broke"])
        self._info = answer["info"]
        self._losses.read(picture)
        row: Row = answer["row"]
        return row

    def _given_up(self, picture: ReplayPicture, future: Any) -> Row:
        """The row of a picture over which too many workers of Dask were lost. Raises ReplayError for anything else."""
        error = future.exception() if future.status == "error" else None
        if not isinstance(error, self._dask.KilledWorker):
            found = "the cluster did not read {}: {}".format(picture.path, error or future.status)
            raise ReplayError(found, "a scheduler and workers that live", _AGAIN)
        future.release()
        problem = "workers of the cluster were lost over it, more than the scheduler allows (allowed-failures)"
        return row_of(picture, picture.before, None, problem, self._losses.attempt(picture), 0.0)

    def _close(self) -> None:
        try:
            self._client.run(close_seats)
        except Exception:
            pass
        self._client.close()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        found = "a replay on a cluster needs Dask: {}".format(error)
        raise ReplayError(found, "the extra `cluster` in this Python", "pip install 'ocr-app[cluster]'") from error
    return distributed


def read_one(options: SeatOptions, picture: ReplayPicture, attempt: int) -> Dict[str, Any]:
    """Runs in a worker: {"row", "info"}, {"broke"} where a process was lost, {"error"} where nothing mends it."""
    try:
        seat = _seat(options)
        row = seat.read(picture, attempt)
        return {"row": row, "info": seat.info}
    except SeatBroke as error:
        return {"broke": error.why}
    except OcrError as error:
        return {"error": error.to_json()}


def _seat(options: SeatOptions) -> ReplaySeat:
    """The seat of this thread, with the targets as this computer has them. Raises ReplayError where it has others."""
    if getattr(_own, "options", None) != options:
        seat = ReplaySeat(options._replace(targets=tuple(map(here, options.targets))))
        _own.options, _own.seat = options, seat
        _seats.append(seat)
    found: ReplaySeat = _own.seat
    return found


def here(target: ReplayTarget) -> ReplayTarget:
    """The target on this computer. Raises ReplayError where the application or the recipe is another one here."""
    home = HOME if target.kind == "recipe" else target.home
    if application_digest(home) != target.application:
        raise ReplayError("this worker has another ocr_app in {}".format(home), "that of " + target.name)
    try:
        digest = sha256_of(target.recipe)
    except OSError as error:
        raise ReplayError("this worker cannot read {}: {}".format(target.recipe, error), "a shared folder") from error
    if digest != target.recipe_digest:
        raise ReplayError("this worker has another {}".format(target.recipe), "the same folders on all computers")
    return target._replace(home=home)


def close_seats() -> None:
    """Ends the reading processes of this worker. A thread that reads again opens new ones."""
    while _seats:
        _seats.pop().close()
    _own.__dict__.clear()
