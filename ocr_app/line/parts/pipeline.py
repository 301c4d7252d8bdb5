"""Parts on their way: capture, reading, and outputs overlap, and verdicts leave in the order of the triggers.

``begin`` runs in the thread of the trigger: it writes the part into the journal and gives its frame to the reading
process. ``run`` is the thread that decides: it waits for the oldest part, until its limit at most, writes the verdict
down, and hands it to the outputs. So every part has one verdict, whatever becomes of its reading.
"""

import collections
import functools
import logging
import threading
import time
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Sequence

from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.numbers import part_id
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.parts import agreement
from ocr_app.line.parts import part as parts
from ocr_app.line.parts.part import FrameShot, Outcome, PartUnderWay, outcome_of
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.sources.contract import CapturedFrame

LOG = logging.getLogger(__name__)
_POLL_S = 0.05
Decided = Callable[[PartRow, bytes], None]
"""What gets each verdict, in order: the row and the frame's bytes. It must not wait."""
View = Callable[[PartRow, bytes, Optional[Result]], None]
"""What shows each verdict: like an output, and it also gets what was read, None without a reading."""


class LineIdentity(NamedTuple):
    """What every row says: board, boot, kind of trigger, recipe with its digest, release."""

    board: str
    boot: str
    cause: str
    recipe: str
    recipe_digest: str
    release: str


class PartPipeline:
    """``capacity``: parts under way; ``limit_s``: from the trigger to the verdict at most.

    ``latest``: the oldest part that waits gives way to a new one; without it, the new one is refused. ``trusted``:
    whether the wall clock counts as right; ``frames``: the folder of frames that wait for the reader; ``agree``: how
    many frames of a part with several have to pass.
    """

    def __init__(
        self,
        identity: LineIdentity,
        journal: PartJournal,
        jobs: JobQueue,
        status: ServiceStatus,
        capacity: int,
        limit_s: float,
        latest: bool,
        trusted: Callable[[], bool],
        frames: str,
        wall: Callable[[], float] = time.time,
        agree: int = 1,
    ) -> None:
        self._identity, self._journal, self._jobs, self._status = identity, journal, jobs, status
        self._capacity, self._limit_s, self._latest = capacity, limit_s, latest
        self._trusted, self._frames, self._wall, self._agree = trusted, frames, wall, agree
        self._parts: Deque[PartUnderWay] = collections.deque()
        self._changed = threading.Condition()
        self._begin_lock = threading.Lock()
        self._outputs: List[Decided] = []
        self._views: List[View] = []
        self._stopping, self._reading_is_over = False, False
        self.pending: Callable[[], int] = lambda: 0  # triggers that were taken, and whose parts have not begun

    def add_output(self, output: Decided) -> None:
        """To be called before the first part."""
        self._outputs.append(output)

    def add_view(self, view: View) -> None:
        """To be called before the first part. Views come after the outputs."""
        self._views.append(view)

    # --- triggers --------------------------------------------------------------------------------------------------

    def wait_for_room(self, stop: threading.Event) -> bool:
        """Until fewer parts than the capacity are under way; False when ``stop`` came first."""
        with self._changed:
            while len(self._parts) >= self._capacity and not stop.is_set():
                self._changed.wait(_POLL_S)
        return not stop.is_set()

    @property
    def under_way(self) -> int:
        """Parts without a verdict."""
        return len(self._parts)

    def between_parts(self, work: Callable[[], None]) -> bool:
        """Calls ``work`` while no part is under way and none can begin; False, without a call, where one is."""
        with self._begin_lock:
            if self._parts or self.pending():
                return False
            work()
            return True

    def begin(
        self,
        triggered: float,
        frame: Optional[CapturedFrame],
        failed: str = "",
        more: Sequence[CapturedFrame] = (),
    ) -> PartUnderWay:
        """A part. ``triggered``: seconds of the monotonic clock; ``failed``: why it fails without a reading; ``more``:
        frames after the first one that are decided together with it.

        Never waits for another part: beyond the capacity, this one or, with ``latest``, the oldest one fails.
        """
        with self._begin_lock:
            failed = failed or self._refusal()
            frames = ([frame] if frame is not None else []) + list(more)
            part = PartUnderWay(self._row(triggered, frame), frames, failed)
            if self._journal.begin(part.row):
                part.leave()
            if not failed:
                self._offer(part)
            self._status.count("triggers", "overrun" if failed == parts.OVERRUN else "part")
            with self._changed:
                self._parts.append(part)
                self._changed.notify_all()
            return part

    def _refusal(self) -> str:
        if self._stopping:
            return parts.STOPPED
        with self._changed:
            if len(self._parts) < self._capacity:
                return ""
            waiting = [part for part in self._parts if part.waits] if self._latest else []
            if len(self._parts) >= 2 * self._capacity or not waiting:
                return parts.OVERRUN
            if waiting[0].abandon():
                waiting[0].failed = parts.DROPPED
                self._status.count("frames", "dropped")
            return ""

    def _row(self, triggered: float, frame: Optional[CapturedFrame]) -> PartRow:
        number = self._journal.numbers.take()
        its = self._identity
        now, wall, setup = self._jobs.now(), self._wall(), self._jobs.setup
        return PartRow(
            number=number,
            id=part_id(its.board, its.boot, number),
            board=its.board,
            boot=its.boot,
            cause=its.cause,
            name=frame.name if frame is not None else "",
            frame=frame.key if frame is not None else "",
            triggered=triggered,
            captured=frame.captured if frame is not None else None,
            decided=None,
            wall=wall - (now - triggered),
            clock_trusted=self._trusted(),
            verdict=None,
            recipe=its.recipe if setup is None else setup.recipe,
            recipe_digest=its.recipe_digest if setup is None else setup.digest,
            release=its.release,
        )

    def _offer(self, part: PartUnderWay) -> None:
        """Gives the frames to the reading processes; the time of the part counts from its trigger."""
        failures = [self._offer_frame(part, shot) for shot in part.shots] or [parts.NO_FRAME]
        part.failed = next((failure for failure in failures if failure), "")
        if part.failed:
            part.abandon()

    def _offer_frame(self, part: PartUnderWay, shot: FrameShot) -> str:
        """Why the frame will not be read; empty where it will."""
        if not shot.frame.data:
            return parts.NO_FRAME
        if not shot.store(self._frames):
            return parts.NO_ROOM
        name = shot.frame.name or part.row.id
        shot.job = self._jobs.offer(shot.path, name, arrived=part.row.triggered)
        return "" if shot.job is not None else parts.OVERRUN

    # --- verdicts --------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Decides until ``finish`` was called and nothing is under way."""
        while True:
            with self._changed:
                while not self._parts and not self._stopping:
                    self._changed.wait(_POLL_S)
                if not self._parts:
                    return
                part = self._parts[0]
            row = self._decide(part)
            for output in self._outputs:
                self._hand_over(output, row, part)
            self._record_told(row)
            for view in self._views:
                self._hand_over(functools.partial(_show, view, part), row, part)
            for shot in part.shots:
                if shot.frame.on_verdict is not None:
                    shot.frame.on_verdict(row)
            with self._changed:
                self._parts.popleft()
                self._changed.notify_all()

    def finish(self) -> None:
        """Parts that come from now on fail; ``run`` ends when it has decided those that are under way."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def reading_is_over(self) -> None:
        """Nothing more will be read: parts without a result fail now, and not only at their limit."""
        self._reading_is_over = True

    def _decide(self, part: PartUnderWay) -> PartRow:
        outcome = self._outcome(part)
        read = self._jobs.now()
        part.discard()
        stages = self._stages(part, part.result, read)
        row = part.row._replace(
            decided=self._jobs.now(),
            verdict=outcome.verdict,
            text=outcome.text,
            reasons=outcome.reasons,
            values=outcome.values,
            witnesses=outcome.witnesses,
            timings=dict(outcome.timings or {}, **stages),
        )
        written = self._journal.decide(row)
        self._status.metrics.observe_stage("journal", self._jobs.now() - read)
        self._status.count("parts", written.verdict or "")
        return written

    def _record_told(self, row: PartRow) -> None:
        """The outputs have the verdict."""
        seconds = self._jobs.now() - row.triggered
        self._status.metrics.observe_stage("total", seconds)
        LOG.debug("part told", extra=fields(part=row.id, verdict=row.verdict, ms=round(seconds * 1000.0, 2)))

    def _outcome(self, part: PartUnderWay) -> Outcome:
        """What became of all frames of the part; the one that counts is then ``part.chosen``, with ``part.result``.

        One of several that was not read in time might have said something else, so the part fails without it.
        """
        results: Dict[int, Result] = {}
        for place, shot in enumerate(part.shots):
            if shot.job is not None and not part.failed:
                result = self._result(part, shot.job)
                results.update({place: result} if result is not None else {})
        if part.failed:
            part.abandon()
            return outcome_of(None, part.failed)
        places = sorted(results)
        chosen, outcome = agreement.decide([results[place] for place in places], min(self._agree, len(part.shots)))
        part.chosen, part.result = places[chosen], results[places[chosen]]
        return outcome

    def _result(self, part: PartUnderWay, job: ReadJob) -> Optional[Result]:
        """What was read, None with the reason in ``part.failed`` where nothing was in time."""
        until = part.row.triggered + self._limit_s
        while not part.failed:
            result = job.wait(min(_POLL_S, until - self._jobs.now()))
            if result is not None:
                return result
            if job.dropped or self._reading_is_over:
                part.failed = parts.STOPPED
            elif job.abandoned:  # a newer part took its place when another frame of it was read already
                part.failed = parts.DROPPED
            elif self._jobs.now() >= until:
                result = job.abandon()
                part.failed = "" if result is not None else parts.LATE
                if result is not None:
                    return result
                self._status.count("deadline_missed")
                self._status.degraded.record_event("deadline_missed")
        return None

    def _stages(self, part: PartUnderWay, result: Optional[Result], read: float) -> Any:
        """Milliseconds of the stages so far, for the row; the same go into the histograms."""
        metrics, row = self._status.metrics, part.row
        stages = {"until_read": (read - row.triggered) * 1000.0}
        if row.captured is not None:
            stages["capture"] = max(0.0, row.captured - row.triggered) * 1000.0
            metrics.observe_stage("capture", stages["capture"] / 1000.0)
        if result is not None:
            own = result["timing_ms"].get("total", 0.0)
            metrics.observe_stage("read", own / 1000.0)
            metrics.observe_stage("wait", max(0.0, stages["until_read"] - own) / 1000.0)
        return {name: round(value, 3) for name, value in stages.items()}

    def _hand_over(self, output: Decided, row: PartRow, part: PartUnderWay) -> None:
        """One output that fails must not keep the others, or the next part, from their verdict."""
        try:
            output(row, part.frame.data if part.frame is not None else b"")
        except Exception:
            LOG.exception("an output failed")
            self._status.count("output_lost")
            self._status.degraded.record_event("output_lost")


def _show(view: View, part: PartUnderWay, row: PartRow, data: bytes) -> None:
    view(row, data, part.result)
