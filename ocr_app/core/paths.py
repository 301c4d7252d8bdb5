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


def exports() -> str:
    """``$OCR_EXPORTS``, else build/export."""
    return os.environ.get("OCR_EXPORTS") or os.path.join("build", "export")


def plans() -> str:
    """``$OCR_PLANS``, else build/plans."""
    return os.environ.get("OCR_PLANS") or os.path.join("build", "plans")


def calibration() -> str:
    """``$OCR_SAMPLES``, the bundled data set, else data/nano-codes-100."""
    return os.environ.get("OCR_SAMPLES") or os.path.join("data", "nano-codes-100")
