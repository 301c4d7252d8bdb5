"""Writes the data set nano-codes: camera frames of production codes with their ground truth.

python -m training.make_nano_codes --out data/nano-codes-100 --seed 2025 --count 100
python -m training.make_nano_codes --out build/nano-codes-unseen-300 --seed 4711 --count 300 --unseen

With ``--unseen``, the typefaces and surfaces are those that no training uses (``use = "test"`` in fonts.toml and
``substrate.UNSEEN_SURFACES``).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from training.render import fonts, optics, scene, spec
from training.render.fonts import EMBEDDED, FontError
from training.render.seeds import stream
from training.render.substrate import SURFACES, UNSEEN_SURFACES

VERSION = "1"  # of the generator; raise it with every change of pixels or texts
MAX_BYTES = 19_800  # of one image, so that 100 stay below 2 MB


def frame(
    seed: int, index: int, typefaces: tuple[str, ...] = (EMBEDDED,), surfaces: tuple[str, ...] = SURFACES
) -> scene.Frame:
    """Frame ``index`` of the set: (600, 800, 3) pixels and their ground truth; the typefaces are used in turn."""
    wanted = spec.balanced(index, stream(seed, index, "spec"), surfaces)
    return scene.render(wanted, seed, index, typefaces[index % len(typefaces)])


def entry(index: int, made: scene.Frame) -> dict[str, Any]:
    """The manifest's record of one frame; quads are rounded to 0.01 px."""
    return {
        "id": f"{index:03d}",
        "image": f"images/{index:03d}.jpg",
        "code": made.code,
        "lines": [{"text": line.text, "quad": line.quad.round(2).tolist()} for line in made.lines],
        "box": list(made.box),
        "tags": made.tags,
    }


def manifest(name: str, seed: int, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The whole manifest, format nano-codes/1."""
    return {
        "format": "nano-codes/1",
        "name": name,
        "licence": "CC0-1.0",
        "generator": {"module": "training.make_nano_codes", "seed": seed, "version": VERSION},
        "images": entries,
    }


def thesis_form(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The same ground truth in the form of the thesis: number -> img_path, code, box."""
    return {str(i): {"img_path": e["image"], "code": e["code"], "box": e["box"]} for i, e in enumerate(entries)}


def write(
    out: Path,
    seed: int,
    count: int,
    typefaces: tuple[str, ...] = (EMBEDDED,),
    surfaces: tuple[str, ...] = SURFACES,
    max_bytes: int = MAX_BYTES,
) -> list[dict[str, Any]]:
    """Render the set into ``out`` (images/, manifest.json, dataset.json) and return the entries.

    Raises:
        ValueError: a frame does not fit into ``max_bytes``, or the seed is negative.
    """
    (out / "images").mkdir(parents=True, exist_ok=True)
    entries = []
    for index in range(count):
        made = frame(seed, index, typefaces, surfaces)
        entries.append(entry(index, made))
        (out / entries[-1]["image"]).write_bytes(optics.jpeg(made.pixels, max_bytes)[0])
        _progress(index + 1, count)
    _dump(out / "manifest.json", manifest(out.resolve().name, seed, entries))
    _dump(out / "dataset.json", thesis_form(entries))
    return entries


def _dump(path: Path, data: dict[str, Any]) -> None:
    path.write_text(pretty(data) + "\n", encoding="utf-8")


def pretty(data: Any, depth: int = 0) -> str:
    """JSON with one line per leaf record and per list of numbers, so that a diff shows single images."""
    flat = json.dumps(data, ensure_ascii=False)
    if not isinstance(data, (dict, list)) or len(flat) + 2 * depth <= 116:
        return flat
    pad, end = "  " * (depth + 1), "  " * depth
    if isinstance(data, dict):
        rows = [f"{pad}{json.dumps(k, ensure_ascii=False)}: {pretty(v, depth + 1)}" for k, v in data.items()]
        return "{\n" + ",\n".join(rows) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + pretty(v, depth + 1) for v in data) + f"\n{end}]"


def _progress(done: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done}/{count} images", end="\n" if done == count else "", file=sys.stderr, flush=True)


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{value} is not in 1..1000")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{value} is negative")
    return value


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="python -m training.make_nano_codes", description="Write the data set nano-codes."
    )
    made.add_argument("--out", type=Path, required=True, help="folder to write; its name is the set's name")
    made.add_argument("--seed", type=_seed, default=2025, help="of the set (default %(default)s)")
    made.add_argument("--count", type=_count, default=100, help="number of images, 1..1000 (default %(default)s)")
    made.add_argument("--font", default=EMBEDDED, help="typeface from fonts.toml (default: Pillow's %(default)s one)")
    made.add_argument("--unseen", action="store_true", help="typefaces and surfaces that no training uses")
    made.add_argument("--max-bytes", type=int, default=MAX_BYTES, help="of one JPEG file (default %(default)s)")
    return made


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0 on success, 2 for a bad argument."""
    args = parser().parse_args(argv)
    try:
        typefaces = fonts.names("test") if args.unseen else (args.font,)
        surfaces = UNSEEN_SURFACES if args.unseen else SURFACES
        write(args.out, args.seed, args.count, typefaces, surfaces, args.max_bytes)
    except (FontError, ValueError) as error:
        print(f"make_nano_codes: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
