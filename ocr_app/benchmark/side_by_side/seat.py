"""One reader of a comparison, as the comparison sees it: a child process that reads one image when it is asked."""

import sys
from typing import Any, Dict, List, Optional, Sequence

from ocr_app.core.types import ReaderInfo
from ocr_app.opening import NO_ENGINE
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import ReaderName, parse_name
from ocr_app.workers import environments, protocol
from ocr_app.workers.child import Child

START_S = 300.0
READ_S = 300.0


class ReaderSeat:
    """A reader in its process. Opening raises what opening the reader raises; close it, or use it as a context."""

    def __init__(self, name: str, threads: int, engine: str = NO_ENGINE, precision: str = "fp32") -> None:
        """``name``: ``name[:model][@environment]``. Without an environment it runs in this Python."""
        self.name = name
        parsed = parse_name(name)
        self._child = Child(_command(parsed), environments.child_environ(threads))
        self.memory_mb: Dict[str, Any] = {}
        try:
            self._child.hello(START_S)
            options = protocol.encode_options(ReaderOptions("cpu", precision, threads, parsed.model))
            fields = {"reader": parsed.name, "options": options, "engine": engine}
            self.info: ReaderInfo = self._child.ask("open", START_S, protocol.decode_info, **fields)
        except BaseException:
            self._child.end()
            raise

    def warm_up(self, layout: str, times: int) -> None:
        """Reads a drawn picture. Raises the reader's errors."""
        self._child.ask("warm-up", START_S, _same, layout=layout, times=times)

    def read(
        self,
        path: str,
        layout: str = "page",
        recipe: Optional[str] = None,
        gap: Optional[float] = None,
        box: Optional[Sequence[int]] = None,
        degrees: float = 0.0,
    ) -> Dict[str, Any]:
        """The worker's answer for one image file. Raises the reader's errors.

        ``recipe``: the file of a recipe to decode under, with another ``tolerances: gap`` if given. ``box``: only this
        part of the image. ``degrees``: by which it is then turned to the left.
        """
        part = None if box is None else [int(number) for number in box]
        fields = {"path": path, "layout": layout, "recipe": recipe, "gap": gap, "box": part, "degrees": degrees}
        answer: Dict[str, Any] = self._child.ask("read", READ_S, _same, **fields)
        self.memory_mb = answer.pop("memory_mb")
        return answer

    @property
    def peak_mb(self) -> Optional[float]:
        """Peak resident memory of the process, or of its largest child if that is larger; None before any reading."""
        known = [value for value in self.memory_mb.values() if value]
        return max(known) if known else None

    def close(self) -> None:
        """Ends the process."""
        self._child.close()

    def __enter__(self) -> "ReaderSeat":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


def _same(result: Any) -> Any:
    return result


def _command(name: ReaderName) -> List[str]:
    python = environments.python_of(name.environment) if name.environment else sys.executable
    return [python, "-m", "ocr_app.benchmark.side_by_side.worker"]
