"""Where the package is, its data files, and the folders that are used when nobody names one."""

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
    """Folder of the bundled data set, nano-codes-100."""
    return _bundled("samples", os.path.join("data", "nano-codes-100"))


def bundled_recipes() -> str:
    """Folder of the bundled recipes."""
    return _bundled("recipes", "recipes")


def _bundled(inside: str, beside: str) -> str:
    """Inside an installed package, beside it in a checkout: setup.py copies ``beside`` to ``inside`` when it builds."""
    packaged = os.path.join(DATA, inside)
    return packaged if os.path.isdir(packaged) else os.path.join(HOME, beside)


def exports() -> str:
    """``$OCR_EXPORTS``, else build/export."""
    return os.environ.get("OCR_EXPORTS") or os.path.join("build", "export")


def plans() -> str:
    """``$OCR_PLANS``, else build/plans."""
    return os.environ.get("OCR_PLANS") or os.path.join("build", "plans")


def calibration() -> str:
    """``$OCR_SAMPLES``, else the bundled data set."""
    return os.environ.get("OCR_SAMPLES") or bundled_samples()
