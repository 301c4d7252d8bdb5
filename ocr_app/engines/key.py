"""What an engine depends on, as one key: two engines with one key may stand for each other, no others.

The key is a sha256 over the model's sha256, the engine library and its version, L4T, the GPU's compute capability, the
processor, the precision with its plan, and the input shapes.
"""

import hashlib
import json
import re
from typing import Any, Dict, NamedTuple, Tuple

SCHEMA = "nano-ocr/engine-key/1"
SHORT = 20  # hex digits of a key in a file's name: 80 bits
Shape = Tuple[int, ...]


class Platform(NamedTuple):
    """Where an engine runs. ``l4t`` ("32.7.6") and ``capability`` ("5.3") are empty where there is none."""

    target: str
    version: str
    l4t: str
    capability: str
    arch: str

    def words(self) -> str:
        """For messages."""
        parts = [self.target + " " + self.version, self.l4t and "L4T " + self.l4t]
        parts += [self.capability and "compute capability " + self.capability, self.arch]
        return ", ".join(part for part in parts if part)


class ShapeProfile(NamedTuple):
    """Shapes of the network's one input: the least, the one it is tuned for, the greatest."""

    least: Shape
    best: Shape
    most: Shape


class EngineIdentity(NamedTuple):
    """All that the key is made from. ``model`` is a sha256; ``plan`` the plan's digest, empty without one."""

    network: str
    model: str
    place: Platform
    precision: str
    plan: str
    profile: ShapeProfile


def to_json(parts: EngineIdentity) -> Dict[str, Any]:
    """The parts as they stand in a manifest."""
    return {
        "network": parts.network,
        "model": parts.model,
        "place": dict(parts.place._asdict()),
        "precision": parts.precision,
        "plan": parts.plan,
        "profile": {name: list(shape) for name, shape in parts.profile._asdict().items()},
    }


def from_json(record: Dict[str, Any]) -> EngineIdentity:
    """Inverse of :func:`to_json`. Raises KeyError, TypeError or ValueError."""
    place = Platform(**{name: _text(record["place"][name]) for name in Platform._fields})
    shapes = {name: tuple(int(size) for size in record["profile"][name]) for name in ShapeProfile._fields}
    words = {name: _text(record[name]) for name in ("network", "model", "precision", "plan")}
    if not re.match(r"[a-z0-9][a-z0-9.-]*$", words["network"]) or not re.match(r"[a-z0-9-]+$", words["precision"]):
        raise ValueError("network {network!r}, precision {precision!r}".format(**words))
    return EngineIdentity(place=place, profile=ShapeProfile(**shapes), **words)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("{!r} is not a text".format(value))
    return value


def key_of(parts: EngineIdentity) -> str:
    """64 hex digits."""
    canonical = json.dumps(dict(to_json(parts), schema=SCHEMA), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def name_of(parts: EngineIdentity) -> str:
    """The engine's name and the stem of its two files: network, target, precision, the key's first digits."""
    return "-".join((parts.network, parts.place.target, parts.precision, key_of(parts)[:SHORT]))


def differences(parts: EngineIdentity, wanted: EngineIdentity) -> Tuple[str, ...]:
    """Names of the parts that differ, those of the place by themselves."""
    place = [name for name in Platform._fields if getattr(parts.place, name) != getattr(wanted.place, name)]
    other = [
        name for name in EngineIdentity._fields if name != "place" and getattr(parts, name) != getattr(wanted, name)
    ]
    return tuple(place + other)
