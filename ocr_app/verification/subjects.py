"""Which network is judged, as a part of which reader."""

import os
from typing import Any, List, NamedTuple, Optional

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.export import network_specs
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.export.record import load_record
from ocr_app.readers import registry
from ocr_app.readers.registry import ReaderName, parse_name

DETECTOR, RECOGNISER = "detector", "recogniser"


class Subject(NamedTuple):
    """One network in its reader. ``role``: DETECTOR or RECOGNISER; ``replaces``: the path that the reader opens itself.

    ``spec``: its row in the table of exports, for readers of another framework; None for our own readers.
    """

    path: str
    reader: ReaderName
    role: str
    replaces: str
    spec: Optional[NetworkSpec] = None

    @property
    def name(self) -> str:
        """The file's name."""
        return os.path.basename(self.path)


def subjects() -> List[Subject]:
    """Every network of the readers that open their networks through this application and whose files exist here."""
    found = []
    for spec in registry.READERS:
        module = registry.module_of(spec)
        if hasattr(module, "network_files"):
            for model in module.probe().models:
                found += _subjects_of(ReaderName(spec.name, model, None), module)
    return found


def _subjects_of(reader: ReaderName, module: Any) -> List[Subject]:
    """The networks of one model; a team has none of its own: those of its members belong to their models."""
    try:
        files = module.network_files(reader.model)
    except ModelError:  # not fetched: `ocr-app readers` reports it
        return []
    return [Subject(path, reader, role, path) for role, path in sorted(files.items()) if role in (DETECTOR, RECOGNISER)]


def subject_of(file: str, reader: Optional[ReaderName] = None, role: Optional[str] = None) -> Subject:
    """The subject for a file: found by its name among :func:`subjects`, or any file in ``role`` of ``reader``.

    Raises UsageError when the file belongs to no reader and none was named, ModelError when it does not exist.
    """
    if reader is None or role is None:
        return _known_subject(file)
    module = registry.module_of(registry.spec(reader.name))
    if not hasattr(module, "network_files"):
        readers = ", ".join(sorted({subject.reader.name for subject in subjects()}))
        raise UsageError("the reader {} does not open networks of its own here".format(reader), readers)
    files = module.network_files(reader.model)
    if role not in files:
        raise UsageError("the reader {} has no {}".format(reader, role), ", ".join(sorted(files)))
    return Subject(_existing(file), reader, role, files[role])


def _known_subject(file: str) -> Subject:
    known = subjects()
    for subject in known:
        if os.path.basename(file) == subject.name:
            return subject._replace(path=_existing(file) if os.path.dirname(file) else subject.path)
    names = ", ".join(subject.name for subject in known)
    raise UsageError("{} belongs to no reader".format(file), names, "name --reader and --role for any other file")


def exported(network: str, folder: str) -> Subject:
    """The subject for an exported network of the table (data/networks.json).

    Raises UsageError for a name that the table does not have, ModelError where the export is missing or damaged.
    """
    spec = network_specs.select([network])[0]
    path = os.path.join(folder, str(load_record(folder, network)["file"]))
    reader = parse_name(spec.reader)
    module = registry.module_of(registry.spec(reader.name))
    if hasattr(module, "network_files"):
        return Subject(path, reader, spec.part, module.network_files(reader.model)[spec.part])
    return Subject(path, reader, spec.part, path, spec)


def _existing(file: str) -> str:
    if not os.path.isfile(file):
        raise ModelError("model file {} does not exist".format(file), "an ONNX file")
    return file
