"""Packs the pools of a training into one small file, to carry them to a machine with a GPU, and unpacks them there.

    python -m training.recogniser.packed make --config CONFIG --folder build/recogniser-pool --file build/lines.zip
    python -m training.recogniser.packed unpack --file build/lines.zip --folder build/recogniser-pool

The pixels are stored as JPEG, which costs what a camera's file costs. A shard of every pool in turn is taken until the
file is as large as it may be; train with ``--as-packed``, which is content with the shards that are there.
"""

from __future__ import annotations

import argparse
import io
import json
import zipfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.recogniser import pool
from training.recogniser.lines import HEIGHT, Crop
from training.toml import load_toml

_QUALITY = 70
_ROW = 8192  # pixels of a shard's strip that stand side by side in the picture
_LARGEST_MB = 58.0


def picture_of(strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A strip (32, W) cut into rows one below the other, for a picture cannot be as wide as a shard."""
    rows = -(-strip.shape[1] // _ROW)
    padded = np.zeros((HEIGHT, rows * _ROW), np.uint8)
    padded[:, : strip.shape[1]] = strip
    return np.ascontiguousarray(padded.reshape(HEIGHT, rows, _ROW).transpose(1, 0, 2).reshape(-1, _ROW))


def strip_of(picture: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """The strip that was cut into rows."""
    rows = picture.reshape(-1, HEIGHT, _ROW).transpose(1, 0, 2)
    return np.ascontiguousarray(rows.reshape(HEIGHT, -1)[:, :width])


def packed(folder: Path, name: str, shard: int) -> bytes:
    """One shard: a zip with the picture and what is known of its lines."""
    plain, cased = (pool.load(folder, name, shard, cased) for cased in (False, True))
    _, data = cv2.imencode(".jpg", picture_of(plain.pixels), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    words = {"starts": plain.starts.tolist(), "texts": plain.texts, "shown": cased.texts, "kinds": plain.kinds}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lines.jpg", data.tobytes(), zipfile.ZIP_STORED)
        archive.writestr("lines.json", json.dumps(words))
    return buffer.getvalue()


def crops(data: bytes) -> list[Crop]:
    """The lines of a packed shard."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        words = json.loads(archive.read("lines.json"))
        picture = cv2.imdecode(np.frombuffer(archive.read("lines.jpg"), np.uint8), cv2.IMREAD_GRAYSCALE)
    strip = strip_of(np.asarray(picture, dtype=np.uint8), words["starts"][-1])
    ends = zip(words["starts"], words["starts"][1:], strict=False)
    rows = zip(ends, words["texts"], words["shown"], words["kinds"], strict=True)
    return [Crop(strip[:, start:end], text, shown, kind) for (start, end), text, shown, kind in rows]


def shards(config: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """The pools and shards of a configuration that exist: those of the checks, then one of each pool in turn."""
    data = load_toml(config)
    check = data["check"]
    yield from ((str(check["seed"]), shard) for shard in range(check["shards"]))
    yield from ((name, 0) for name in check.get("real", ()))
    names = list(dict.fromkeys(str(row["seed"]) for stage in data["stage"] for row in stage["pool"]))
    there = [sorted(int(path.stem) for path in (folder / name).glob("*.npz")) for name in names]
    for turn in zip_longest(*there):
        yield from ((name, shard) for name, shard in zip(names, turn, strict=True) if shard is not None)


def make(config: Path, folder: Path, file: Path, largest: float = _LARGEST_MB) -> int:
    """Write the file, of at most ``largest`` MB; returns the number of its shards."""
    size, count = 0, 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, shard in shards(config, folder):
            data = packed(folder, name, shard)
            if size + len(data) > largest * 1e6:
                break
            archive.writestr(f"{name}/{shard:05d}.zip", data)
            size, count = size + len(data), count + 1
    return count


def unpack(file: Path, folder: Path) -> int:
    """Write the shards of the file as pools; returns their number."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            name, _, shard = member.removesuffix(".zip").partition("/")
            pool.save(pool.path(folder, name, int(shard)), crops(archive.read(member)))
        return len(archive.namelist())


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("make", "unpack"):
        command = commands.add_parser(name)
        command.add_argument("--file", type=Path, required=True)
        command.add_argument("--folder", type=Path, required=True)
    commands.choices["make"].add_argument("--config", type=Path, required=True)
    commands.choices["make"].add_argument("--largest-mb", type=float, default=_LARGEST_MB)
    wanted = parser.parse_args(arguments)
    if wanted.command == "make":
        count = make(wanted.config, wanted.folder, wanted.file, wanted.largest_mb)
        print(f"{wanted.file.name}: {count} shards, {wanted.file.stat().st_size / 1e6:.1f} MB")
    else:
        print(f"{unpack(wanted.file, wanted.folder)} shards")


if __name__ == "__main__":
    main()
