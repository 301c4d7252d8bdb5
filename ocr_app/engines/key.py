"""What an engine depends on, as one key: engines with equal keys are interchangeable, others are not.

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
    """The software and hardware that an engine is built for.

    ``l4t`` ("32.7.6") and ``capability`` ("5.3") are empty where there is none.
    """

    target: str
    version: str
    l4t: str
    capability: str
    arch: str

    def describe(self) -> str:
        """For messages: "tensorrt 8.2.1.8, L4T 32.7.6, compute capability 5.3, aarch64"."""
        parts = [self.target + " " + self.version, self.l4t and "L4T " + self.l4t]
        parts += [self.capability and "compute capability " + self.capability, self.arch]
        return ", ".join(part for part in parts if part)


class ShapeProfile(NamedTuple):
    """Shapes of the network's one input: the smallest, the one it is tuned for, the largest."""

    least: Shape
    best: Shape
    most: Shape


class EngineIdentity(NamedTuple):
    """Everything that the key is made from. ``model`` is a sha256; ``plan`` the plan's digest, empty without one."""

    network: str
    model: str
    platform: Platform
    precision: str
    plan: str
    profile: ShapeProfile


def to_json(identity: EngineIdentity) -> Dict[str, Any]:
    """The identity as a manifest contains it, in ``parts``."""
    return {
        "network": identity.network,
        "model": identity.model,
        "place": dict(identity.platform._asdict()),
        "precision": identity.precision,
        "plan": identity.plan,
        "profile": {name: list(shape) for name, shape in identity.profile._asdict().items()},
    }


def from_json(record: Dict[str, Any]) -> EngineIdentity:
    """Inverse of :func:`to_json`. Raises KeyError, TypeError or ValueError."""
    platform = Platform(**{name: _text(record["place"][name]) for name in Platform._fields})
    shapes = {name: tuple(int(size) for size in record["profile"][name]) for name in ShapeProfile._fields}
    texts = {name: _text(record[name]) for name in ("network", "model", "precision", "plan")}
    if not re.match(r"[a-z0-9][a-z0-9.-]*$", texts["network"]) or not re.match(r"[a-z0-9-]+$", texts["precision"]):
        raise ValueError("network {network!r}, precision {precision!r}".format(**texts))
    return EngineIdentity(platform=platform, profile=ShapeProfile(**shapes), **texts)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("{!r} is not a text".format(value))
    return value


def key_of(identity: EngineIdentity) -> str:
    """64 hex digits."""
    canonical = json.dumps(dict(to_json(identity), schema=SCHEMA), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def name_of(identity: EngineIdentity) -> str:
    """The engine's name and the stem of its two files: network, target, precision, the key's first digits."""
    return "-".join((identity.network, identity.platform.target, identity.precision, key_of(identity)[:SHORT]))


def differences(one: EngineIdentity, other: EngineIdentity) -> Tuple[str, ...]:
    """Names of the fields that differ; of the platform, the names of its own fields."""
    platform = [name for name in Platform._fields if getattr(one.platform, name) != getattr(other.platform, name)]
    rest = [
        name for name in EngineIdentity._fields if name != "platform" and getattr(one, name) != getattr(other, name)
    ]
    return tuple(platform + rest)
