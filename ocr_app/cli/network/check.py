"""``ocr-app network check``: whether TensorRT 8.2.1's parser accepts models."""

import argparse
import json

from ocr_app.cli.network.models import requested_models
from ocr_app.networks import onnx_model
from ocr_app.verification.preflight import rules


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 7 when a model would be refused."""
    found = {model.name: rules.refusals(onnx_model.load(model.path)) for model in requested_models(arguments.models)}
    if arguments.json:
        print(json.dumps({"parser": rules.rules()["parser"], "problems": found}, indent=1))
    else:
        for name, problems in found.items():
            print("{}: {}".format(name, "; ".join(problems) or "no known problems"))
    return 7 if any(found.values()) else 0
