"""Files that hold more than one picture, and formats that not every Python reads."""

import struct
from typing import IO, Any, List, Optional, Tuple

import cv2
import numpy as np
from PIL import Image as Pillow

from ocr_app.core.errors import ImageError
from ocr_app.core.types import Image

EXTENSIONS = (
    ".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".mpo", ".pbm",
    ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
)  # fmt: skip
"""What an image's file name ends in. Such a file is always read, or refused with its reason; never skipped."""

FORMATS = ("AVIF", "BMP", "DIB", "GIF", "HEIF", "JPEG", "JPEG2000", "MPO", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow's names of the formats that are read; its other decoders are never tried on a file."""
_WITH_PRIMARY = ("MPO", "HEIF")
"""Pillow's names of formats whose first picture is the photograph; the others are previews, depths or layers of it."""
_NEW_SUBFILE_TYPE, _SUBFILE_TYPE = 254, 255  # TIFF 6.0, section 8
_PREVIEW_OR_MASK = 0b101  # bit 0: reduced resolution; bit 2: transparency mask
_BRANDS = {
    b"heic": "HEIC", b"heix": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"hevc": "HEIC", b"hevx": "HEIC",
    b"mif1": "HEIF", b"msf1": "HEIF", b"avif": "AVIF", b"avis": "AVIF",
}  # fmt: skip
"""Brands of the ISO base media file format, from byte 8 on (ISO/IEC 23008-12, section 10; AV1 Image File Format)."""
_BITMAP_HEAD = 26
_HEAD = 12  # bytes: the length of a box, "ftyp", the brand


def brand_of(stream: IO[bytes]) -> str:
    """HEIC, HEIF or AVIF for a file that begins like one; empty for any other file. ``stream`` is at its start."""
    head = stream.read(_HEAD)
    stream.seek(0)
    return _BRANDS.get(head[8:], "") if head[4:8] == b"ftyp" else ""


def formats(brand: str) -> List[str]:
    """Those of ``FORMATS`` that this Pillow reads; HEIC by the package pillow-heif, where that is installed."""
    if brand in ("HEIC", "HEIF"):
        try:
            import pillow_heif

            pillow_heif.register_heif_opener()
        except ImportError:
            pass  # the format is then refused by its name
    Pillow.init()
    return [name for name in FORMATS if name in Pillow.OPEN]


def unsupported(path: str, brand: str) -> ImageError:
    """The error of a sound image for which this Python has no decoder."""
    package = "Pillow 11.3 or newer" if brand == "AVIF" else "the package pillow-heif"
    next_step = "save it as JPEG (iPhone: Settings > Camera > Formats > Most Compatible), or install " + package
    found = "{} is a {} image, which this Python cannot decode".format(path, brand)
    return ImageError(found, "one of " + " ".join(EXTENSIONS) + " with its decoder", next_step, code="unsupported")


def bitmap_size(stream: IO[bytes]) -> Optional[Tuple[int, int]]:
    """Width and height of a Windows bitmap by its header, None for another file. ``stream`` is at its start."""
    head = stream.read(_BITMAP_HEAD)
    stream.seek(0)
    if len(head) < _BITMAP_HEAD or head[:2] != b"BM":
        return None
    width, height = struct.unpack("<ii", head[18:26])
    return abs(width), abs(height)


def decode_bitmap(stream: IO[bytes]) -> Optional[Image]:
    """The pixels of a bitmap by OpenCV, for what the Pillow of Python 3.6 lacks (run lengths, masks); None: neither."""
    pixels = cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_COLOR)
    return None if pixels is None else np.asarray(pixels)


def lab_to_bgr(values: np.ndarray) -> Image:
    """CIE L*a*b* as Pillow gives it (a and b signed, in bytes) to BGR; the old Pillow cannot convert it."""
    shifted = values ^ np.array([0, 128, 128], np.uint8)
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(shifted), cv2.COLOR_LAB2BGR))


def choose_picture(handle: Any, path: str) -> List[str]:
    """Turns the open image to the one picture that is meant; returns the notes ("primary-picture" where others exist).

    Photographs with previews, depths or gain maps have a primary picture: an MPO or HEIC of a phone, and a TIFF whose
    other pages are marked as previews or masks. Raises ImageError "animated" for several equal pictures.
    """
    count = getattr(handle, "n_frames", 1)
    if count == 1:
        return []
    if handle.format == "TIFF":
        pages = _whole_pages(handle, count)
        if len(pages) == 1:
            handle.seek(pages[0])
            return ["primary-picture"]
    elif handle.format in _WITH_PRIMARY:
        return ["primary-picture"]
    what = "pages" if handle.format == "TIFF" else "frames"
    found = "{} contains {} {}".format(path, count, what)
    raise ImageError(found, "one still image", "save the one to be read as a file of its own", code="animated")


def _whole_pages(handle: Any, count: int) -> List[int]:
    """Numbers of the pages that are neither previews nor masks."""
    pages = []
    for number in range(count):
        handle.seek(number)
        kind = int(handle.tag_v2.get(_NEW_SUBFILE_TYPE, 0))
        preview = int(handle.tag_v2.get(_SUBFILE_TYPE, 0)) == 2
        if not preview and not kind & _PREVIEW_OR_MASK:
            pages.append(number)
    return pages
