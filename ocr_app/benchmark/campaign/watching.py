"""What the board does during a part: tegrastats where there is one, else the temperatures, every few seconds."""

import threading
from typing import Any, Callable, Dict, List, Optional

from ocr_app.board import environment, nano
from ocr_app.board.state import cooling
from ocr_app.board.supply import INPUT_RAIL, rails_mv
from ocr_app.core.errors import DeviceUnavailable

INTERVAL_S = 2.0
_COMMAND = ("tegrastats", "--interval", str(int(INTERVAL_S * 1000)))


class BoardWatch:
    """Looks at the board during a block. ``root`` is not "/" in tests."""

    def __init__(self, root: str = "/", tegrastats: Optional[nano.TegrastatsWatch] = None) -> None:
        self._root, self._tegrastats = root, tegrastats
        self._ended = threading.Event()
        self._samples: List[Dict[str, Any]] = []
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "BoardWatch":
        if self._tegrastats is not None:
            try:
                self._tegrastats.__enter__()
            except DeviceUnavailable:
                self._tegrastats = None
        self._thread.start()
        return self

    def _look(self) -> None:
        while True:
            hottest = max(environment.temperatures(self._root).values(), default=None)
            state = max(cooling(self._root).values(), default=None)
            mhz = environment.clocks(self._root)["cur"]
            input_mv = rails_mv(self._root).get(INPUT_RAIL)
            self._samples.append({"hottest_c": hottest, "cooling": state, "cpu_mhz": mhz, "input_mv": input_mv})
            if self._ended.wait(INTERVAL_S):
                return

    def __exit__(self, *exc: Any) -> None:
        self._ended.set()
        self._thread.join()
        if self._tegrastats is not None:
            self._tegrastats.__exit__(*exc)

    def summary(self) -> Dict[str, Any]:
        """``tegrastats``: of nano.summary, None where it cannot be run; the rest is read from Linux."""
        lines = None if self._tegrastats is None else self._tegrastats.lines
        return {
            "samples": len(self._samples),
            "hottest_c": self._extreme(max, "hottest_c"),
            "most_cooling": self._extreme(max, "cooling"),
            "least_cpu_mhz": self._extreme(min, "cpu_mhz"),
            "least_input_mv": self._extreme(min, "input_mv"),
            "tegrastats": None if lines is None else nano.summary(lines),
        }

    def _extreme(self, choose: Callable[..., Any], name: str) -> Any:
        return choose((sample[name] for sample in self._samples if sample[name] is not None), default=None)


def watch() -> BoardWatch:
    """A watch of this board."""
    return BoardWatch(tegrastats=nano.TegrastatsWatch(_COMMAND))
