"""Each hostile image gets its own clear error; each unusual but sound one is read and says what was done to it."""

import os
import struct
import sys
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from ocr_app.core.errors import ImageError
from ocr_app.imaging.load import Limits, load_image


def save(path, mode="RGB", size=(40, 20), colour=None, **options):
    Pillow.new(mode, size, colour).save(str(path), **options)
    return str(path)


def code_of(path, **limits):
    with pytest.raises(ImageError) as caught:
        load_image(str(path), Limits(**limits))
    assert str(path) in caught.value.found
    assert caught.value.exit_code == 3
    return caught.value.code


def test_missing_file(tmp_path):
    assert code_of(tmp_path / "nothing.png") == "missing"


def test_link_to_nothing(tmp_path):
    link = tmp_path / "link.png"
    link.symlink_to(tmp_path / "gone.png")
    assert code_of(link) == "missing"


def test_folder(tmp_path):
    assert code_of(tmp_path) == "not-an-image"


def test_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(str(tmp_path / "pipe.png"))
    assert code_of(tmp_path / "pipe.png") == "not-an-image"


def test_zero_bytes(tmp_path):
    (tmp_path / "zero.jpg").write_bytes(b"")
    assert code_of(tmp_path / "zero.jpg") == "empty"


def test_text_with_an_image_name(tmp_path):
    (tmp_path / "text.png").write_text("this is no picture")
    assert code_of(tmp_path / "text.png") == "not-an-image"


@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "bmp"])
def test_truncated(tmp_path, kind):
    noise = np.random.RandomState(0).randint(0, 255, (80, 120, 3), np.uint8)
    whole = tmp_path / ("whole." + kind)
    Pillow.fromarray(noise).save(str(whole))
    cut = tmp_path / ("cut." + kind)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert code_of(cut) == "truncated"


def test_png_with_a_damaged_middle(tmp_path):
    path = tmp_path / "damaged.png"
    Pillow.fromarray(np.random.RandomState(0).randint(0, 255, (80, 120, 3), np.uint8)).save(str(path))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    path.write_bytes(bytes(data))
    assert code_of(path) == "truncated"


def test_one_pixel(tmp_path):
    assert code_of(save(tmp_path / "one.png", size=(1, 1))) == "too-small"
    assert load_image(str(tmp_path / "one.png"), Limits(min_side=1)).pixels.shape == (1, 1, 3)


def png_claiming(width, height):
    """A tiny PNG whose header announces width x height grey pixels (PNG specification, 11.2.2)."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data) & 0xFFFFFFFF)

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def test_decompression_bomb_is_refused_by_its_header(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(20000, 20000))
    assert code_of(path) == "too-large"


def test_real_bomb_is_never_decoded(tmp_path):
    import resource

    path = save(tmp_path / "bomb.png", mode="1", size=(20000, 20000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(path) == "too-large"
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024.0
    assert grown_mb < 100  # 20,000 x 20,000 grey pixels would be 400 MB


def test_too_many_bytes(tmp_path):
    assert code_of(save(tmp_path / "big.bmp", size=(100, 100)), max_bytes=1000) == "too-large"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission_for_a_user(tmp_path):
    path = save(tmp_path / "secret.png")
    os.chmod(path, 0)
    assert code_of(path) == "unreadable"


def test_no_permission(tmp_path, monkeypatch):
    """As root every file is readable, so the system's answer is put in its place."""
    path = save(tmp_path / "secret.png")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert code_of(path) == "unreadable"


@pytest.mark.skipif(sys.platform != "linux", reason="uses setuid in a child")
def test_no_permission_as_another_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; the user's own case is tested above")
    path = save(tmp_path / "secret.png")
    os.chmod(path, 0)
    os.chmod(str(tmp_path), 0o755)
    child = os.fork()
    if child == 0:  # pragma: no cover - runs in the child
        os.setuid(65534)
        try:
            load_image(path)
        except ImageError as error:
            os._exit(0 if error.code in ("unreadable", "missing") else 2)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("kind", ["gif", "png", "tif", "webp"])
def test_animated(tmp_path, kind):
    path = tmp_path / ("moving." + kind)
    frames = [Pillow.new("RGB", (40, 20), (level, 0, 0)) for level in (10, 200)]
    frames[0].save(str(path), save_all=True, append_images=frames[1:], duration=100)
    assert code_of(path) == "animated"


def test_cmyk_is_converted(tmp_path):
    loaded = load_image(save(tmp_path / "cmyk.jpg", mode="CMYK", colour=(0, 255, 255, 0)))
    assert loaded.notes == ("from-cmyk",)
    blue, green, red = loaded.pixels.reshape(-1, 3).mean(axis=0)
    assert red > 200 and green < 60 and blue < 60


def test_sixteen_bit_is_scaled_over_its_full_range(tmp_path):
    values = np.linspace(0, 65535, 400).astype(np.uint16).reshape(20, 20)
    Pillow.fromarray(values).save(str(tmp_path / "deep.png"))
    loaded = load_image(str(tmp_path / "deep.png"))
    assert loaded.notes == ("from-16-bit",)
    assert loaded.pixels.dtype == np.uint8
    assert (loaded.pixels.min(), loaded.pixels.max()) == (0, 255)


def test_exif_rotation_is_applied(tmp_path):
    upright = np.zeros((20, 40, 3), np.uint8)
    upright[:, :20] = 255
    exif = Pillow.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter to the right
    Pillow.fromarray(upright).save(str(tmp_path / "turned.jpg"), exif=exif, quality=95)
    loaded = load_image(str(tmp_path / "turned.jpg"))
    assert loaded.notes == ("exif-rotated",)
    assert loaded.pixels.shape == (40, 20, 3)
    assert loaded.pixels[:18].mean() > 250 and loaded.pixels[22:].mean() < 5


def test_transparent_is_laid_on_white(tmp_path):
    loaded = load_image(save(tmp_path / "clear.png", mode="RGBA", colour=(0, 0, 0, 0)))
    assert loaded.notes == ("laid-on-white",)
    assert loaded.pixels.min() == 255


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGB"])
def test_ordinary_modes_need_no_note(tmp_path, mode):
    loaded = load_image(save(tmp_path / "plain.png", mode=mode))
    assert loaded.notes == ()
    assert loaded.pixels.shape[:2] == (20, 40)
    assert loaded.pixels.flags["C_CONTIGUOUS"]


def test_colours_come_in_opencv_order(tmp_path):
    loaded = load_image(save(tmp_path / "red.png", colour=(255, 0, 0)))
    assert loaded.pixels[0, 0].tolist() == [0, 0, 255]


def corner_image(width=40, height=20):
    """Black, with a white patch in the corner that is the top left one when the image is shown upright."""
    pixels = np.zeros((height, width), np.uint8)
    pixels[: height // 2, : width // 2] = 255
    return pixels


STORED = {  # how an upright image is stored under each orientation of EXIF (Exif 2.32, 4.6.4 A)
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: np.rot90,
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", sorted(STORED))
@pytest.mark.parametrize("kind", ["jpg", "png", "tif", "webp"])
def test_every_orientation_of_every_format_is_shown_upright(tmp_path, kind, orientation):
    path = str(tmp_path / ("turned." + kind))
    stored = Pillow.fromarray(np.ascontiguousarray(STORED[orientation](corner_image())))
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    options = {"tiffinfo": {0x0112: orientation}} if kind == "tif" else {"exif": exif.tobytes(), "quality": 95}
    stored.save(path, **options)
    loaded = load_image(path)
    grey = loaded.pixels if loaded.pixels.ndim == 2 else loaded.pixels[:, :, 0]
    assert np.abs(grey.astype(int) - corner_image()).mean() < 8
    assert loaded.notes == (("exif-rotated",) if orientation != 1 else ())


@pytest.mark.parametrize("mode", ["L", "RGB", "1", "P", "RGBA", "CMYK", "I;16", "F"])
@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_every_tiff_of_one_page_is_read(tmp_path, mode, compression):
    path = str(tmp_path / "one.tif")
    Pillow.new(mode, (40, 20)).save(path, compression=compression)
    assert load_image(path).pixels.shape[:2] == (20, 40)


def test_damaged_exif_next_to_sound_pixels_is_a_note(tmp_path, monkeypatch):
    path = save(tmp_path / "odd.png", colour=(255, 0, 0))

    def fail(self):
        raise SyntaxError("not a TIFF file")

    monkeypatch.setattr(Pillow.Image, "getexif", fail)
    assert load_image(path).notes == ("exif-unreadable",)
