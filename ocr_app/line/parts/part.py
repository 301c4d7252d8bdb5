"""A part that is under way, and what its reading makes of it."""

import os
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.line.journal.rows import FAIL, VERDICTS, PartRow
from ocr_app.line.reading.jobs import ReadJob, Result
from ocr_app.line.sources.contract import CapturedFrame

NO_FRAME, LATE, OVERRUN, DROPPED = "no-frame", "deadline-missed", "overrun", "frame-dropped"
NOT_READY, STOPPED, NO_ROOM = "not-ready", "stopped", "no-room"
REASONS = {
    NO_FRAME: "no frame came within trigger.frame_ms",
    LATE: "there was no result within recipe.deadline_ms or parts.limit_ms",
    OVERRUN: "too many parts were under way (parts.queue)",
    DROPPED: "a newer part took the place of this one (parts.policy: latest)",
    NOT_READY: "the reader was not ready, for instance just after the start",
    STOPPED: "the service was stopped before the part was read",
    NO_ROOM: "the frame could not be stored for the reader: no room in the folder of temporary files",
}
"""Why a part fails without a reading; what a reading itself says is in docs/reference/recipes.md."""


class FrameShot:
    """One frame of a part, and its reading."""

    def __init__(self, frame: CapturedFrame) -> None:
        self.frame = frame
        self.job: Optional[ReadJob] = None
        self.path = ""

    def store(self, folder: str) -> bool:
        """Writes the frame to a file for the reader; False where there is no room."""
        try:
            handle, self.path = tempfile.mkstemp(prefix="part-", dir=folder)
            with os.fdopen(handle, "wb") as stream:
                stream.write(self.frame.data)
            return True
        except OSError:
            self.discard()
            return False

    def discard(self) -> None:
        """Removes the file."""
        if self.path:
            try:
                os.remove(self.path)
            except OSError:
                pass
            self.path = ""


class PartUnderWay:
    """One part between its trigger and its verdict. ``failed``: why it fails without a reading, else empty.

    ``frames``: those that are read for it, in their order; ``chosen``: the place of the one that the verdict is about.
    """

    def __init__(self, row: PartRow, frames: Sequence[CapturedFrame], failed: str) -> None:
        self.row, self.failed = row, failed
        self.shots = [FrameShot(frame) for frame in frames]
        self.chosen = 0
        self.result: Optional[Result] = None

    @property
    def frame(self) -> Optional[CapturedFrame]:
        """The frame that the verdict is about, the first one until then; None without any."""
        return self.shots[self.chosen].frame if self.shots else None

    @property
    def jobs(self) -> List[ReadJob]:
        """What the reading processes were given."""
        return [shot.job for shot in self.shots if shot.job is not None]

    @property
    def waits(self) -> bool:
        """Whether it still has to be read, so that it could give way."""
        return not self.failed and bool(self.jobs)

    def abandon(self) -> bool:
        """Gives up on its readings; False where one of them is there already."""
        found = [job.abandon() for job in self.jobs]
        return all(result is None for result in found)

    def leave(self) -> None:
        """Tells the source that its frames are a part."""
        for shot in self.shots:
            shot.frame.leave()

    def discard(self) -> None:
        """Removes the files."""
        for shot in self.shots:
            shot.discard()


class Outcome(NamedTuple):
    """What a part is, and what was read."""

    verdict: str
    reasons: Tuple[str, ...]
    text: str = ""
    values: Optional[Dict[str, str]] = None
    witnesses: Optional[Dict[str, Any]] = None
    timings: Optional[Dict[str, float]] = None


def outcome_of(result: Optional[Result], failed: str) -> Outcome:
    """The verdict of a part: that of its reading, and ``fail`` for everything that is none.

    ``failed``: why there is no result. A result without a verdict of a recipe ("read", "error") never passes.
    """
    if result is None or failed:
        return Outcome(FAIL, (failed or LATE,))
    reasons = tuple(result["reasons"])
    verdict = result["verdict"]
    if verdict not in VERDICTS:
        code = result.get("error", {}).get("code") or "no-verdict"
        return Outcome(FAIL, tuple(_without_doubles([code] + list(reasons))), result["text"])
    code = result.get("code") or {}
    return Outcome(
        verdict, reasons, result["text"], code.get("values"), code.get("witnesses"), dict(result["timing_ms"])
    )


def _without_doubles(texts: List[str]) -> List[str]:
    return [text for index, text in enumerate(texts) if text not in texts[:index]]
