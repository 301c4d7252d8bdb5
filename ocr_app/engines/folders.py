"""Where exports, precision plans and calibration images lie when nobody says: named by the environment, else here."""

import os

from ocr_app import bundled


def exports() -> str:
    """``$OCR_EXPORTS``, else build/export."""
    return os.environ.get("OCR_EXPORTS") or os.path.join("build", "export")


def plans() -> str:
    """``$OCR_PLANS``, else build/plans."""
    return os.environ.get("OCR_PLANS") or os.path.join("build", "plans")


def calibration() -> str:
    """``$OCR_SAMPLES``, else the bundled data set."""
    return os.environ.get("OCR_SAMPLES") or bundled.samples()
