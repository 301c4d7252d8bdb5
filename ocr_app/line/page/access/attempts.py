"""How often somebody may try to sign in: a wait that doubles with each failure, by name, by address, and by both."""

import collections
import threading
import time
from typing import Callable, Deque, Dict, Tuple

FREE = (("both", 5), ("name", 20), ("address", 30))
"""Failures in an hour that cost nothing, for a name from one address, for a name, and for an address."""
FIRST_S, LONGEST_S, WINDOW_S = 15.0, 900.0, 3600.0
_MOST_KEYS = 4096


class SignInAttempts:
    """For use by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures: "collections.OrderedDict[Tuple[str, ...], Deque[float]]" = collections.OrderedDict()

    def wait_s(self, name: str, address: str) -> float:
        """Seconds until the next try is looked at; 0 where it may be now."""
        with self._lock:
            return max(self._wait(key, free) for key, free in _keys(name, address).items())

    def _wait(self, key: Tuple[str, ...], free: int) -> float:
        failures = self._failures.get(key)
        while failures and self._now() - failures[0] > WINDOW_S:
            failures.popleft()
        if not failures or len(failures) < free:
            return 0.0
        pause = min(LONGEST_S, FIRST_S * 2.0 ** min(20, len(failures) - free))
        return max(0.0, failures[-1] + pause - self._now())

    def failed(self, name: str, address: str) -> None:
        """A wrong secret."""
        with self._lock:
            for key in _keys(name, address):
                self._failures.setdefault(key, collections.deque(maxlen=64)).append(self._now())
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """The last try was right. Forgets the failures of this name from this address; older ones of each stay."""
        with self._lock:
            for key in _keys(name, address):
                if self._failures.get(key):
                    self._failures[key].pop()
            self._failures.pop(("both", name, address), None)


def _keys(name: str, address: str) -> Dict[Tuple[str, ...], int]:
    free = dict(FREE)
    return {
        ("both", name, address): free["both"],
        ("name", name): free["name"],
        ("address", address): free["address"],
    }
