"""The command ``ocr-app``, and ``python -m ocr_app``: says in plain words which package is missing, if one is."""

import sys

from ocr_app.core.console import make_tolerant
from ocr_app.core.errors import ReaderUnavailable

_OPENCV = """\
pip install 'opencv-python-headless<5'
        on a Jetson use the board's OpenCV instead: python3 -m venv --system-site-packages FOLDER
        (a board without one: the Ansible role opencv_cuda, or apt install python3-opencv)"""
_NEXT = {"cv2": _OPENCV, "PIL": "pip install Pillow"}
_NAMES = {"cv2": "OpenCV (module cv2)", "PIL": "Pillow"}


def missing(module: str) -> ReaderUnavailable:
    """The error that says which package ``module`` belongs to and how to get it."""
    found = "{} is not installed for {}".format(_NAMES.get(module, "the package " + module), sys.executable)
    return ReaderUnavailable(found, "every package that ocr-app needs", _NEXT.get(module, "pip install " + module))


def entry() -> None:
    """Console-script entry point."""
    make_tolerant()
    try:
        from ocr_app.cli.main import main
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if not name or name == "ocr_app":
            raise
        refusal = missing(name)
        print("ocr-app: {}".format(refusal), file=sys.stderr)
        sys.exit(refusal.exit_code)
    sys.exit(main())


if __name__ == "__main__":
    entry()
