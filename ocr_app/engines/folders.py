"""Where exports, precision plans and calibration images lie when nobody says: named by the environment, else here."""

import os


def exports() -> str:
    """``$OCR_EXPORTS``, else build/export."""
    return os.environ.get("OCR_EXPORTS") or os.path.join("build", "export")


def plans() -> str:
    """``$OCR_PLANS``, else build/plans."""
    return os.environ.get("OCR_PLANS") or os.path.join("build", "plans")


def calibration() -> str:
    """``$OCR_SAMPLES``, the bundled data set, else data/nano-codes-100."""
    return os.environ.get("OCR_SAMPLES") or os.path.join("data", "nano-codes-100")
