"""What is to be built: one job per network and precision, with its model file, plan and shapes."""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.core.files import sha256_of
from ocr_app.core.paths import load_data
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.export import network_specs, program
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.export.record import load_record
from ocr_app.readers import catalogues
from ocr_app.readers.registry import parse_name
from ocr_app.readers.team import settings as team_settings
from ocr_app.verification import precision_plan
from ocr_app.verification.precision_plan import PrecisionPlan

FP32 = "fp32"


def settings() -> Dict[str, Any]:
    """How engines are built: data/engines.json."""
    return load_data("engines.json")  # type: ignore[no-any-return]


class BuildJob(NamedTuple):
    """``path`` and ``sha256`` are those of the exported model; ``plan`` is None for FP32."""

    spec: NetworkSpec
    path: str
    sha256: str
    precision: str
    plan: Optional[PrecisionPlan]

    @property
    def title(self) -> str:
        """For messages and for the log of build times."""
        return "{} {}".format(self.spec.name, self.precision)

    def identity(self, platform: Platform, profile: ShapeProfile) -> EngineIdentity:
        """The identity of the engine that this job builds on ``platform``."""
        digest = precision_plan.digest(self.plan) if self.plan is not None else ""
        return EngineIdentity(self.spec.name, self.sha256, platform, self.precision, digest, profile)


def specs_of(reader: str) -> List[NetworkSpec]:
    """The networks of a reader ("codes:fast", "ppocr:v6-tiny"); without a model, those of its default model.

    Those of a team are the networks of its members. Raises UsageError.
    """
    name = parse_name(reader)
    known = network_specs.networks()
    if name.name == "codes" and team_settings.is_team(name.model):
        wanted = team_settings.networks(name.model)
        by_part = {(spec.reader, spec.part): spec for spec in known.values()}
        return [by_part["{}:{}".format(each.reader, each.model), each.part] for each in wanted]
    models = {spec.reader for spec in known.values() if spec.reader.partition(":")[0] == name.name}
    full_name = "{}:{}".format(name.name, name.model) if name.model else _default(name.name, sorted(models))
    found = [spec for spec in known.values() if spec.reader == full_name]
    if not found:
        readers = sorted({spec.reader for spec in known.values()})
        raise UsageError("no networks of {} are exported".format(reader), ", ".join(readers))
    return found


def _default(reader: str, models: List[str]) -> str:
    if len(models) == 1:
        return models[0]
    return "{}:{}".format(reader, catalogues.record(reader, None)["name"]) if models else reader


def jobs_of(specs: Sequence[NetworkSpec], precisions: Sequence[str], exports: str, plans: str) -> List[BuildJob]:
    """Every network in every precision.

    A network that is already an ONNX file is exported now if its export is missing. Raises ModelError for an export
    that is missing or damaged, PrecisionUnavailable where a precision other than FP32 has no accepted plan in the
    folder ``plans``.
    """
    return [_job(spec, precision, exports, plans) for spec in specs for precision in precisions]


def _job(spec: NetworkSpec, precision: str, exports: str, plans: str) -> BuildJob:
    record = exported(spec, exports)
    path = os.path.join(exports, record["file"])
    plan = None if precision == FP32 else _plan(spec, record["sha256"], plans)
    return BuildJob(spec, path, record["sha256"], precision, plan)


def exported(spec: NetworkSpec, folder: str) -> Dict[str, Any]:
    """The record of the export, which matches its file and, where they are available, the files it was made from.

    A network that is already an ONNX file is exported now if its export is missing or old. Raises ModelError.
    """
    present = os.path.exists(os.path.join(folder, spec.name + ".json"))
    record = load_record(folder, spec.name) if present or spec.way != "onnx" else program.export(spec, folder)
    if record["sources"] != sources_of(spec):
        if spec.way != "onnx":
            found = "the export of {} was made from other model files than the current ones".format(spec.name)
            raise ModelError(found, str(sources_of(spec)), "./inv export")
        record = program.export(spec, folder)
    return record


def sources_of(spec: NetworkSpec) -> Dict[str, str]:
    """sha256 of the current model files that the network is exported from."""
    known = {name: part["sha256"] for name, part in catalogues.packaged().items()}
    known.update((name, record["sha256"]) for name, record in model_files.index().items())
    return {name: known.get(name, "unknown") for name in spec.files}


def _plan(spec: NetworkSpec, sha256: str, folder: str) -> PrecisionPlan:
    path = os.path.join(folder, spec.name + ".json")
    if not os.path.isfile(path):
        found = "no precision plan for {}: {} does not exist".format(spec.name, path)
        raise PrecisionUnavailable(found, "an accepted plan", "ocr-app engine gate, or --precision fp32")
    return precision_plan.for_model(precision_plan.read(path), sha256)


def model_bytes(job: BuildJob) -> bytes:
    """The model file, with the checksum of the job. Raises ModelError."""
    try:
        with open(job.path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ModelError("cannot read {}: {}".format(job.path, error.strerror), "an export", "./inv export") from error
    if sha256_of(data) != job.sha256:
        raise ModelError("{} has sha256 {}".format(job.path, sha256_of(data)), job.sha256, "./inv export")
    return data


def precisions_of(text: str, known: Tuple[str, ...]) -> List[str]:
    """ "fp32,fp16" -> ["fp32", "fp16"]. Raises PrecisionUnavailable for a precision that the target cannot build."""
    precisions = [name for name in text.split(",") if name]
    unknown = [name for name in precisions if name not in known]
    if unknown or not precisions:
        why = _why_no_int8() if "int8" in unknown else "the target builds others"
        found = "precision {} cannot be built: {}".format(", ".join(unknown) or "(none)", why)
        raise PrecisionUnavailable(found, ", ".join(known), "--precision " + ",".join(known[:1]))
    return precisions


def _why_no_int8() -> str:
    """Where the hardware has no INT8, and what keeps it from being built where it has."""
    boards = load_data("boards.json")["boards"].values()
    refused = "; ".join(entry["int8_why"] for entry in boards if not entry["int8"])
    return refused + "; on other boards no network has an accepted plan for INT8, because the gate judges FP16 alone"
