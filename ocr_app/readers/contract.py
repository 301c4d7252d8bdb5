"""The contract of a reader: image in, text lines out."""

import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderFailed, UsageError
from ocr_app.core.types import Image, LinePosterior, ReaderInfo, TextLine
from ocr_app.networks.contract import Network


class ReaderOptions(NamedTuple):
    """What a caller may ask of any reader; a reader that cannot honour one raises, it never substitutes.

    ``model`` is the reader's own name of a model ("v6-small"), None for its default; ``threads`` bounds the
    CPU threads of one inference.
    """

    device: str = "cpu"
    precision: str = "fp32"
    threads: int = 2
    model: Optional[str] = None


class Timer:
    """Collects milliseconds per phase of one image, and what the reader has to say about it.

    Phases are those of ``types.PHASES``; ``notes`` are machine-readable reasons ("too-many-lines").
    """

    def __init__(self) -> None:
        self.ms: Dict[str, float] = {}
        self.notes: List[str] = []

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Adds the wall time of the block to phase ``name``."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, (time.perf_counter() - start) * 1000.0)

    def add(self, name: str, ms: float) -> None:
        """Adds ``ms`` to phase ``name``."""
        self.ms[name] = self.ms.get(name, 0.0) + ms

    def note(self, reason: str) -> None:
        """Keeps ``reason`` for the result, once."""
        if reason not in self.notes:
            self.notes.append(reason)


@contextmanager
def failures_of(reader: str) -> Iterator[None]:
    """Whatever a library raises in the block becomes ReaderFailed; errors of this package pass as they are."""
    try:
        yield
    except OcrError:
        raise
    except Exception as error:
        raise ReaderFailed("{} failed: {}: {}".format(reader, type(error).__name__, error)) from error


class Reader:
    """A reader that is open. Use as a context manager, or call :meth:`close`.

    Subclasses implement :meth:`read` and :meth:`read_line`; both take uint8 images and leave them unchanged.
    """

    info: ReaderInfo

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """Lines of the whole image in reading order. Raises ReaderFailed."""
        raise NotImplementedError

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """The image taken as one text line, without detection: a list of at most one line. Raises ReaderFailed."""
        raise NotImplementedError

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        """Several one-line images; readers that can, batch them."""
        return [self.read_line(image, timer) for image in images]

    def posteriors(self, image: Image, timer: Optional[Timer] = None) -> List[LinePosterior]:
        """What is thought of each line of the whole image before decoding, in reading order.

        Raises UsageError where a reader gives texts only, ReaderFailed.
        """
        raise self._texts_only()

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        """The same of images that are one text line each, without detection: one per image. Raises as posteriors."""
        raise self._texts_only()

    def networks(self) -> Dict[str, Network]:
        """The reader's networks by role ("detector", "recogniser"); empty where it has none that can be replaced."""
        return {}

    def replace_network(self, role: str, network: Network) -> None:
        """Reads with ``network`` in the place of the reader's own network of ``role``, which is let go.

        ``network`` has one input and one output, shaped like those of the network it replaces. Raises UsageError for
        a role that the reader does not have.
        """
        known = ", ".join(sorted(self.networks())) or "none of its networks can be replaced"
        raise UsageError("the reader {} has no network {!r}".format(self.info.reader, role), known)

    def _texts_only(self) -> UsageError:
        found = "the reader {} gives texts only, and a recipe decodes what lies before the text".format(
            self.info.reader
        )
        return UsageError(found, "a reader with posteriors: codes, in this process", "--reader codes")

    def close(self) -> None:
        """Gives back what the reader holds; may be called twice."""

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


class Probe(NamedTuple):
    """Whether a reader can run, found without loading its models.

    ``versions`` are (library, version) pairs; ``problem`` is None when it can run, else the reason in words and
    ``next_step`` the command to try.
    """

    versions: Tuple[Tuple[str, str], ...]
    devices: Tuple[str, ...]
    precisions: Tuple[str, ...]
    models: Tuple[str, ...]
    problem: Optional[str] = None
    next_step: str = ""
