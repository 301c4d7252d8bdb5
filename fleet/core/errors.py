"""What can go wrong on the control side; same form as ocr_app.errors: found, expected, next step."""

from __future__ import annotations

from ocr_app.errors import OcrError


class FleetError(OcrError):
    """Base of the control side's errors."""

    exit_code = 20
    code = "fleet"


class ArtefactError(FleetError):
    """An artefact cannot be fetched, or is not what the manifest says."""

    exit_code = 21
    code = "artefact"


class EnvironmentProblem(FleetError):
    """An environment cannot be built: no interpreter, no space, or a module that does not import."""

    exit_code = 22
    code = "environment"
