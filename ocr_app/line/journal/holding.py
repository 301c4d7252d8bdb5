"""One service holds a journal at a time, and a folder for the frames that wait, of which no kill leaves anything."""

import fcntl
import os
import shutil
import stat
import tempfile
from typing import IO, Any

from ocr_app.core.errors import ServiceError

LOCK = "lock"
_PREFIX = "ocr-app-line-"


class JournalHold:
    """Held until ``release``, or until the process ends, however it ends. ``frames``: a folder in the temporary one.

    The lock's file names that folder, so that the next holder can remove what a killed one left in it.
    """

    def __init__(self, folder: str) -> None:
        """Raises ServiceError where another service holds it; OSError."""
        os.makedirs(folder, exist_ok=True)
        self._stream: IO[Any] = open(os.path.join(folder, LOCK), "a+", encoding="utf-8")  # noqa: SIM115 - held open
        try:
            fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._stream.close()
            found = "another service uses the journal in {}".format(folder)
            raise ServiceError(found, "one service for each journal.folder", "end the other one") from error
        self._remove_old()
        self.frames = tempfile.mkdtemp(prefix=_PREFIX)
        self._write(self.frames)

    def _remove_old(self) -> None:
        """Only a folder of this user with the name that this class gives."""
        self._stream.seek(0)
        path = self._stream.read(4096).strip()
        parent, name = os.path.split(path)
        if parent == tempfile.gettempdir() and name.startswith(_PREFIX):
            try:
                status = os.lstat(path)
            except OSError:
                return  # a restart of the computer emptied the temporary folder
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid():
                shutil.rmtree(path, ignore_errors=True)

    def _write(self, text: str) -> None:
        """On a full disk, the folder is not named, and is left behind once."""
        try:
            self._stream.truncate(0)
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError:
            pass

    def release(self) -> None:
        """Removes the folder of frames, and lets another service have the journal."""
        shutil.rmtree(self.frames, ignore_errors=True)
        try:
            self._stream.close()
        except OSError:
            pass  # what could not be written to a full disk is tried again by the closing
