"""The contract of an output of the line."""

import abc
import threading

from ocr_app.line.journal.rows import PartRow


class LineOutput(abc.ABC):
    """Gets every verdict, in order, after the journal has it."""

    @abc.abstractmethod
    def put(self, row: PartRow, data: bytes) -> None:
        """The verdict of the next part, and the bytes of its frame; must not wait."""

    @abc.abstractmethod
    def run(self, stop: threading.Event) -> None:
        """The body of a thread, until ``stop``; then the output is at rest, in its safe state."""
