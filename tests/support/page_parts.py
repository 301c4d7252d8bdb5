"""A part of a line and a picture of it, for the tests of its page."""

import io

import numpy as np
from PIL import Image as Pillow

from ocr_app.line.journal.rows import PartRow


def row(number, verdict="pass", decided=1.5, reasons=()):
    """A row of the journal."""
    return PartRow(number, "i", "b", "0", "frame", "n", "", 1.0, 1.0, decided, 9.0, True, verdict, "A", reasons)


def png(width=40, height=20):
    """An even grey picture."""
    stream = io.BytesIO()
    Pillow.fromarray(np.full((height, width, 3), 90, np.uint8)).save(stream, "PNG")
    return stream.getvalue()
