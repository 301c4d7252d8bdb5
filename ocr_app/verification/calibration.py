"""What a network in another arithmetic is judged on: crops or frames, read by the network's own reader.

A recogniser is judged on line crops, a detector on whole frames that the reader's recogniser then reads; each image
goes through alone, so that a text never depends on what else was in a batch.
"""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import DatasetError, ModelError, ReaderFailed, UsageError
from ocr_app.core.types import Image, Quad
from ocr_app.datasets.crops import LineCrop, line_crops
from ocr_app.datasets.loading import DEFAULT_FILES, open_dataset, spread
from ocr_app.datasets.sample import Dataset, Sample
from ocr_app.export import network_specs
from ocr_app.export.network_specs import NetworkSpec as Entry
from ocr_app.export.record import load_record
from ocr_app.imaging import sources
from ocr_app.imaging.load import load_image
from ocr_app.networks.contract import Network
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import registry
from ocr_app.readers.contract import Reader, ReaderOptions, failures_of
from ocr_app.readers.registry import ReaderName, parse_name
from ocr_app.scoring.edit_distance import levenshtein
from ocr_app.scoring.line_matching import text_inside
from ocr_app.scoring.text_forms import FORMS

DETECTOR, RECOGNISER = "detector", "recogniser"
FORM = "nospace"
UNREADABLE = "\ufffd"
"""Stands for the text of an image on which the reader failed."""


class Subject(NamedTuple):
    """One network in its reader. ``role``: DETECTOR or RECOGNISER; ``own``: the path that the reader itself opens.

    ``entry``: its row in the table of exports, for readers of another framework; None where the reader is our own.
    """

    path: str
    reader: ReaderName
    role: str
    own: str
    entry: Optional[Entry] = None

    @property
    def name(self) -> str:
        """The file's name."""
        return os.path.basename(self.path)


class Item(NamedTuple):
    """One image. ``truth`` is None where unknown; ``quads``: labelled lines, the only ones compared; none: all are."""

    id: str
    image: Image
    truth: Optional[str]
    quads: Tuple[Quad, ...] = ()


class Calibration(NamedTuple):
    """``sets``: name, sha256 and number of items of each source."""

    items: Tuple[Item, ...]
    sets: Tuple[Dict[str, Any], ...]


def subjects() -> List[Subject]:
    """Every network of the readers that open theirs through this application and whose files are here."""
    found = []
    for spec in registry.READERS:
        module = registry.module_of(spec)
        if hasattr(module, "network_files"):
            for model in module.probe().models:
                found += _subjects_of(ReaderName(spec.name, model, None), module)
    return found


def _subjects_of(reader: ReaderName, module: Any) -> List[Subject]:
    try:
        files = module.network_files(reader.model)
    except ModelError:  # not fetched: `ocr-app readers` says so
        return []
    return [Subject(path, reader, role, path) for role, path in sorted(files.items())]


def subject_of(file: str, reader: Optional[ReaderName] = None, role: Optional[str] = None) -> Subject:
    """The subject for a file: by its name among :func:`subjects`, or any file in ``role`` of ``reader``.

    Raises UsageError when the file belongs to no reader and none was named, ModelError when it is not there.
    """
    known = subjects()
    if reader is None or role is None:
        for subject in known:
            if os.path.basename(file) == subject.name:
                return subject._replace(path=_existing(file) if os.path.dirname(file) else subject.path)
        names = ", ".join(subject.name for subject in known)
        raise UsageError("{} belongs to no reader".format(file), names, "name --reader and --role for any other file")
    module = registry.module_of(registry.spec(reader.name))
    if not hasattr(module, "network_files"):
        readers = ", ".join(sorted({subject.reader.name for subject in known}))
        raise UsageError("the reader {} opens no networks of its own here".format(reader), readers)
    files = module.network_files(reader.model)
    if role not in files:
        raise UsageError("the reader {} has no {}".format(reader, role), ", ".join(sorted(files)))
    return Subject(_existing(file), reader, role, files[role])


def exported(network: str, folder: str) -> Subject:
    """The subject for an exported network of the table (data/networks.json).

    Raises UsageError for a name that it does not have, ModelError where the export is missing or damaged.
    """
    entry = network_specs.select([network])[0]
    path = os.path.join(folder, str(load_record(folder, network)["file"]))
    reader = parse_name(entry.reader)
    module = registry.module_of(registry.spec(reader.name))
    if hasattr(module, "network_files"):
        return Subject(path, reader, entry.part, module.network_files(reader.model)[entry.part])
    return Subject(path, reader, entry.part, path, entry)


def _existing(file: str) -> str:
    if not os.path.isfile(file):
        raise ModelError("model file {} is not there".format(file), "an ONNX file")
    return file


def calibration(places: Sequence[str], role: str, limit: Optional[int] = None) -> Calibration:
    """Items of data sets, or of folders of images without a manifest; ``limit`` of each, evenly spread.

    Raises DatasetError, UsageError, ImageError.
    """
    items: List[Item] = []
    sets = []
    for place in places:
        name, sha256, own = _items_of(place, role)
        chosen = spread(own, limit)
        items += chosen
        sets.append({"name": name, "sha256": sha256, "items": len(chosen)})
    return Calibration(tuple(items), tuple(sets))


def _items_of(place: str, role: str) -> Tuple[str, Optional[str], List[Item]]:
    if os.path.isdir(place) and not any(os.path.isfile(os.path.join(place, name)) for name in DEFAULT_FILES):
        paths = sources.expand([place])
        return os.path.basename(place.rstrip("/")), None, [Item(path, load_image(path).pixels, None) for path in paths]
    dataset = open_dataset(place)
    return dataset.name, dataset.sha256, _crops(dataset) if role == RECOGNISER else _frames(dataset)


def _crops(dataset: Dataset) -> List[Item]:
    crops: List[LineCrop] = line_crops(dataset)
    return [Item(crop.id, crop.image, crop.truth) for crop in crops]


def _frames(dataset: Dataset) -> List[Item]:
    frames = [_frame(sample) for sample in dataset.samples if sample.layout == "page"]
    if not frames:
        raise DatasetError("{} has no whole frames".format(dataset.name), "a set of pages, for a detector")
    return frames


def _frame(sample: Sample) -> Item:
    """A page as a camera gives it, and the lines on it that are scored."""
    scored = [line for line in sample.lines if line.scored]
    image = load_image(sample.path).pixels
    truth = "\n".join(line.text or "" for line in scored) or sample.truth
    return Item(sample.id, image, truth, tuple(line.quad for line in scored if line.quad is not None))


class Judge:
    """Reads items with one network of a reader replaced; the reader's other networks stay as they are."""

    def __init__(self, subject: Subject, items: Sequence[Item], threads: int = 1) -> None:
        self.subject = subject
        self.items = items
        self._threads = threads
        self._others: Dict[str, Network] = {}
        self._foreign: Optional[Reader] = None

    def texts(self, network: Optional[Network] = None, indices: Optional[Sequence[int]] = None) -> List[str]:
        """Texts of the items (all, or those at ``indices``), lines joined by a line feed; None: the file itself."""
        own = network or self._other(self.subject.path)
        chosen = self.items if indices is None else [self.items[index] for index in indices]
        if self.subject.entry is not None:
            reader = self._replaced(own)
            return [self._read(reader, item) for item in chosen]
        with self._open(own) as reader:
            return [self._read(reader, item) for item in chosen]

    def _open(self, network: Network) -> Reader:
        def opener(path: str, device: str, threads: int, precision: str) -> Network:
            return network if path == self.subject.own else self._other(path)

        name = self.subject.reader
        module = registry.module_of(registry.spec(name.name))
        reader: Reader = module.open_reader(ReaderOptions(threads=self._threads, model=name.model), opener)
        return reader

    def _replaced(self, network: Network) -> Reader:
        """The reader of another framework, opened once, with ``network`` in the place of its own."""
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

    def _read(self, reader: Reader, item: Item) -> str:
        try:
            with failures_of(str(self.subject.reader)):
                if self.subject.role == RECOGNISER:
                    return "\n".join(line.text for line in reader.read_line(item.image))
                lines = reader.read(item.image)
                if item.quads:
                    return "\n".join(text_inside(quad, lines) for quad in item.quads)
                return "\n".join(line.text for line in lines)
        except ReaderFailed:
            return UNREADABLE


def same(one: str, other: str) -> bool:
    """Whether two texts are one, white space ignored, as accuracy is measured everywhere here."""
    truth, read = FORMS[FORM].sides(one, [other])
    return truth == read


def cer(texts: Sequence[str], truths: Sequence[Optional[str]]) -> Optional[float]:
    """Character error rate in percent, white space ignored, over the items whose truth is known; None without any."""
    sides = [FORMS[FORM].sides(truth, [text]) for text, truth in zip(texts, truths) if truth is not None]
    characters = sum(len(truth) for truth, _ in sides)
    if not characters:
        return None
    return round(100.0 * sum(levenshtein(truth, read) for truth, read in sides) / characters, 2)


def exact(texts: Sequence[str], truths: Sequence[Optional[str]]) -> int:
    """How many texts are right, white space ignored."""
    sides = [FORMS[FORM].sides(truth, [text]) for text, truth in zip(texts, truths) if truth is not None]
    return sum(truth == read for truth, read in sides)
