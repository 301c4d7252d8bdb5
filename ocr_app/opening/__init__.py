"""Opening readers: one request (reader, environment, engine, device, precision, recipe) in, one open reader out."""

from ocr_app.opening.engines import ENGINES, NO_ENGINE
from ocr_app.opening.named import probe_all, probe_named
from ocr_app.opening.request import ReaderRequest, open_reader

__all__ = ["ENGINES", "NO_ENGINE", "ReaderRequest", "open_reader", "probe_all", "probe_named"]
