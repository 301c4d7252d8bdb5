"""Alarms: what degrades the service, until it is over. To acknowledge one hides it, and not its cause."""

import threading
from typing import Dict, List, NamedTuple


class AlarmAnswer(NamedTuple):
    """Who acknowledged an alarm, and when (seconds since 1970)."""

    user: str
    wall: float


class PageAlarms:
    """For use by several threads. An alarm that is over and comes again has to be acknowledged again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Dict[str, AlarmAnswer] = {}
        self._now: List[str] = []

    def look(self, reasons: List[str]) -> Dict[str, AlarmAnswer]:
        """These are the alarms now; returns the answers to them."""
        with self._lock:
            self._now = list(reasons)
            self._answers = {code: answer for code, answer in self._answers.items() if code in reasons}
            return dict(self._answers)

    def acknowledge(self, reason: str, user: str, wall: float) -> bool:
        """False where there is no such alarm now, or it was acknowledged already."""
        with self._lock:
            if reason not in self._now or reason in self._answers:
                return False
            self._answers[reason] = AlarmAnswer(user, wall)
            return True
