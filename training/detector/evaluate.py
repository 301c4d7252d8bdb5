"""Measures what the shipped detector finds: the figures of its model card.

python -m training.detector.evaluate            measure, write docs/models/code-detector.json and fill the card
python -m training.detector.evaluate --check    measure, compare with the committed figures

The detector of PP-OCRv6 tiny is measured beside it on the same photographs, if its file is installed (./inv models).
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.core import model_files
from ocr_app.imaging.geometry import sides
from ocr_app.networks import roofline
from ocr_app.networks.count import count as count_network
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.detector import CodeDetector, CodeDetectorSettings, FoundLine, scale_of, settings_from
from ocr_app.readers.ppocr import detector as ppocr_detector
from ocr_app.readers.ppocr.reader import model_record
from training import cards
from training.detector import real_scenes, scenes
from training.detector.matching import Tally

NAME = "code-detector"
DATA = cards.ROOT / "ocr_app" / "data"
MODEL = DATA / "models" / f"{NAME}.onnx"
REAL = cards.ROOT.parent / "shared" / "real"  # evaluation only
HELD_OUT = 13  # seed of scenes that no training sees
FRAME, RIVAL_FRAME = (1, 1, 480, 640), (1, 3, 480, 640)
_SCENES = 15  # per style
_RIVAL = "v6-tiny"  # the public detector that is measured beside ours
_ANGLES = (-12, -6, 6, 12, 90, 180, 270)  # degrees by which the photographs are turned as well
_PASSES = 3  # over the photographs, for the time
_TIMED = 3  # every such photograph is timed
_TURNED = 4  # every such photograph is turned
_KINDS = {
    "ed": "shop",
    "fe": "shop",
    "zx": "label",
    "gb": "dot matrix",
    "dpm": "metal",
    "dm": "box",
    "med": "medicine",
    "kg": "bottle",
}
_HEIGHTS = (6, 9, 12, 16, 24, 40, 120)  # px of the network's input
_ALL = "all"


@dataclass(frozen=True)
class Example:
    """An image, its lines, quads that count as neither, and the kinds under which it is reported."""

    image: NDArray[np.uint8]
    lines: list[NDArray[np.float32]]
    unsure: list[NDArray[np.float32]]
    kinds: tuple[str, ...]


def evaluate(model: Path = MODEL, count: int = _SCENES) -> dict[str, Any]:
    """Figures of the detector in ``model`` with the settings of codes.json.

    Args:
        model: an ONNX file.
        count: number of held-out scenes per style.
    """
    cv2.setNumThreads(1)
    network = OnnxNetwork(str(model), threads=1)
    detector = CodeDetector(network, settings())
    cost = count_network(str(model), FRAME)
    seen = photographs()
    some = seen[::_TURNED]
    figures = {
        "file": model.name,
        "size": model.stat().st_size,
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "parameters": cost.parameters,
        "cost": {NAME: cost_of(model)},
        "training": json.loads(network.metadata["training"]),
        "sets": {name: measure(detector, examples) for name, examples in sets(count).items()},
        "text": {name: measure(detector, examples) for name, examples in text_sets(count).items()},
        "turned": {str(angle): met(detector, (turned(e, angle) for e in some)) for angle in (0, *_ANGLES) if some},
    }
    rival = rival_detector()
    if rival and seen:
        figures["cost"][_RIVAL] = cost_of(Path(rival_file()), RIVAL_FRAME)
        figures["rival"] = {
            "sets": {name: met(rival, examples) for name, examples in photo_sets().items()},
            "turned": {str(angle): met(rival, (turned(e, angle) for e in some)) for angle in (0, *_ANGLES)},
        }
        figures["speed"] = speed({NAME: detector, _RIVAL: rival}, seen[::_TIMED])
    return figures


def cost_of(model: Path, shape: tuple[int, ...] = FRAME) -> dict[str, Any]:
    """Operations, memory traffic in FP16, and the roofline estimate for a Nano, of one frame of 480 x 640."""
    cost = count_network(str(model), shape)
    estimate = roofline.estimate(cost, "fp16", roofline.board())
    return {
        "gmac": round(cost.macs / 1e9, 2),
        "megabytes": round(2 * (cost.activations + cost.weights) / 1e6, 1),
        "nano_ms": [round(1e3 * estimate.fast, 1), round(1e3 * estimate.slow, 1)],
    }


Finder = Callable[[NDArray[np.uint8]], list[FoundLine]]


def rival_detector() -> Finder | None:
    """The detector of PP-OCRv6 tiny with its own settings; None where it is not installed."""
    record = model_record(_RIVAL)["detector"]
    if model_files.missing([record["file"]]):
        print(f"not measured: {_RIVAL} ({record['file']} is not installed)", file=sys.stderr)
        return None
    network = OnnxNetwork(rival_file(), threads=1)
    detector = ppocr_detector.PpocrDetector(network, ppocr_detector.settings_from(record))
    return lambda image: [FoundLine(found.quad, found.score) for found in detector(image)]


def rival_file() -> str:
    """The path of the file of PP-OCRv6 tiny's detector. Raises ModelError where it is not installed."""
    return model_files.locate(model_record(_RIVAL)["detector"]["file"])


def met(detector: Finder, examples: Iterable[Example]) -> float:
    """The percentage of lines that a found quad meets, as shared/real counts it."""
    tally = Tally()
    for example in examples:
        tally.add(example.lines, example.unsure, [line.quad for line in detector(example.image)])
    return tally.figures()["met"]


def turned(example: Example, degrees: int) -> Example:
    """The example turned anticlockwise on a picture that holds all of it; its edge is repeated outside."""
    if degrees == 0:
        return example
    h, w = example.image.shape[:2]
    view = cv2.getRotationMatrix2D((w / 2, h / 2), degrees, 1.0)
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]]) @ view[:, :2].T
    size = np.rint(np.ptp(corners, axis=0)).astype(int)
    view[:, 2] += (size - (w, h)) / 2
    edge = cv2.BORDER_REPLICATE
    image = cv2.warpAffine(example.image, view, (int(size[0]), int(size[1])), flags=cv2.INTER_LINEAR, borderMode=edge)
    quads = [
        [np.asarray(quad @ view[:, :2].T + view[:, 2], np.float32) for quad in part]
        for part in (example.lines, example.unsure)
    ]
    return Example(np.asarray(image, np.uint8), quads[0], quads[1], example.kinds)


def speed(detectors: dict[str, Finder], examples: list[Example]) -> dict[str, float]:
    """Milliseconds of CPU time that each detector needs for a photograph, the median of the fastest pass of each.

    The detectors take turns, so that what else the machine does meets both.
    """
    fastest: dict[str, list[float]] = {name: [] for name in detectors}
    for example in examples:
        times: dict[str, list[float]] = {name: [] for name in detectors}
        for _ in range(_PASSES):
            for name, detector in detectors.items():
                start = time.process_time()
                detector(example.image)
                times[name].append(1e3 * (time.process_time() - start))
        for name, spent in times.items():
            fastest[name].append(min(spent))
    return {name: round(statistics.median(spent), 1) for name, spent in fastest.items()}


def settings() -> CodeDetectorSettings:
    """The settings of the default detector in codes.json, with the threshold at which the reader is sure of a line."""
    data = json.loads((DATA / "codes.json").read_text(encoding="utf-8"))
    record = data["models"][data["default"]]
    return settings_from(record["detector"])._replace(line_threshold=record["sure_place"])


def sets(count: int) -> dict[str, Iterable[Example]]:
    """Every set of examples that exists here; a missing one is reported on standard error."""
    chosen: dict[str, Iterable[Example]] = {f"scenes, {style}": held_out(style, count) for style in scenes.STYLES}
    for folder in sorted((cards.ROOT / "data").glob("nano-codes-*")):
        chosen[folder.name] = nano_codes(folder)
    return {**chosen, **photo_sets()}


def photo_sets() -> dict[str, Iterable[Example]]:
    """The labelled photographs of shared/real; a missing set is reported on standard error."""
    chosen: dict[str, Iterable[Example]] = {}
    for name in ("photos", "photos2"):
        if (REAL / f"{name}.json").is_file():
            chosen[name] = list(photo_set(REAL, name))
        else:
            print(f"not measured: {name} ({REAL.parent.name}/ is not there)", file=sys.stderr)
    return chosen


def photographs() -> list[Example]:
    """The labelled photographs of all sets."""
    return [example for examples in photo_sets().values() for example in examples]


def text_sets(count: int) -> dict[str, Iterable[Example]]:
    """Sets in which every line of text is labelled: held-out mixed scenes, and held-out receipts where they are."""
    drawn = (scenes.render(HELD_OUT, index) for index in range(count))
    chosen: dict[str, Iterable[Example]] = {"scenes, mixed": (_text_example(scene) for scene in drawn)}
    if (real_scenes.PAGES / "pages.json").is_file():
        chosen["receipts"] = (_text_example(scene) for scene in real_scenes.pages(held_out=True))
    return chosen


def _text_example(scene: scenes.Scene) -> Example:
    image = np.asarray(cv2.cvtColor(scene.grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    return Example(image, *scene.whole_text(), ())


def measure(detector: Finder, examples: Iterable[Example]) -> dict[str, Any]:
    """The figures over all examples, by kind of frame and by line height.

    Raises:
        ValueError: no examples.
    """
    kinds: dict[str, Tally] = defaultdict(Tally)
    heights: dict[str, Tally] = defaultdict(Tally)
    chosen = settings()
    for example in examples:
        found = [line.quad for line in detector(example.image)]
        for kind in (_ALL, *example.kinds):
            kinds[kind].add(example.lines, example.unsure, found)
        scale = scale_of(max(example.image.shape[:2]), chosen)
        for quad in example.lines:
            place = int(np.searchsorted(_HEIGHTS, sides(quad)[1] * scale))
            if 0 < place < len(_HEIGHTS):
                heights[f"{_HEIGHTS[place - 1]}-{_HEIGHTS[place]}"].add([quad], [], found)
    if not kinds:
        raise ValueError("a set without images has no figures")
    named = {f"{low}-{high}" for low, high in itertools.pairwise(_HEIGHTS)} & set(heights)
    return {
        **_figures(kinds.pop(_ALL)),
        "by_kind": {kind: _figures(tally) for kind, tally in sorted(kinds.items())},
        "by_height": {
            span: {key: _figures(heights[span])[key] for key in ("lines", "met", "recall", "whole")}
            for span in sorted(named, key=lambda span: int(span.split("-")[0]))
        },
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {"frames": tally.frames, "lines": tally.lines, **tally.figures()}


def held_out(style: str, count: int) -> Iterator[Example]:
    """Scenes of a seed that no training sees."""
    for index in range(count):
        yield _example(scenes.render(HELD_OUT, index, style))


def _example(scene: scenes.Scene) -> Example:
    image = np.asarray(cv2.cvtColor(scene.grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    return Example(image, *scene.whole(), ("line camera" if scene.line_camera else "in hand",))


def nano_codes(folder: Path) -> Iterator[Example]:
    """The images of a rendered data set, kinds from their tags."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for record in data["images"]:
        quads = [np.asarray(line["quad"], dtype=np.float32) for line in record["lines"]]
        kinds = tuple(f"{tag} {record['tags'][tag]}" for tag in ("print", "condition", "difficulty"))
        yield Example(_image(folder / record["image"]), quads, [], kinds)


def photo_set(folder: Path, name: str = "photos") -> Iterator[Example]:
    """Labelled photos, kinds from their names' prefixes; lines that are marked as ignored count neither way."""
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    for file, record in sorted(data.items()):
        lines = [np.asarray(r["quad"], dtype=np.float32) for r in record["lines"] if not r["ignore"]]
        unsure = [np.asarray(r["quad"], dtype=np.float32) for r in record["lines"] if r["ignore"]]
        kind = _KINDS.get(Path(file).name.split("_")[0])
        yield Example(_image(folder / file), lines, unsure, (kind,) if kind else ())


def _image(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(f"{path}: not an image that OpenCV can read")
    return np.asarray(image, dtype=np.uint8)


def tables(measured: dict[str, Any]) -> dict[str, str]:
    """The blocks of the card."""
    training = measured["training"]
    facts = [["fact", "value"], ["file", f"{measured['size'] / 1e6:.2f} MB, {measured['parameters']:,} parameters"]]
    facts += [["sha256", f"`{measured['sha256']}`"]]
    facts += [["trained", f"{training['steps']} steps, seed {training['seed']}, {training['crops']:,} crops seen"]]
    facts += [["machine", f"{training['machine']}, one core, {training['hours']:.1f} h"]]
    blocks = {
        "facts": facts,
        "metrics": _set_rows(measured["sets"]),
        "text": _set_rows(measured["text"]),
        "heights": _height_rows(measured["text"]["scenes, mixed"]["by_height"]),
        "kinds": _kind_rows(measured["sets"]),
        "beside": _beside_rows(measured),
        "turned": _turned_rows(measured),
    }
    return {name: cards.markdown(block) for name, block in blocks.items()}


def _set_rows(sets: dict[str, Any]) -> list[list[str]]:
    rows = [["set", "frames", "lines", "met", "found", "found whole", "quads that are lines", "other quads per frame"]]
    for name, f in sets.items():
        shares = [f"{f[key]:.1f} %" for key in ("met", "recall", "whole", "precision")]
        rows.append([name, str(f["frames"]), str(f["lines"]), *shares, f"{f['extra_per_frame']:.2f}"])
    return rows


def _height_rows(heights: dict[str, Any]) -> list[list[str]]:
    rows = [["line height, px of the network's input", "lines", "met", "found", "found whole"]]
    for span, f in heights.items():
        rows.append([span, str(f["lines"]), *(f"{f[key]:.1f} %" for key in ("met", "recall", "whole"))])
    return rows


def _kind_rows(sets: dict[str, Any]) -> list[list[str]]:
    kinds = sets.get("photos2", {}).get("by_kind", {})
    rows = [["kind of print in photos2", "photos", "lines", "met", "found"]]
    for kind, f in kinds.items():
        rows.append([kind, str(f["frames"]), str(f["lines"]), f"{f['met']:.1f} %", f"{f['recall']:.1f} %"])
    return rows


def _beside_rows(measured: dict[str, Any]) -> list[list[str]]:
    rows = [["detector", "GMAC", "MB of traffic", "Nano, FP16", "CPU time a photo", "photos, met", "photos2, met"]]
    for name, cost in measured["cost"].items():
        own = name == NAME
        sets = measured["sets"] if own else measured["rival"]["sets"]
        shares = [(sets[key]["met"] if own else sets[key]) if key in sets else None for key in ("photos", "photos2")]
        spent = measured.get("speed", {}).get(name)
        rows.append(
            [
                name,
                f"{cost['gmac']:.2f}",
                f"{cost['megabytes']:.0f}",
                "{:.0f} to {:.0f} ms".format(*cost["nano_ms"]),
                "-" if spent is None else f"{spent:.0f} ms",
                *("-" if share is None else f"{share:.1f} %" for share in shares),
            ]
        )
    return rows


def _turned_rows(measured: dict[str, Any]) -> list[list[str]]:
    own, rival = measured["turned"], measured.get("rival", {}).get("turned", {})
    rows = [["photographs turned by", NAME, _RIVAL]]
    for angle, share in own.items():
        rows.append([f"{angle} degrees", f"{share:.1f} %", f"{rival[angle]:.1f} %" if angle in rival else "-"])
    return rows


def main(arguments: list[str] | None = None) -> int:
    """See the module. Returns 0, or 1 when figures differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--count", type=int, default=_SCENES, help="held-out scenes per style (default %(default)s)")
    parser.add_argument("--model", type=Path, help="another file: only print its figures")
    wanted = parser.parse_args(arguments)
    measured = evaluate(wanted.model or MODEL, wanted.count)
    try:
        if wanted.check:
            cards.check(NAME, measured, tuple(key for key in measured if key != "speed"))
        elif not wanted.model:
            cards.save(NAME, measured, tables(measured))
    except cards.CardError as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    print(tables(measured)["metrics"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
