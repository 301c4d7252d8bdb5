"""Exports a trained network to ONNX for ONNX Runtime and TensorRT 8.2, and proves it equal to the trained one."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

DATA = Path(__file__).resolve().parent.parent / "ocr_app" / "data"
OPSET = 11  # TensorRT 8.2.1 parses up to 13; with 11 the axes of Squeeze are attributes, not tensors
LARGEST_ERROR = 1e-3  # between the outputs of the file and of the trained network, in logits


class ExportError(RuntimeError):
    """The exported file does not compute what was trained."""


def export(
    deployed: nn.Module,
    trained: nn.Module,
    sample: Tensor,
    target: Path,
    output: str,
    axes: dict[int, str],
    output_axes: dict[int, str],
    metadata: dict[str, str],
    opset: int = OPSET,
) -> float:
    """Write ``target`` whole or not at all, and return the largest error against ``trained`` on ``sample``.

    Args:
        deployed: the folded network that is exported; in evaluation mode.
        trained: the network as trained; in evaluation mode.
        sample: an input batch; the input's name is ``image``.
        target: the ONNX file.
        output: the output's name.
        axes: dynamic axes of the input, from index to name.
        output_axes: the same for the output.
        metadata: strings that are stored in the file.
        opset: of ONNX.

    Raises:
        ExportError: the file's output differs from the trained network's by more than ``LARGEST_ERROR``.
    """
    part = target.with_suffix(".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        deployed,
        (sample,),
        str(part),
        dynamo=False,
        opset_version=opset,
        input_names=["image"],
        output_names=[output],
        dynamic_axes={"image": axes, output: output_axes},
    )
    model = onnx.load(str(part))
    onnx.helper.set_model_props(model, metadata)
    model.producer_version = ""
    onnx.checker.check_model(model)
    part.write_bytes(model.SerializeToString())
    error = _largest_error(part, trained, sample, output)
    if error > LARGEST_ERROR:
        raise ExportError(f"{target.name}: differs by {error:.2g} from the trained network")
    part.replace(target)
    return error


def command(
    part: str, words: str | None, write: Callable[[Path, Path, Path], float], arguments: list[str] | None
) -> None:
    """The command line of an export of ``part``; ``write(config, out, target)`` returns the largest error.

    A file that is written into the package is registered in codes.json.
    """
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--target", type=Path, default=DATA / "models" / f"code-{part}.onnx")
    wanted = parser.parse_args(arguments)
    error = write(wanted.config, wanted.out, wanted.target)
    if wanted.target.parent == DATA / "models":
        register(DATA / "codes.json", part, wanted.target)
    print(f"{wanted.target.name}: {wanted.target.stat().st_size} bytes, largest error {error:.2g}")


def register(catalogue: Path, part: str, file: Path, model: str | None = None) -> None:
    """Write the size and sha256 of a network into a catalogue of ocr_app/data; None stands for its default model."""
    data = json.loads(catalogue.read_text(encoding="utf-8"))
    record = data["models"][model or data["default"]][part]
    record.update(size=file.stat().st_size, sha256=sha256(file))
    catalogue.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")


def sha256(file: Path) -> str:
    """Hexadecimal digest of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@torch.no_grad()
def _largest_error(file: Path, trained: nn.Module, sample: Tensor, output: str) -> float:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    (found,) = session.run([output], {"image": sample.numpy()})
    return float(np.abs(found - trained(sample).numpy()).max())
