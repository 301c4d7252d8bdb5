"""Why cells of the benchmark matrix were not run. Reasons are committed, so they name no folder of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fleet.core.files import ROOT
from fleet.measurement.cells import Cell
from fleet.reports.identity import labels
from ocr_app.core.errors import EngineError
from ocr_app.opening import NO_ENGINE


def recorded_reasons(config: dict[str, Any], folder: Path) -> dict[tuple[str, str], str]:
    """(identity of the reader, data set) -> reason, from the summary of a results folder."""
    names = {label: identity for identity, label in labels(config).items()}
    path = folder / "summary.json"
    rows = json.loads(path.read_text())["not_run"] if path.is_file() else []
    return {(names.get(row["reader"], row["reader"]), row["dataset"]): row["reason"] for row in rows}


def no_record(cell: Cell) -> str:
    """The reason of a cell that a results folder does not mention."""
    return _with_build("there is no record of it", cell)


def cell_reason(cell: Cell, stderr: str, code: int) -> str:
    """The error message, with the command that builds the engines of this cell if they are the problem."""
    reason = reason_of(stderr, code)
    if code != EngineError.exit_code or cell.engine == NO_ENGINE:
        return reason
    found, _, step = reason.partition("; next: ")
    return _with_build(found, cell) + (" --rebuild" if "--rebuild" in step else "")


def _with_build(reason: str, cell: Cell) -> str:
    """The reason of a cell that reads with engines, with the command that builds them. Nothing is built unasked."""
    if cell.engine == NO_ENGINE:
        return reason
    reader = cell.reader.partition("@")[0]
    command = f"./inv build-engines --target {cell.engine} --reader {reader} --precision {cell.precision}"
    return f"{reason}; next: {command}"


def reason_of(stderr: str, code: int) -> str:
    """The error message on one line, with paths relative to the repository: reasons are committed."""
    lines = [line.strip() for line in stderr.strip().splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("ocr-app benchmark:")]
    words = "; ".join(lines[starts[-1] :] if starts else lines[-1:])
    return words.removeprefix("ocr-app benchmark: ").replace(f"{ROOT}/", "") or f"exit code {code}"
