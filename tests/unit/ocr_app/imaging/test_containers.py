"""Of a container with several pictures the photograph is read; a format without a decoder is named."""

import struct

import pytest
from PIL import Image as Pillow

from ocr_app.core.errors import ImageError
from ocr_app.imaging.load import load_image


def jpeg(tmp_path, colour, size=(48, 32)):
    path = tmp_path / "part.jpg"
    Pillow.new("RGB", size, colour).save(str(path), quality=95)
    return path.read_bytes()


def mpo(tmp_path):
    """A photograph and its preview, as phones write them (CIPA DC-007, section 5): an index in APP2 of the first."""
    first, second = jpeg(tmp_path, (255, 0, 0)), jpeg(tmp_path, (0, 0, 255), (24, 16))

    def index(first_size, second_at):
        entries = struct.pack("<IIIHH", 0x20030000, first_size, 0, 0, 0)
        entries += struct.pack("<IIIHH", 0x00010001, len(second), second_at, 0, 0)
        tags = struct.pack("<HHI4s", 0xB000, 7, 4, b"0100") + struct.pack("<HHII", 0xB001, 4, 1, 2)
        tags += struct.pack("<HHII", 0xB002, 7, len(entries), 8 + 2 + 36 + 4)
        body = b"MPF\0" + b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 3) + tags + struct.pack("<I", 0) + entries
        return b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body

    size = len(first) + len(index(0, 0))
    tiff_head_at = 2 + 4 + 4
    path = tmp_path / "phone.jpg"
    path.write_bytes(first[:2] + index(size, size - tiff_head_at) + first[2:] + second)
    return str(path)


def test_the_photograph_of_a_phone_is_read(tmp_path):
    path = mpo(tmp_path)
    with Pillow.open(path) as handle:
        assert (handle.format, handle.n_frames) == ("MPO", 2)
    loaded = load_image(path)
    assert loaded.pixels.shape == (32, 48, 3) and loaded.pixels[0, 0].tolist()[2] > 250
    assert loaded.notes == ("primary-picture",)


def pages(tmp_path, *kinds):
    """A TIFF with a page of each kind (NewSubfileType); the heights and levels of its pages count upwards."""
    data, link_at = bytearray(b"II*\0" + bytes(4)), 4
    for number, kind in enumerate(kinds):
        height, width = 16 + number, 32
        pixels_at = len(data)
        data += bytes([50 * number]) * (height * width)
        data[link_at : link_at + 4] = struct.pack("<I", len(data))
        tags = [(254, kind), (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, pixels_at)]
        tags += [(277, 1), (278, height), (279, height * width)]
        data += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        link_at = len(data)
        data += bytes(4)
    path = tmp_path / "pages.tif"
    path.write_bytes(bytes(data))
    return str(path)


@pytest.mark.parametrize("kinds,whole", [((0, 1), 0), ((1, 0), 1), ((0, 4), 0), ((1, 1, 0), 2)])
def test_previews_and_masks_of_a_tiff_do_not_count(tmp_path, kinds, whole):
    loaded = load_image(pages(tmp_path, *kinds))
    assert loaded.notes == ("primary-picture",)
    assert loaded.pixels.shape == (16 + whole, 32) and loaded.pixels[0, 0] == 50 * whole


@pytest.mark.parametrize("kinds", [(0, 0), (0, 1, 0)])
def test_several_pages_are_refused_with_their_number(tmp_path, kinds):
    with pytest.raises(ImageError) as caught:
        load_image(pages(tmp_path, *kinds))
    assert caught.value.code == "animated"
    assert "{} pages".format(len(kinds)) in caught.value.found


@pytest.mark.parametrize("brand,named", [(b"heic", "HEIC"), (b"mif1", "HEIF"), (b"avif", "AVIF")])
def test_a_format_without_a_decoder_is_named_and_the_way_out_too(tmp_path, brand, named):
    path = tmp_path / "phone.heic"
    path.write_bytes(b"\0\0\0\x18ftyp" + brand + bytes(400))
    with pytest.raises(ImageError) as caught:
        load_image(str(path))
    if caught.value.code == "truncated":
        pytest.skip("this Python has a decoder for {}".format(named))
    assert caught.value.code == "unsupported"
    assert named in caught.value.found and "JPEG" in caught.value.next_step


def bitmap(tmp_path, bits, compression, palette, body, width=8, height=8):
    """A Windows bitmap (BITMAPINFOHEADER) with this compression: 1 run lengths of 8 bits, 3 masks."""
    at = 14 + 40 + len(palette)
    head = b"BM" + struct.pack("<IHHI", at + len(body), 0, 0, at)
    colours = len(palette) // 4 if bits == 8 else 0
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(body), 0, 0, colours, 0)
    path = tmp_path / "kind.bmp"
    path.write_bytes(head + info + palette + body)
    return str(path)


def test_a_bitmap_of_run_lengths_is_read_on_every_python(tmp_path):
    palette = b"".join(bytes([level, level, level, 0]) for level in range(0, 256, 16))
    rows = b"".join(bytes([4, row, 4, 15, 0, 0]) for row in range(8)) + b"\0\1"
    pixels = load_image(bitmap(tmp_path, 8, 1, palette, rows)).pixels
    assert pixels.shape == (8, 8, 3)
    assert pixels[:, 0, 0].tolist() == [row * 16 for row in range(7, -1, -1)] and pixels[0, 7, 0] == 240


def test_a_bitmap_that_is_cut_short_or_too_large_is_refused(tmp_path):
    with pytest.raises(ImageError) as caught:
        load_image(bitmap(tmp_path, 8, 1, bytes(64), b"", 30000, 30000))
    assert caught.value.code == "too-large"
    with pytest.raises(ImageError) as caught:
        load_image(bitmap(tmp_path, 8, 77, bytes(64), b""))
    assert caught.value.code == "truncated"


@pytest.mark.parametrize(
    "lab,bgr", [((255, 0, 0), (255, 255, 255)), ((0, 0, 0), (0, 0, 0)), ((135, 80, 67), (0, 0, 252))]
)
def test_lab_colours_are_read_on_every_python(tmp_path, lab, bgr):
    path = str(tmp_path / "lab.tif")
    Pillow.frombytes("LAB", (16, 16), bytes(lab) * 256).save(path)
    loaded = load_image(path)
    assert loaded.notes == ("from-lab",)
    assert max(abs(int(a) - b) for a, b in zip(loaded.pixels[0, 0], bgr)) < 12


@pytest.mark.parametrize(
    "name,data", [("page.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), ("x.tga", bytes(400))]
)
def test_other_decoders_of_pillow_are_never_tried(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageError) as caught:
        load_image(str(tmp_path / name))
    assert caught.value.code == "not-an-image"
