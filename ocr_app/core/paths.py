"""The folders of the package, its data files, and the default folders."""

import json
import os
from typing import Any

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder ``ocr_app``."""
HOME = os.path.dirname(PACKAGE)
"""The folder that contains the package: a checkout, or site-packages."""
DATA = os.path.join(PACKAGE, "data")


def load_data(name: str) -> Any:
    """The content of the JSON file ``name`` in the package's data folder."""
    with open(os.path.join(DATA, name), encoding="utf-8") as stream:
        return json.load(stream)


def bundled_samples() -> str:
    """The folder of the bundled data set, nano-codes-100."""
    return _bundled("samples", os.path.join("data", "nano-codes-100"))


def bundled_recipes() -> str:
    """The folder of the bundled recipes."""
    return _bundled("recipes", "recipes")


def _bundled(inside: str, beside: str) -> str:
    """``inside`` an installed package, ``beside`` it in a checkout; setup.py copies the one to the other."""
    packaged = os.path.join(DATA, inside)
    return packaged if os.path.isdir(packaged) else os.path.join(HOME, beside)


def exports() -> str:
    """The folder of exported networks: ``$OCR_EXPORTS``, or build/export."""
    return os.environ.get("OCR_EXPORTS") or os.path.join("build", "export")


def plans() -> str:
    """The folder of precision plans: ``$OCR_PLANS``, or build/plans."""
    return os.environ.get("OCR_PLANS") or os.path.join("build", "plans")


def calibration() -> str:
    """The data set that judges engines: ``$OCR_SAMPLES``, or the bundled one."""
    return os.environ.get("OCR_SAMPLES") or bundled_samples()
