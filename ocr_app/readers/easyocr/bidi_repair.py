"""The one repair that an installed library needs: EasyOCR 1.7.2 beside python-bidi 0.4.2.

EasyOCR 1.7.2 says ``from bidi import get_display``; python-bidi before 0.5, all that Python 3.6 can have, exports it
from ``bidi.algorithm`` only (JaidedAI/EasyOCR#1285). Where both hold, the line is rewritten; anywhere else
nothing is touched. The rewritten package proves itself by importing in a fresh process, or is put back.

``python -m ocr_app.readers.easyocr.bidi_repair`` repairs the EasyOCR of the Python that runs it;
``--check`` only looks (exit code 1: the repair is needed).
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
    """What was found or done: ``state`` is one of NOT_NEEDED, NEEDED, PATCHED; ``detail`` says why."""

    state: str
    file: str
    detail: str


def find_easyocr(path: Optional[List[str]] = None) -> str:
    """EasyOCR's easyocr.py on ``path`` (sys.path), found without importing it. Raises ReaderUnavailable."""
    spec = PathFinder.find_spec("easyocr", path)
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    for folder in folders:
        file = os.path.join(folder, "easyocr.py")
        if os.path.isfile(file):
            return os.path.realpath(file)
    raise ReaderUnavailable("EasyOCR is not installed for " + sys.executable, "an installed EasyOCR")


def examine(file: str) -> BidiRepair:
    """Whether ``file``, EasyOCR's easyocr.py, needs the repair; changes nothing."""
    if not _OLD.search(_read(file)):
        return BidiRepair(NOT_NEEDED, file, "does not say `from bidi import get_display`")
    if _runs("from bidi import get_display") is None:
        return BidiRepair(NOT_NEEDED, file, "bidi exports get_display itself")
    return BidiRepair(NEEDED, file, "bidi has get_display in bidi.algorithm only")


def repair(file: str) -> BidiRepair:
    """Repair ``file`` where :func:`examine` finds it needed; a second call finds nothing to do.

    Raises ReaderFailed when ``import easyocr`` still fails afterwards; the file is then as it was.
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
            "an import without error (the file is as it was)",
            "repair or reinstall EasyOCR's environment",
        )
    return BidiRepair(PATCHED, file, "now says `from bidi.algorithm import get_display`")


def _runs(code: str) -> Optional[str]:
    """Run ``code`` in a fresh process of this Python: None when it ends well, else its last words."""
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
    words = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return words[-1] if words else "ended with {}".format(done.returncode)


def _read(file: str) -> bytes:
    with open(file, "rb") as stream:
        return stream.read()


def _write(file: str, data: bytes) -> None:
    """Replace ``file`` in one step, keeping its mode; a hard link to it elsewhere keeps the old content."""
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
    """The command line; returns the exit code (0: all well, 1: --check found work, else the error's own)."""
    parser = argparse.ArgumentParser(
        prog="python -m ocr_app.readers.easyocr.bidi_repair", description="repair an installed EasyOCR"
    )
    parser.add_argument("--check", action="store_true", help="only look; exit code 1 when the repair is needed")
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
