"""Exports networks of readers as ONNX files that TensorRT 8.2.1 accepts, each with a record.

``python -m ocr_app.export.program [NETWORK...] --out FOLDER`` exports the networks for which this Python has the
libraries; `./inv export` runs it in each environment and then compares (:mod:`ocr_app.verification.parity`).
"""

import argparse
import hashlib
import os
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

from ocr_app.core import files, model_files, paths
from ocr_app.core.errors import OcrError
from ocr_app.export import easyocr, paddle
from ocr_app.export.network_specs import NetworkSpec, select
from ocr_app.export.normal_form import normalised
from ocr_app.export.record import SCHEMA, record_path, write_record
from ocr_app.networks import onnx_model
from ocr_app.readers import catalogues


def export(network: NetworkSpec, folder: str) -> Dict[str, Any]:
    """Writes ``folder/NAME.onnx`` and its record, each whole or not at all; returns the record.

    The record of an earlier file is removed first, so that a record never describes another file.
    Raises ReaderUnavailable where this Python lacks the network's framework, ModelError.
    """
    data, tools = _WAYS[network.way](network)
    sources = {name: model_files.sha256_of(_locate(name)) for name in network.files}
    pairs = {"network": network.name, "sources": " ".join("{}:{}".format(*pair) for pair in sorted(sources.items()))}
    exported = normalised(data, network, pairs)
    path = os.path.join(folder, network.name + ".onnx")
    _clear(folder, record_path(path))
    files.write_whole(path, exported)
    record = _record(network, exported, sources, tools)
    write_record(record, record_path(path))
    return record


def _clear(folder: str, record: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
        if os.path.exists(record):
            os.remove(record)
    except OSError as error:
        raise files.write_error(record, error) from error


def _from_onnx(network: NetworkSpec) -> Tuple[bytes, Dict[str, str]]:
    with open(_locate(network.files[0]), "rb") as stream:
        return stream.read(), {}


_WAYS: Dict[str, Callable[[NetworkSpec], Tuple[bytes, Dict[str, str]]]] = {
    "onnx": _from_onnx,
    "easyocr": easyocr.export,
    "paddle": paddle.export,
}


def _locate(name: str) -> str:
    """A model file in the package or the models folder, its sha256 checked. Raises ModelError."""
    return catalogues.path_of(catalogues.packaged().get(name, {"file": name}))


def _record(network: NetworkSpec, data: bytes, sources: Dict[str, str], tools: Dict[str, str]) -> Dict[str, Any]:
    model = onnx_model.loads(data, network.name)
    return {
        "schema": SCHEMA,
        "network": network.name,
        "reader": network.reader,
        "part": network.part,
        "file": network.name + ".onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "opset": model.opset,
        "input": {"name": network.input.name, "dims": list(network.input.dims)},
        "output": {"name": network.output.name, "dims": list(network.output.dims)},
        "operators": sorted({node.op for node in model.nodes}),
        "sources": sources,
        "tools": tools,
        "parity": None,
    }


def main(argv: Optional[List[str]] = None) -> int:
    """Returns 0, or the exit code of the first error."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.export.program", description="export networks to ONNX")
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help="names in data/networks.json; default: all")
    parser.add_argument("--out", default=paths.exports(), metavar="FOLDER", help="(default: %(default)s)")
    arguments = parser.parse_args(argv)
    try:
        for network in select(arguments.networks):
            record = export(network, arguments.out)
            print("{file}: {bytes:,} bytes, opset {opset}, {operators} kinds of operators".format(
                **dict(record, operators=len(record["operators"]))
            ), flush=True)  # fmt: skip
    except OcrError as error:
        print("export: {}".format(error), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
