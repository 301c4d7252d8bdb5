"""The identity of a reader in benchmarks: its name, what it reads with, and the precision."""

from __future__ import annotations

from typing import Any

from ocr_app.opening import NO_ENGINE

PRECISION = "fp32"
_TARGETS = {"onnxruntime": "ONNX Runtime engines", "tensorrt": "TensorRT engines"}


def reader_identity(name: str, engine: str = NO_ENGINE, precision: str = PRECISION) -> str:
    """``NAME`` for the reader's own networks in fp32, otherwise ``NAME ENGINE PRECISION`` ("codes tensorrt fp16").

    The matrix, file names, tables, plots and the reasons of cells that were not run refer to readers by it.
    """
    return name if (engine, precision) == (NO_ENGINE, PRECISION) else f"{name} {engine} {precision}"


def entry_identity(entry: dict[str, Any]) -> str:
    """The identity of a ``[[readers]]`` entry of the matrix."""
    return reader_identity(entry["name"], entry.get("engine", NO_ENGINE), entry.get("precision", PRECISION))


def run_identity(run: dict[str, Any]) -> str:
    """The identity of the reader of a run record. Records without ``engines`` were made before readers had engines."""
    reader = run["reader"]
    return reader_identity(reader["asked"], reader.get("engines", NO_ENGINE), reader["precision"])


def entry_label(entry: dict[str, Any]) -> str:
    """The name of a ``[[readers]]`` entry for people, with its engines and precision."""
    label: str = entry.get("label", entry["name"])
    engine, precision = entry.get("engine", NO_ENGINE), entry.get("precision", PRECISION)
    if (engine, precision) == (NO_ENGINE, PRECISION):
        return label
    return f"{label}, {_TARGETS.get(engine, 'own networks')}, {precision}"


def labels(config: dict[str, Any]) -> dict[str, str]:
    """Identity -> label of every reader of the matrix, in its order."""
    return {entry_identity(entry): entry_label(entry) for entry in config["readers"]}
