"""Pictures of rejects to the site by HTTP PUT, from the folder of the journal, where they are anyway.

``URL/BOARD/ID``: the id of the part is the name, so a picture that is sent again replaces itself. Nothing waits for
this output: a picture goes when its quota is full, uploaded or not, and results never wait for pictures. How far it
came is in ``uploaded`` beside the pictures.
"""

import base64
import logging
import os
import threading
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Dict, Iterator, List, Tuple
from urllib.parse import quote

from ocr_app.core.errors import BuildError
from ocr_app.core.files import write_whole
from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.pictures import FOLDER, REJECTS
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.credentials import password_of_upload
from ocr_app.line.outputs.reach import OutputReach, RetryPause
from ocr_app.line.outputs.webhook import NotTaken, make_opener
from ocr_app.line.settings.outputs import UploadSettings

LOG = logging.getLogger(__name__)
MARK = "uploaded"
REFUSED = (400, 413, 415, 422)
"""Answers that are about one picture: it is left out, and the next one is tried."""
_LOOK_S = 5.0
_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".bmp": "image/bmp", ".webp": "image/webp", ".tif": "image/tiff"}


class PictureRefused(Exception):
    """The store does not want this picture, and why."""


class PictureUpload(LineOutput):
    """``run`` is the body of a thread that sends, one picture at a time, the oldest first."""

    def __init__(
        self, settings: UploadSettings, board: str, folder: str, journal: PartJournal, status: ServiceStatus
    ) -> None:
        """``folder``: of the journal. Raises ServiceError: no password, no certificates."""
        self._settings, self._board, self._journal, self._status = settings, board, journal, status
        self._pictures = os.path.join(folder, FOLDER, REJECTS)
        self._mark = os.path.join(folder, FOLDER, MARK)
        self._headers = {"User-Agent": "nano-ocr"}
        if settings.user:
            pair = "{}:{}".format(settings.user, password_of_upload(settings)).encode("utf-8")
            self._headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
        self._opener = make_opener(settings.url, settings.ca_file, "upload.ca_file")
        self._wake = threading.Event()
        self._pause = RetryPause(settings.retry_s, settings.retry_most_s)
        what, meanwhile = "picture store", "pictures wait in the folder of the journal"
        self._reach = OutputReach(status, "picture_store_lost", what, meanwhile, url=settings.url)
        self.last = self._read_mark()

    def _read_mark(self) -> int:
        """The number of the last part whose picture is done; 0 before the first, and where the mark is torn."""
        try:
            with open(self._mark, encoding="ascii") as stream:
                return int(stream.read())
        except (OSError, ValueError):
            return 0

    def _write_mark(self, number: int) -> None:
        """On a full disk, pictures are sent again after the next start."""
        self.last = number
        try:
            write_whole(self._mark, str(number).encode("ascii"))
        except BuildError as error:
            LOG.warning("how far pictures were sent cannot be written down", extra=fields(why=str(error)))

    def put(self, row: PartRow, data: bytes) -> None:
        """Its picture is written later, by another thread; this one looks soon."""
        if not row.passed:
            self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; what is left is sent after the next start."""
        while not stop.is_set():
            self._wake.clear()
            try:
                self.send_new(stop)
                self._wake.wait(_LOOK_S)
                stop.wait(0.2)  # for the picture to be written
            except NotTaken as error:
                self._reach.lost(str(error))
                stop.wait(self._pause.next_s())

    def send_new(self, stop: threading.Event) -> None:
        """Every picture after the last one. Raises NotTaken."""
        for number, name in self._waiting():
            if stop.is_set():
                return
            try:
                if self._send(number, name):
                    self._status.count("pictures_uploaded")
            except PictureRefused:
                self._status.count("pictures_not_uploaded")
            self._write_mark(number)
            self._reach.found()
            self._pause.reset()

    def _waiting(self) -> List[Tuple[int, str]]:
        """(number of the part, name of the file), in order. A journal that began anew begins anew here."""
        try:
            found = sorted(_numbered(os.listdir(self._pictures)))
        except OSError as error:
            raise NotTaken("the folder of pictures: {}".format(error)) from error
        if self.last > self._journal.numbers.last:
            self.last = 0
        return [each for each in found if each[0] > self.last]

    def _send(self, number: int, name: str) -> bool:
        """False where the picture is gone meanwhile. Raises NotTaken, PictureRefused."""
        rows = self._journal.ask_beside("SELECT id FROM parts WHERE number = ?", (number,))
        try:
            with open(os.path.join(self._pictures, name), "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise PictureRefused(str(error)) from error
        if not rows:
            raise PictureRefused("the journal no longer has its part")
        headers = dict(self._headers)
        headers["Content-Type"] = _TYPES.get(os.path.splitext(name)[1], "application/octet-stream")
        parts = (self._settings.url.rstrip("/"), quote(self._board, safe=""), quote(str(rows[0][0]), safe=""))
        self._put("/".join(parts), data, headers)
        return True

    def _put(self, address: str, data: bytes, headers: Dict[str, str]) -> None:
        request = urllib.request.Request(address, data, headers, method="PUT")
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as answer:
                answer.read(65536)
        except urllib.error.HTTPError as error:
            error.close()
            found = "it answers {}".format(error.code)
            raise (PictureRefused if error.code in REFUSED else NotTaken)(found) from error
        except (OSError, HTTPException, ValueError) as error:
            found = str(getattr(error, "reason", "") or error) or type(error).__name__
            raise NotTaken(found) from error


def _numbered(names: List[str]) -> Iterator[Tuple[int, str]]:
    """Files of pictures that are whole."""
    for name in names:
        number = name.partition("-")[0]
        if number.isdigit() and not name.endswith(".part"):
            yield int(number), name
