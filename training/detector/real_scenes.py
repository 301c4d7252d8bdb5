"""Scenes for the detector from real pictures: photographs with their teachers' labels, receipts, codes on photographs.

python -m training.detector.real_scenes --kind photographs --group medicine --seed 60 --out build/detector-pool

Each kind makes shards as ``training.detector.pool`` does. Held-out pictures make the shards of ``--held-out``.
"""

from __future__ import annotations

import argparse
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import grow, sides
from training.detector import packaging, pool, scenes
from training.detector.packaging import Sheet
from training.detector.scenes import Scene, stack
from training.real import photographs, teacher
from training.real.teacher import TeacherLine
from training.render.seeds import chance, stream

PAGES = photographs.FOLDER.parent / "receipts"
_TEACHER_EDGE = 0.12  # by this the teacher's quads are wider than the print on each side, in heights of the quad
_PAGE_EDGE = 0.07  # the same for the quads of receipts
_SURE, _LIKELY = 0.8, 0.6  # confidence above which a text of any length, and one of three characters, is a line
_SEEN = 40  # of 255; cells that the teacher's map marks more strongly than this are text, whether read or not
_HALF_SEEN = ("metal",)  # groups in which the teachers miss much, because the marks are turned by quarters or faint
_DIGITS = 3  # in the shortest code
_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_CODE = re.compile(
    rf"\d{{1,4}}\s?[./\- ]\s?\d{{1,2}}\s?[./\-: ]\s?\d{{2,4}}|\d{{0,2}}\s?[./\- ]?({_MONTHS})[A-Z]*\s?[./\- ]?\d{{2,4}}"
    r"|\b\d{1,2}[./-](19|20)\d{2}\b|(EXP|LOT|BATCH|MFG|MFD|BEST|BBE|BB|SN|S/N)\b.*\d{2}|\b(?=[A-Z]*\d)[A-Z\d]{8,}\b"
)


def code_of(text: str) -> bool | None:
    """Whether a text looks like a code: a date, a lot, a serial number. False without digits, None in between."""
    digits = sum(character.isdigit() for character in text)
    if digits == 0:
        return False
    if digits >= _DIGITS and _CODE.search(text.upper()):
        return True
    return None


def photograph_scene(image: NDArray[np.uint8], lines: list[TeacherLine], seen: NDArray[np.uint8]) -> Scene:
    """A photograph with what the teachers are sure of; what they are not sure of is ignored."""
    sorted_quads: dict[bool | None, list[NDArray[np.float64]]] = {True: [], False: [], None: []}
    unsure = []
    for line in lines:
        quad = line.corners()
        tight = grow(quad, -_TEACHER_EDGE * sides(quad)[1]).astype(np.float64)
        if _is_sure(line):
            sorted_quads[code_of(line.small_text)].append(tight)
        else:
            unsure.append(quad.astype(np.float64))
    unsure += _unread(seen, [line.corners() for line in lines])
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    codes, words, texts = sorted_quads[True], sorted_quads[False], sorted_quads[None]
    return Scene(grey, stack(codes), stack(unsure), stack(words), stack(texts))


def _is_sure(line: TeacherLine) -> bool:
    text = line.small_text.replace(" ", "")
    if len(text) > 2 and len(set(text)) == 1:
        return False  # the bars of a bar code, read as letters
    return line.small_conf >= (_LIKELY if len(text) >= 3 else _SURE) and len(text) >= 2


def _unread(seen: NDArray[np.uint8], quads: list[NDArray[np.float32]]) -> list[NDArray[np.float64]]:
    """Quads round the marks of the teacher's map that no line explains, in pixels of the picture."""
    marks = (seen > _SEEN).astype(np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(marks, np.rint(quad / teacher.REDUCTION).astype(np.int32), 0)
    contours = cv2.findContours(marks, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[-2]
    boxes = [cv2.boxPoints(cv2.minAreaRect(contour)) for contour in contours if len(contour) > 2]
    return [grow(box.astype(np.float32), 1.0).astype(np.float64) * teacher.REDUCTION for box in boxes]


def photographs_of(group: str, taught: Path, held_out: bool) -> Iterator[Scene]:
    """The photographs of a group that the teachers have seen."""
    known = teacher.read(taught, group)
    chosen = [p for p in photographs.catalogue(group) if p.held_out == held_out and p.member in known]
    for photograph, image in photographs.pictures(chosen):
        seen = cv2.imread(str(teacher.map_path(taught, group, photograph.member)), cv2.IMREAD_GRAYSCALE)
        if seen is None:
            raise FileNotFoundError(f"{photograph.member}: the teacher's map is missing")
        scene = photograph_scene(image, known[photograph.member], np.asarray(seen, np.uint8))
        yield nothing_elsewhere(scene) if group in _HALF_SEEN else scene


def nothing_elsewhere(scene: Scene) -> Scene:
    """The scene with only its lines known: what is around them may be text that the teachers missed."""
    h, w = scene.grey.shape
    return replace(scene, unsure=np.array([[[0, 0], [w, 0], [w, h], [0, h]]], np.float32))


def pages(held_out: bool, folder: Path = PAGES) -> Iterator[Scene]:
    """Whole receipts; every tenth is held out."""
    data = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    archives: dict[str, zipfile.ZipFile] = {}
    for index, (member, record) in enumerate(sorted(data.items())):
        if (index % 10 == 0) == held_out:
            shard = str(record["shard"])
            archive = archives.setdefault(shard, zipfile.ZipFile(folder / shard))
            grey = cv2.imdecode(np.frombuffer(archive.read(member), np.uint8), cv2.IMREAD_GRAYSCALE)
            yield page_scene(np.asarray(grey, np.uint8), record["lines"])


def page_scene(grey: NDArray[np.uint8], lines: list[dict[str, object]]) -> Scene:
    """A receipt with its labels; lines whose label is doubtful are ignored."""
    sorted_quads: dict[bool | None, list[NDArray[np.float64]]] = {True: [], False: [], None: []}
    unsure = []
    for line in lines:
        quad = np.asarray(line["quad"], np.float32)
        cer = line["cer"]
        if isinstance(cer, (int, float)) and cer > 0.5:
            unsure.append(quad.astype(np.float64))
            continue
        tight = grow(quad, -_PAGE_EDGE * sides(quad)[1]).astype(np.float64)
        sorted_quads[code_of(str(line["text"]))].append(tight)
    codes, words, texts = sorted_quads[True], sorted_quads[False], sorted_quads[None]
    return Scene(grey, stack(codes), stack(unsure), stack(words), stack(texts))


def printed_on(scene: Scene, rng: np.random.Generator) -> Scene:
    """A photograph, turned a little, with drawn codes printed where it shows no text."""
    h, w = scene.grey.shape
    scale = scenes.SIDE / min(h, w) if min(h, w) < scenes.SIDE else 1.0
    angle = scenes.turn_angle(rng, (0.5, 0.9), 0.05, 0.4)
    view = cv2.getRotationMatrix2D((w / 2, h / 2), float(np.degrees(angle)), scale)
    size = (round(w * scale), round(h * scale))
    view[:, 2] += (np.array(size) - (w, h)) / 2
    grey = cv2.warpAffine(scene.grey, view, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    moved = [
        [q @ view[:, :2].T + view[:, 2] for q in quads]
        for quads in (scene.lines, scene.unsure, scene.words, scene.texts)
    ]
    taken = np.zeros(grey.shape, np.uint8)
    for quad in (quad for quads in moved for quad in quads):
        if cv2.contourArea(quad.astype(np.float32)) < 0.5 * grey.size:  # the whole frame may be unsure
            cv2.fillConvexPoly(taken, np.rint(quad).astype(np.int32), 1)
    made = Sheet(grey.astype(np.float32), taken, faint=chance(rng, 0.7))
    packaging.print_codes(made, rng, int(rng.integers(1, 4)), (9.0, 60.0))
    pixels = np.clip(np.rint(made.grey), 0, 255).astype(np.uint8)
    lines, unsure, words, texts = moved
    return Scene(
        pixels, stack(lines + made.lines), stack(unsure + made.unsure), stack(words), stack(texts + made.texts)
    )


def printed(groups: tuple[str, ...], taught: Path, held_out: bool, seed: int) -> Iterator[Scene]:
    """Codes on the photographs of several groups."""
    for group in groups:
        for index, scene in enumerate(photographs_of(group, taught, held_out)):
            yield printed_on(scene, stream(seed, index, group))


def make(drawn: Iterator[Scene], folder: Path, seed: int) -> int:
    """Write all scenes as the shards of ``seed``, the last one smaller; return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting: list[Scene] = []
    count = 0
    for scene in drawn:
        waiting.append(scene)
        if len(waiting) == pool.SHARD:
            pool.write(pool.shard_path(folder, seed, count), waiting)
            count, waiting = count + 1, []
    if waiting:
        pool.write(pool.shard_path(folder, seed, count), waiting)
        count += 1
    print(f"seed {seed}: {count} shards", flush=True)
    return count


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=("photographs", "pages", "printed"), required=True)
    parser.add_argument("--group", nargs="+", choices=photographs.GROUPS, default=list(photographs.GROUPS))
    parser.add_argument("--teacher", type=Path, default=Path("build/teacher"))
    parser.add_argument("--out", type=Path, default=Path("build/detector-pool"))
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--held-out", action="store_true")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    if wanted.kind == "pages":
        drawn = pages(wanted.held_out)
    elif wanted.kind == "printed":
        drawn = printed(tuple(wanted.group), wanted.teacher, wanted.held_out, wanted.seed)
    else:
        drawn = (s for group in wanted.group for s in photographs_of(group, wanted.teacher, wanted.held_out))
    make(drawn, wanted.out, wanted.seed)


if __name__ == "__main__":
    main()
