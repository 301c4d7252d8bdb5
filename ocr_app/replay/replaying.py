"""One replay, from its work list to its report; it can be cut short at any moment, and goes on where it was."""

import contextlib
from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional, TextIO, Union

from ocr_app.imaging.load import Limits
from ocr_app.replay import report
from ocr_app.replay.crew import ATTEMPTS, LocalCrew
from ocr_app.replay.pictures import FolderPictures, JournalPictures, ReplayPicture
from ocr_app.replay.progress import ProgressLine, ReplayProgress
from ocr_app.replay.seat import ReplaySeat, SeatOptions
from ocr_app.replay.state import ReplayState, Row
from ocr_app.replay.summary import ReplaySummary
from ocr_app.replay.targets import ReplayTarget

Pictures = Union[JournalPictures, FolderPictures]


class ReplayRequest(NamedTuple):
    """``out``: the folder of the replay; ``source``: what the pictures are, as JSON; ``find``: finds them.

    ``before``: "journal", "results", or the target that they are read with first. ``seat``: how they are read;
    ``processes``: at a time; ``attempts``: how often one is read at most where processes are lost over it.
    ``cluster``: the address of a scheduler of Dask, empty to read on this computer.
    """

    out: str
    source: Dict[str, Any]
    find: Callable[[], Pictures]
    against: ReplayTarget
    before: Union[str, ReplayTarget]
    seat: SeatOptions
    processes: int = 1
    attempts: int = ATTEMPTS
    cluster: str = ""
    most_cards: int = report.MOST_CARDS

    def about(self) -> Dict[str, Any]:
        """Everything that the results depend on."""
        before = self.before if isinstance(self.before, str) else self.before.record()
        reader = {key: value for key, value in self.seat.opening.items() if key not in ("packs", "recipe")}
        settings = dict(reader, regions=[list(region) for region in reader["regions"]], expected=self.seat.expected)
        return {"source": self.source, "against": self.against.record(), "before": before, "settings": settings}


class Replay:
    """``stream``: where the progress is shown. ``summary`` is there after :meth:`run`, however that ends."""

    def __init__(self, request: ReplayRequest, stream: Optional[TextIO] = None) -> None:
        self._request, self._stream = request, stream
        self.state = ReplayState(request.out)
        self.crew: Any = None
        self.summary: Optional[ReplaySummary] = None
        self.went_on = False

    def run(self) -> ReplaySummary:
        """Reads what has no row yet, and writes the report. Raises OcrError where reading cannot go on.

        Whatever ends it, rows that were written stay, and the report says that it is incomplete.
        """
        with contextlib.closing(self.state):
            self.went_on = self.state.begin(self._request.about(), self._pictures)
            progress = ReplayProgress(self.state.total, self.state.done)
            shown = ProgressLine(progress, self._stream)
            shown.show()
            try:
                for row in self._rows():
                    if self.state.add(row):
                        progress.count(self.state.done)
                    shown.show()
            finally:
                shown.show(is_last=True)
                self.state.sync()
                self.summary = self._report(progress)
            return self.summary

    def _pictures(self) -> Iterator[ReplayPicture]:
        found = self._request.find()
        for picture in found:
            yield picture
        counts = {"parts": found.parts, "without_picture": found.without_picture}
        self.state.note(counts)

    def _rows(self) -> Iterator[Row]:
        if self.state.done == self.state.total:
            return iter(())
        request = self._request
        if request.cluster:
            from ocr_app.replay.cluster import DaskCrew

            self.crew = DaskCrew(request.cluster, request.seat, request.attempts)
        else:
            self.crew = LocalCrew(lambda: ReplaySeat(request.seat), request.processes, request.attempts)
        return self.crew.read_all(self.state.left())  # type: ignore[no-any-return]

    def _report(self, progress: ReplayProgress) -> ReplaySummary:
        info = self.crew.info() if self.crew is not None else {}
        run = dict(self.state.plan["counts"], reader=info, seconds=round(progress.seconds(), 1))
        run["lost_processes"] = self.crew.lost if self.crew is not None else 0
        limits = Limits(*self._request.seat.opening["limits"])
        return report.write(self.state, run, limits, self._request.most_cards)
