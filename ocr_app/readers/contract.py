"""The contract of a reader: an image in, lines of text or posteriors out."""

import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderFailed, UsageError
from ocr_app.core.types import Image, LinePosterior, ReaderInfo, TextLine
from ocr_app.networks.contract import Network


class ReaderOptions(NamedTuple):
    """What a caller may request of any reader. A reader that cannot honour an option raises; it never substitutes.

    ``model``: the reader's own name of a model ("v6-small"), None for its default model. ``threads``: the upper limit
    of CPU threads of one inference. ``budget_ms``: what the reader may spend on one frame, None for no limit.
    """

    device: str = "cpu"
    precision: str = "fp32"
    threads: int = 2
    model: Optional[str] = None
    budget_ms: Optional[float] = None


class Timer:
    """Collects the milliseconds per phase of one image, and notes about it.

    The phases are those of ``types.PHASES``. ``notes`` are machine-readable reasons ("too-many-lines").
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
        """Adds ``reason`` to the notes, unless it is there already."""
        if reason not in self.notes:
            self.notes.append(reason)


@contextmanager
def failures_of(reader: str) -> Iterator[None]:
    """Turns whatever a library raises in the block into ReaderFailed; errors of this package pass unchanged."""
    try:
        yield
    except OcrError:
        raise
    except Exception as error:
        raise ReaderFailed("{} failed: {}: {}".format(reader, type(error).__name__, error)) from error


def members_of(line: LinePosterior) -> List[str]:
    """The members of a team that have read the line."""
    return [line.member] + [other.member for other in line.others]


class Reader:
    """An open reader. Use it as a context manager, or call :meth:`close`.

    Subclasses implement :meth:`read` and :meth:`read_line`; both take uint8 images and leave them unchanged.
    """

    info: ReaderInfo

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """The lines of the whole image in reading order. Raises ReaderFailed."""
        raise NotImplementedError

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """Takes the image as one line of text, without detection. Returns at most one line. Raises ReaderFailed."""
        raise NotImplementedError

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        """Reads several images of one line each; some readers read them in batches."""
        return [self.read_line(image, timer) for image in images]

    def posteriors(self, image: Image, timer: Optional[Timer] = None) -> List[LinePosterior]:
        """The posterior of each line of the whole image before decoding, in reading order.

        Raises UsageError for a reader that gives only texts, and ReaderFailed.
        """
        raise self._texts_only()

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        """The posterior of each image, taken as one line of text, without detection. Raises as posteriors."""
        raise self._texts_only()

    def looks(self, image: Image, timer: Optional[Timer] = None) -> Iterator[List[LinePosterior]]:
        """Posteriors as of :meth:`posteriors`, look by look: each one costs more than the one before and sees more.

        The caller stops when it is satisfied. A reader that has one way to look yields once.
        """
        yield self.posteriors(image, timer)

    def members(self) -> Tuple[str, ...]:
        """The independently trained networks that read lines, the first one first."""
        return (self.info.reader,)

    def ask(
        self, image: Image, lines: List[LinePosterior], wanted: List[int], timer: Optional[Timer] = None
    ) -> List[LinePosterior]:
        """``lines``, where those with an index in ``wanted`` have the posterior of one more member in ``others``.

        ``lines`` are those that this reader gave for ``image``, with quads in pixels of it. Where no member is left to
        ask, the line stays as it is.
        """
        return lines

    def characters(self) -> Tuple[str, ...]:
        """The characters to which posteriors of all members are reduced for recipes; () for those of the posteriors."""
        return ()

    def networks(self) -> Dict[str, Network]:
        """The networks that can be replaced, by role: "detector", "recogniser"."""
        return {}

    def replace_network(self, role: str, network: Network) -> None:
        """Replaces the network of ``role`` by ``network`` and releases the former.

        ``network`` has one input and one output, with the shapes of the network that it replaces. Raises UsageError for
        a role that the reader does not have.
        """
        roles = ", ".join(sorted(self.networks())) or "none of its networks can be replaced"
        raise UsageError("the reader {} has no network {!r}".format(self.info.reader, role), roles)

    def _texts_only(self) -> UsageError:
        found = "the reader {} gives texts only, but a recipe decodes posteriors".format(self.info.reader)
        return UsageError(found, "a reader with posteriors: codes, in this process", "--reader codes")

    def close(self) -> None:
        """Releases what the reader holds. May be called twice."""

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


class Probe(NamedTuple):
    """Whether a reader can run, which is found out without loading its models.

    ``versions``: pairs of library and version. ``problem``: None if the reader can run, otherwise the reason;
    ``next_step`` is then the command to try.
    """

    versions: Tuple[Tuple[str, str], ...]
    devices: Tuple[str, ...]
    precisions: Tuple[str, ...]
    models: Tuple[str, ...]
    problem: Optional[str] = None
    next_step: str = ""
