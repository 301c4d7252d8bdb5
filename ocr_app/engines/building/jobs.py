"""What is to be built: one job for each network and precision, with its model file, plan and shapes."""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.core.files import sha256_of
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.export import network_specs, program
from ocr_app.export.network_specs import NetworkSpec as Entry
from ocr_app.export.record import load_record
from ocr_app.readers import catalogues
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.registry import parse_name
from ocr_app.verification import precision_plan
from ocr_app.verification.precision_plan import PrecisionPlan

FP32 = "fp32"


class BuildJob(NamedTuple):
    """``path`` and ``sha256`` are the exported model's; ``plan`` is None for FP32."""

    entry: Entry
    path: str
    sha256: str
    precision: str
    plan: Optional[PrecisionPlan]

    @property
    def title(self) -> str:
        """For messages and for the log of build times."""
        return "{} {}".format(self.entry.name, self.precision)

    def parts(self, place: Platform, profile: ShapeProfile) -> EngineIdentity:
        """What the engine's key is made from."""
        digest = precision_plan.digest(self.plan) if self.plan is not None else ""
        return EngineIdentity(self.entry.name, self.sha256, place, self.precision, digest, profile)


def entries_of(reader: str) -> List[Entry]:
    """The networks of a reader ("codes", "ppocr:v6-tiny"); its default model where none is named. Raises UsageError."""
    name = parse_name(reader)
    known = network_specs.networks()
    models = {entry.reader for entry in known.values() if entry.reader.partition(":")[0] == name.name}
    wanted = "{}:{}".format(name.name, name.model) if name.model else _default(name.name, sorted(models))
    found = [entry for entry in known.values() if entry.reader == wanted]
    if not found:
        readers = sorted({entry.reader for entry in known.values()})
        raise UsageError("no networks of {} are exported".format(reader), ", ".join(readers))
    return found


def _default(reader: str, models: List[str]) -> str:
    if len(models) == 1:
        return models[0]
    return "{}:{}".format(reader, catalogues.record(reader, None)["name"]) if models else reader


def jobs_of(entries: Sequence[Entry], precisions: Sequence[str], exports: str, plans: str) -> List[BuildJob]:
    """Every network in every precision; a network that is an ONNX file already is exported now where it is missing.

    Raises ModelError for an export that is missing or damaged, PrecisionUnavailable where a precision other than FP32
    has no accepted plan in the folder ``plans``.
    """
    return [_job(entry, precision, exports, plans) for entry in entries for precision in precisions]


def _job(entry: Entry, precision: str, exports: str, plans: str) -> BuildJob:
    record = _exported(entry, exports)
    path = os.path.join(exports, record["file"])
    own = None if precision == FP32 else _plan(entry, record["sha256"], plans)
    return BuildJob(entry, path, record["sha256"], precision, own)


def _exported(entry: Entry, folder: str) -> Dict[str, Any]:
    """The record of the export, which fits its file and, where they are here, the files it was made from."""
    present = os.path.exists(os.path.join(folder, entry.name + ".json"))
    record = load_record(folder, entry.name) if present or entry.way != "onnx" else program.export(entry, folder)
    if record["sources"] != sources_of(entry):
        if entry.way != "onnx":
            found = "the export of {} is of other model files than those of now".format(entry.name)
            raise ModelError(found, str(sources_of(entry)), "./inv export")
        record = program.export(entry, folder)
    return record


def sources_of(entry: Entry) -> Dict[str, str]:
    """sha256 of the model files of this version that the network is exported from."""
    own = codes.model_record(None)
    known = {part["file"]: part["sha256"] for part in (own["detector"], own["recogniser"])}
    known.update((name, record["sha256"]) for name, record in model_files.index().items())
    return {name: known.get(name, "unknown") for name in entry.files}


def _plan(entry: Entry, sha256: str, folder: str) -> PrecisionPlan:
    path = os.path.join(folder, entry.name + ".json")
    if not os.path.isfile(path):
        found = "no precision plan for {}: {} is not there".format(entry.name, path)
        raise PrecisionUnavailable(found, "an accepted plan", "ocr-app engine gate, or --precision fp32")
    return precision_plan.for_model(precision_plan.read(path), sha256)


def model_bytes(job: BuildJob) -> bytes:
    """The model, the file that the job speaks of. Raises ModelError."""
    try:
        with open(job.path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ModelError("cannot read {}: {}".format(job.path, error.strerror), "an export", "./inv export") from error
    if sha256_of(data) != job.sha256:
        raise ModelError("{} has sha256 {}".format(job.path, sha256_of(data)), job.sha256, "./inv export")
    return data


def precisions_of(text: str, known: Tuple[str, ...]) -> List[str]:
    """ "fp32,fp16" -> ["fp32", "fp16"]. Raises PrecisionUnavailable for what the target cannot build."""
    wanted = [word for word in text.split(",") if word]
    unknown = [word for word in wanted if word not in known]
    if unknown or not wanted:
        why = "INT8 needs compute capability 6.1" if "int8" in unknown else "the target builds others"
        found = "precision {} cannot be built: {}".format(", ".join(unknown) or "(none)", why)
        raise PrecisionUnavailable(found, ", ".join(known), "--precision " + ",".join(known[:1]))
    return wanted
