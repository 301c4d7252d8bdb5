"""Open a reader: from one request to an open reader, for every command and program."""

from ocr_app.opening.engine_kinds import ENGINES, NO_ENGINE
from ocr_app.opening.named import probe_all, probe_named
from ocr_app.opening.request import ReaderRequest, open_reader

__all__ = ["ENGINES", "NO_ENGINE", "ReaderRequest", "open_reader", "probe_all", "probe_named"]
