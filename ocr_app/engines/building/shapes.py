"""The shapes that an engine is built for: the reader's own limits, tuned to what the reader really feeds the network.

The smallest and largest widths are those that the reader can feed at all (data/networks.json), so that no image is too
large for its engine. The shape in between is the median of the shapes that the calibration images were scaled to.
"""

from typing import Any, Dict, List, Sequence, Tuple

from ocr_app.core.errors import BuildError
from ocr_app.engines.key import Shape, ShapeProfile
from ocr_app.export.network_specs import NetworkSpec

BATCH, RECOGNISER = "n", "recogniser"


def profile_of(spec: NetworkSpec, seen: Sequence[Shape], settings: Dict[str, Any]) -> ShapeProfile:
    """The profile, from the shapes ``seen`` at the network's input while the calibration images were read.

    A recogniser takes as many lines at once as fit into ``settings["columns"]`` at their widest; a detector takes one
    frame. Raises BuildError (unfit) when no shape was seen, or when one does not match the table.
    """
    if not seen:
        found = "{} received no input on the calibration images".format(spec.name)
        raise BuildError(found, "images with text on them")
    most_lines = max(1, settings["columns"] // spec.widths[1]) if spec.part == RECOGNISER else 1
    sides = {BATCH: (1, min(settings["lines"], most_lines), most_lines)}
    shapes = [_sizes(spec, axis, sides, seen) for axis in range(len(spec.input.dims))]
    least, best, most = (tuple(column) for column in zip(*shapes))
    return ShapeProfile(least, best, most)


def _sizes(spec: NetworkSpec, axis: int, sides: Dict[str, Tuple[int, int, int]], seen: Sequence[Shape]) -> Shape:
    """Smallest, usual and largest size of one axis."""
    name = spec.input.dims[axis]
    if isinstance(name, int):
        return (name, name, name)
    if name in sides:
        return sides[name]
    least, most = spec.widths
    sizes: List[int] = sorted(shape[axis] for shape in seen)
    if sizes[0] < least or sizes[-1] > most:
        found = "{} received {} from {} to {}".format(spec.name, name, sizes[0], sizes[-1])
        raise BuildError(found, "{} to {} (data/networks.json)".format(least, most), code="unfit")
    return (least, sizes[len(sizes) // 2], most)
