"""What may be spent on one frame, and what was not done for want of time."""

import time
from typing import Dict, List, Optional

_KEPT = 0.2  # weight of the latest duration in the running mean


class Budget:
    """The time of one frame. A step is not begun if it is not expected to end in time.

    The expected duration of a step is a running mean of the earlier ones; a step that was never done is tried.
    """

    def __init__(self, limit_ms: Optional[float]) -> None:
        """``limit_ms``: None for no limit."""
        self.limit_ms = limit_ms
        self._expected: Dict[str, float] = {}
        self._start = 0.0
        self.refused: List[str] = []

    def begin(self) -> None:
        """A new frame."""
        self._start, self.refused = time.perf_counter(), []

    def allows(self, step: str) -> bool:
        """Whether the step is expected to end in time; a step that is not allowed is listed in ``refused``."""
        if self.limit_ms is None or self._spent_ms() + self._expected.get(step, 0.0) <= self.limit_ms:
            return True
        if step not in self.refused:
            self.refused.append(step)
        return False

    def took(self, step: str, ms: float) -> None:
        """What the step took."""
        before = self._expected.get(step, ms)
        self._expected[step] = before + _KEPT * (ms - before)

    def _spent_ms(self) -> float:
        return (time.perf_counter() - self._start) * 1000.0
