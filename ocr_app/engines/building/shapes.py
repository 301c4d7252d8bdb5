"""Shapes that an engine is built for: the reader's own limits, tuned to what it is really fed.

The least and greatest widths are those that the reader can feed at all (data/networks.json), so that no image meets an
engine that is too small for it; the shape in between is the median of what calibration images were scaled to.
"""

from typing import Any, Dict, List, Sequence, Tuple

from ocr_app.core.errors import BuildError
from ocr_app.engines.key import Shape, ShapeProfile
from ocr_app.export.network_specs import NetworkSpec as Entry

BATCH, LINES = "n", "recogniser"


def profile_of(entry: Entry, seen: Sequence[Shape], settings: Dict[str, Any]) -> ShapeProfile:
    """``seen``: shapes of the network's input while the calibration images were read.

    A recogniser takes as many lines at once as fit into ``settings["columns"]`` at their widest; a detector takes one
    frame. Raises BuildError (unfit) when nothing was seen, or what was seen does not fit the table.
    """
    if not seen:
        raise BuildError("{} was never fed on the calibration images".format(entry.name), "images with text on them")
    most_lines = max(1, settings["columns"] // entry.widths[1]) if entry.part == LINES else 1
    sides = {BATCH: (1, min(settings["lines"], most_lines), most_lines)}
    shapes = [_dim(entry, place, sides, seen) for place in range(len(entry.input.dims))]
    least, best, most = (tuple(column) for column in zip(*shapes))
    return ShapeProfile(least, best, most)


def _dim(entry: Entry, place: int, sides: Dict[str, Tuple[int, int, int]], seen: Sequence[Shape]) -> Tuple[int, ...]:
    """Least, usual and greatest size of one dimension."""
    name = entry.input.dims[place]
    if isinstance(name, int):
        return (name, name, name)
    if name in sides:
        return sides[name]
    least, most = entry.widths
    sizes: List[int] = sorted(shape[place] for shape in seen)
    if sizes[0] < least or sizes[-1] > most:
        found = "{} was fed {} from {} to {}".format(entry.name, name, sizes[0], sizes[-1])
        raise BuildError(found, "{} to {} (data/networks.json)".format(least, most), code="unfit")
    return (least, sizes[len(sizes) // 2], most)
