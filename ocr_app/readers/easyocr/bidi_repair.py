"""The only repair of an installed library: EasyOCR 1.7.2 together with python-bidi 0.4.2.

EasyOCR 1.7.2 contains ``from bidi import get_display``. Versions of python-bidi before 0.5, which are the only ones for
Python 3.6, export that function from ``bidi.algorithm`` only (JaidedAI/EasyOCR#1285). If both are installed, the line
is rewritten; otherwise nothing is changed. If the rewritten package cannot be imported in a new process, it is
restored.

``python -m ocr_app.readers.easyocr.bidi_repair`` repairs the EasyOCR of the Python that runs it. With ``--check`` it
only reports (exit code 1: the repair is needed).
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.machinery import PathFinder
from typing import List, NamedTuple, Optional

from ocr_app.core.errors import OcrError, ReaderFailed, ReaderUnavailable

_OLD = re.compile(rb"^from bidi import get_display(?=[ \t]*(?:#[^\r\n]*)?\r?$)", re.MULTILINE)
_NEW = b"from bidi.algorithm import get_display"

NOT_NEEDED = "not needed"
NEEDED = "needed"
PATCHED = "patched"


class BidiRepair(NamedTuple):
    """The outcome: ``state`` is NOT_NEEDED, NEEDED or PATCHED; ``detail`` says why."""

    state: str
    file: str
    detail: str


def find_easyocr(path: Optional[List[str]] = None) -> str:
    """Finds EasyOCR's easyocr.py on ``path`` (sys.path) without importing it. Raises ReaderUnavailable."""
    spec = PathFinder.find_spec("easyocr", path)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        file = os.path.join(folder, "easyocr.py")
        if os.path.isfile(file):
            return os.path.realpath(file)
    raise ReaderUnavailable("EasyOCR is not installed for " + sys.executable, "an installed EasyOCR")


def examine(file: str) -> BidiRepair:
    """Reports whether ``file``, EasyOCR's easyocr.py, needs the repair. Changes nothing."""
    if not _OLD.search(_read(file)):
        return BidiRepair(NOT_NEEDED, file, "does not contain `from bidi import get_display`")
    if _runs("from bidi import get_display") is None:
        return BidiRepair(NOT_NEEDED, file, "bidi exports get_display itself")
    return BidiRepair(NEEDED, file, "bidi has get_display in bidi.algorithm only")


def repair(file: str) -> BidiRepair:
    """Repairs ``file`` if :func:`examine` finds that it needs it. A second call finds nothing to do.

    Raises ReaderFailed if ``import easyocr`` still fails afterwards; the file is then restored.
    """
    outcome = examine(file)
    if outcome.state == NOT_NEEDED:
        return outcome
    before = _read(file)
    _write(file, _OLD.sub(_NEW, before))
    try:
        problem = _runs("import easyocr")
    except BaseException:
        _write(file, before)
        raise
    if problem is not None:
        _write(file, before)
        raise ReaderFailed(
            "after the repair, `import easyocr` fails: " + problem,
            "an import without an error (the file was restored)",
            "repair or reinstall EasyOCR's environment",
        )
    return BidiRepair(PATCHED, file, "now contains `from bidi.algorithm import get_display`")


def _runs(code: str) -> Optional[str]:
    """Runs ``code`` in a new process of this Python. Returns None, or the last line of its error output."""
    environ = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode == 0:
        return None
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "ended with {}".format(done.returncode)


def _read(file: str) -> bytes:
    with open(file, "rb") as stream:
        return stream.read()


def _write(file: str, data: bytes) -> None:
    """Replaces ``file`` in one step and keeps its mode. A hard link to it keeps the old content."""
    handle, partial = tempfile.mkstemp(prefix=".easyocr-", dir=os.path.dirname(file))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        shutil.copymode(file, partial)
        os.replace(partial, file)
    except BaseException:
        os.unlink(partial)
        raise


def main(arguments: Optional[List[str]] = None) -> int:
    """The command line. Returns 0; 1 if --check finds that the repair is needed; or the exit code of an error."""
    parser = argparse.ArgumentParser(
        prog="python -m ocr_app.readers.easyocr.bidi_repair", description="repair an installed EasyOCR"
    )
    parser.add_argument("--check", action="store_true", help="only report; exit code 1 if the repair is needed")
    options = parser.parse_args(arguments)
    try:
        file = find_easyocr()
        outcome = examine(file) if options.check else repair(file)
    except OcrError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("{}: {}: {}".format(outcome.file, outcome.state, outcome.detail))
    return 1 if outcome.state == NEEDED else 0


if __name__ == "__main__":
    sys.exit(main())
