"""Loading image files: sizes are checked against limits before any pixel is decoded."""

import os
import warnings
from typing import IO, Any, Callable, Dict, List, NamedTuple, Tuple

import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from ocr_app.core.errors import ImageError
from ocr_app.core.types import Image
from ocr_app.imaging import containers
from ocr_app.imaging.containers import EXTENSIONS

_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N", "I")
_EXIF_ORIENTATION = 0x0112  # Exif 2.32, table 4
_UPRIGHT = 1
_TURNS: Dict[int, Callable[[Image], Image]] = {
    _UPRIGHT: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: np.rot90,
}
"""For each orientation of EXIF, how the stored pixels are turned and mirrored to be shown."""


class Limits(NamedTuple):
    """The limits of an image. ``max_pixels`` and ``min_side`` are those of the decoded image."""

    max_pixels: int = 50 * 1000 * 1000
    max_bytes: int = 64 * 1000 * 1000
    min_side: int = 8


DEFAULT_LIMITS = Limits()


class LoadedImage(NamedTuple):
    """Pixels (uint8, ``(H, W, 3)`` BGR or ``(H, W)`` grey), and the conversions that were needed ("exif-rotated")."""

    pixels: Image
    notes: Tuple[str, ...]


def load_image(path: str, limits: Limits = DEFAULT_LIMITS) -> LoadedImage:
    """Decode one image file, of a container with several pictures the primary one.

    CMYK, palette and 16-bit images are converted, transparent images are laid on white, and the EXIF rotation is
    applied; ``notes`` lists these conversions, except that of palettes and of 1-bit images. Raises ImageError with one
    of the codes missing, unreadable, empty, too-large, too-small, animated, not-an-image, unsupported, truncated.
    """
    _check_file(path, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of bombs above its own limit; ours is checked below
            with open(path, "rb") as stream:
                return _read(stream, path, limits)
    except ImageError:
        raise
    except Pillow.DecompressionBombError as error:
        raise _too_large(path, str(error), limits) from error
    except Exception as error:  # Pillow's decoders raise exceptions of many classes; each means a bad file
        raise _broken(path, error) from error


def _read(stream: IO[bytes], path: str, limits: Limits) -> LoadedImage:
    """Pillow gets no path: it would map the file into memory, where a file that is cut short meanwhile ends the
    process, and where Pillow 13 garbles an uncompressed TIFF that has to be turned.
    """
    brand = containers.brand_of(stream)
    try:
        with Pillow.open(stream, formats=containers.formats(brand)) as handle:
            notes = containers.choose_picture(handle, path)
            _check_sides(handle.size, path, limits)
            return _decode(handle, notes)
    except UnidentifiedImageError as error:
        if brand:
            raise containers.unsupported(path, brand) from error
        raise
    except OSError as error:
        stream.seek(0)
        return _read_bitmap(stream, path, limits, error)


def _read_bitmap(stream: IO[bytes], path: str, limits: Limits, error: OSError) -> LoadedImage:
    """A bitmap of a kind that the old Pillow lacks. Raises ``error``, which is Pillow's, for every other file."""
    size = containers.bitmap_size(stream)
    if size is None:
        raise error
    _check_sides(size, path, limits)
    pixels = containers.decode_bitmap(stream)
    if pixels is None:
        raise error
    return LoadedImage(pixels, ())


def _check_file(path: str, limits: Limits) -> None:
    if os.path.isdir(path):
        if not os.access(path, os.R_OK | os.X_OK):
            raise ImageError("{} is a folder that this user cannot read".format(path), "access", code="unreadable")
        raise ImageError("{} is a folder".format(path), "an image file", code="not-an-image")
    if not os.path.lexists(path):
        raise ImageError("{} does not exist".format(path), "an image file", code="missing")
    if not os.path.exists(path):
        raise ImageError("{} is a broken link".format(path), "an image file", code="missing")
    if not os.path.isfile(path):
        raise ImageError("{} is not a regular file".format(path), "an image file", code="not-an-image")
    if not os.access(path, os.R_OK):
        raise ImageError("{} cannot be read by this user".format(path), "read permission", code="unreadable")
    _check_size(path, os.path.getsize(path), limits)


def _check_size(path: str, size: int, limits: Limits) -> None:
    if size == 0:
        raise ImageError("{} is empty (0 bytes)".format(path), "an image file", code="empty")
    if size > limits.max_bytes:
        raise _too_large(path, "{:,} bytes".format(size), limits)


def _check_sides(size: Tuple[int, int], path: str, limits: Limits) -> None:
    width, height = size
    if width * height > limits.max_pixels:
        raise _too_large(path, "{} x {} pixels".format(width, height), limits)
    if min(width, height) < limits.min_side:
        found = "{} is {} x {} pixels".format(path, width, height)
        raise ImageError(found, "at least {0} x {0}".format(limits.min_side), code="too-small")


def _too_large(path: str, what: str, limits: Limits) -> ImageError:
    expected = "at most {:,} pixels and {:,} bytes".format(limits.max_pixels, limits.max_bytes)
    return ImageError("{}: {}".format(path, what), expected, "raise --max-pixels to allow it", code="too-large")


def _broken(path: str, error: Exception) -> ImageError:
    if isinstance(error, PermissionError):
        return ImageError("{} cannot be read by this user".format(path), "read permission", code="unreadable")
    if isinstance(error, FileNotFoundError):
        return ImageError("{} does not exist".format(path), "an image file", code="missing")
    if isinstance(error, UnidentifiedImageError):
        return ImageError("{} is not an image".format(path), "one of " + " ".join(EXTENSIONS), code="not-an-image")
    found = "{} cannot be decoded: {}".format(path, error)
    return ImageError(found, "a whole image file", "copy it again from its source", code="truncated")


def _decode(handle: Any, notes: List[str]) -> LoadedImage:
    is_tiff = handle.format == "TIFF"
    turn = _orientation(handle, notes) if is_tiff else _UPRIGHT  # before the pixels: Pillow drops the tag with them
    handle.load()
    pixels = _to_uint8(handle, notes)
    if not is_tiff:
        turn = _orientation(handle, notes)  # after the pixels: in a PNG it may follow them
        pixels = _TURNS[turn](pixels)
    if turn != _UPRIGHT:
        notes.append("exif-rotated")  # a TIFF is turned by Pillow
    return LoadedImage(np.ascontiguousarray(pixels), tuple(notes))


def _orientation(handle: Any, notes: List[str]) -> int:
    """1 to 8; 1 for other values. Damaged EXIF data next to sound pixels are a note, not an error."""
    try:
        found = int(handle.getexif().get(_EXIF_ORIENTATION, _UPRIGHT))
    except Exception:  # Pillow's parsers raise exceptions of many classes
        notes.append("exif-unreadable")
        return _UPRIGHT
    return found if found in _TURNS else _UPRIGHT


def _to_uint8(handle: Any, notes: List[str]) -> Image:
    """uint8 pixels in OpenCV's order of channels."""
    mode = handle.mode
    if mode in _SIXTEEN_BIT:
        notes.append("from-16-bit")
        return _from_sixteen_bit(np.asarray(handle))
    if mode == "L":
        return np.asarray(handle)
    if mode == "1":
        return np.asarray(handle.convert("L"))
    if mode == "LAB":
        notes.append("from-lab")
        return containers.lab_to_bgr(np.asarray(handle))
    if _is_transparent(handle):
        notes.append("laid-on-white")
        handle = _on_white(handle)
    elif mode not in ("RGB", "P"):
        notes.append("from-" + mode.lower())
    return np.asarray(handle.convert("RGB"))[:, :, ::-1]


def _from_sixteen_bit(values: np.ndarray) -> Image:
    """0..65535 scaled to 0..255 (65535 / 255 = 257), whatever range the image uses."""
    return np.asarray(np.clip(values.astype(np.float64) / 257.0 + 0.5, 0, 255), dtype=np.uint8)


def _is_transparent(handle: Any) -> bool:
    return handle.mode in ("RGBA", "LA", "PA") or "transparency" in handle.info


def _on_white(handle: Any) -> Any:
    over = handle.convert("RGBA")
    white = Pillow.new("RGBA", over.size, (255, 255, 255, 255))
    return Pillow.alpha_composite(white, over)
