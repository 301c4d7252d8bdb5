"""Reads calibration images with one network of a reader replaced.

A recogniser is judged on line crops, a detector on whole frames that the reader's recogniser then reads. Each image is
read alone, so that a text never depends on what else was in a batch.
"""

from typing import Dict, List, Optional, Sequence

from ocr_app.core.errors import ReaderFailed
from ocr_app.networks.contract import Network
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import registry
from ocr_app.readers.contract import Reader, ReaderOptions, failures_of
from ocr_app.scoring.line_matching import text_inside
from ocr_app.verification.calibration import CalibrationItem
from ocr_app.verification.subjects import RECOGNISER, Subject

UNREADABLE = "\ufffd"
"""The text of an image on which the reader failed."""


class CalibrationReader:
    """Reads items with one network of a reader replaced; the reader's other networks stay as they are."""

    def __init__(self, subject: Subject, items: Sequence[CalibrationItem], threads: int = 1) -> None:
        self.subject = subject
        self.items = items
        self._threads = threads
        self._others: Dict[str, Network] = {}
        self._foreign: Optional[Reader] = None

    def texts(self, network: Optional[Network] = None, indices: Optional[Sequence[int]] = None) -> List[str]:
        """Texts of the items (all, or those at ``indices``), their lines joined by line feeds.

        ``network`` replaces the subject's; None: the subject's file itself.
        """
        serving = network or self._other(self.subject.path)
        chosen = self.items if indices is None else [self.items[index] for index in indices]
        if self.subject.spec is not None:
            reader = self._replaced(serving)
            return [self._read(reader, item) for item in chosen]
        with self._open(serving) as reader:
            return [self._read(reader, item) for item in chosen]

    def _open(self, network: Network) -> Reader:
        def opener(path: str, device: str, threads: int, precision: str) -> Network:
            return network if path == self.subject.replaces else self._other(path)

        name = self.subject.reader
        module = registry.module_of(registry.spec(name.name))
        reader: Reader = module.open_reader(ReaderOptions(threads=self._threads, model=name.model), opener)
        return reader

    def _replaced(self, network: Network) -> Reader:
        """The reader of another framework, opened once, with its own network replaced by ``network``."""
        if self._foreign is None:
            name = self.subject.reader
            module = registry.module_of(registry.spec(name.name))
            self._foreign = module.open_reader(ReaderOptions(threads=self._threads, model=name.model))
        reader: Reader = self._foreign
        reader.replace_network(self.subject.role, network)
        return reader

    def close(self) -> None:
        """Closes the reader of another framework, where there is one."""
        if self._foreign is not None:
            self._foreign.close()
            self._foreign = None

    def _other(self, path: str) -> Network:
        if path not in self._others:
            self._others[path] = OnnxNetwork(path, "cpu", self._threads, "fp32")
        return self._others[path]

    def _read(self, reader: Reader, item: CalibrationItem) -> str:
        try:
            with failures_of(str(self.subject.reader)):
                return "\n".join(self._lines(reader, item))
        except ReaderFailed:
            return UNREADABLE

    def _lines(self, reader: Reader, item: CalibrationItem) -> List[str]:
        if self.subject.role == RECOGNISER:
            return [line.text for line in reader.read_line(item.image)]
        lines = reader.read(item.image)
        if item.quads:
            return [text_inside(quad, lines) for quad in item.quads]
        return [line.text for line in lines]
