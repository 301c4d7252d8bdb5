"""One reader of a comparison in its own process: ``python -m ocr_app.benchmark.side_by_side.worker``.

It loads the images itself, so that no image crosses the pipe while the clock runs. It answers with what was read, the
milliseconds that passed, the milliseconds of processor time that were spent, and the result under a recipe if asked.
"""

import os
import resource
import time
from typing import Any, Dict, List, Optional, Sequence

import cv2
import numpy as np

from ocr_app import recipes
from ocr_app.benchmark.observe import warm_up_image
from ocr_app.board.usage import peak_memory_mb
from ocr_app.core.types import Image, Reading, line_to_json
from ocr_app.imaging.load import load_image
from ocr_app.opening.named import open_here
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import ReaderName
from ocr_app.reading.frame import ReadOptions, VerdictRequest, cut, read_image
from ocr_app.workers import protocol
from ocr_app.workers.program import Program, Verb, run


class TurnsWorker(Program):
    """Holds one reader, which runs in this process."""

    def __init__(self) -> None:
        self._reader: Optional[Reader] = None
        self._recipes: Dict[str, recipes.Recipe] = {}

    def verbs(self) -> Dict[str, Verb]:
        return {"open": self._open, "warm-up": self._warm_up, "read": self._read, "close": self._close}

    def _open(self, message: protocol.Message) -> Any:
        options = protocol.decode_options(message.get("options"))
        name = ReaderName(str(message.get("reader")), options.model, None)
        self._reader = open_here(name, options, str(message.get("engine")))
        return protocol.encode_info(self._reader.info)

    def _warm_up(self, message: protocol.Message) -> Any:
        layout = str(message["layout"])
        for _ in range(int(message["times"])):
            read_image(self._opened(), warm_up_image(layout), "warm-up", ReadOptions(layout))

    def _read(self, message: protocol.Message) -> Any:
        image = turned(boxed(load_image(str(message["path"])).pixels, message["box"]), float(message["degrees"]))
        request = self._request(message["recipe"], message["gap"])
        options = ReadOptions(str(message["layout"]), verdict_request=request)
        started, spent = time.perf_counter(), processor_ms()
        reading = read_image(self._opened(), image, os.path.basename(str(message["path"])), options)
        wall, spent = (time.perf_counter() - started) * 1000.0, processor_ms() - spent
        return answer_of(reading, wall, spent)

    def _request(self, path: Optional[str], gap: Optional[float]) -> Optional[VerdictRequest]:
        if path is None:
            return None
        if path not in self._recipes:
            self._recipes[path] = recipes.load(path)
        recipe = self._recipes[path]
        if gap is not None:
            recipe = recipe._replace(tolerances=recipe.tolerances._replace(gap=gap))
        return VerdictRequest(recipe)

    def _opened(self) -> Reader:
        if self._reader is None:
            raise protocol.garbage("read before open")
        return self._reader

    def _close(self, message: protocol.Message) -> Any:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
        self.closed = True


def boxed(image: Image, box: Optional[Sequence[int]]) -> Image:
    """The part of the image inside x, y, width and height; the whole image for None."""
    return image if box is None else cut(image, (box[0], box[1], box[2], box[3]))


def turned(image: Image, degrees: float) -> Image:
    """The image turned to the left, on a canvas that holds all of it; the edge is continued outwards."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(image, int(degrees // 90)))
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2.0, (height - 1) / 2.0), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = int(np.ceil(width * cosine + height * sine)), int(np.ceil(width * sine + height * cosine))
    matrix[:, 2] += (np.array(size) - (width, height)) / 2.0
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def processor_ms() -> float:
    """Processor time of this process and of its ended children, in milliseconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return 1000.0 * sum(each.ru_utime + each.ru_stime for each in used)


def answer_of(reading: Reading, wall_ms: float, spent_ms: float) -> Dict[str, Any]:
    """The answer in JSON form."""
    lines: List[Dict[str, Any]] = [line_to_json(line) for line in reading.lines]
    return {
        "lines": lines,
        "ms": round(wall_ms, 3),
        "cpu_ms": round(spent_ms, 3),
        "verdict": reading.verdict,
        "reasons": list(reading.reasons),
        "error": reading.error,
        "code": reading.code,
        "memory_mb": peak_memory_mb(),
    }


if __name__ == "__main__":
    run(TurnsWorker())
