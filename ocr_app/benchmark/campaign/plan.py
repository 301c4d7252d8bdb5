"""The plan of a board: what is measured, and what is stopped meanwhile. ``./inv benchmark --limit`` writes it."""

import hashlib
import json
from typing import Any, Dict, NamedTuple, Tuple

from ocr_app.core.errors import UsageError

SCHEMA = "nano-ocr/campaign-plan/1"
KINDS = ("run", "modules", "cnn", "speed")
_WANTED = "a plan that ./inv benchmark --limit HOSTS wrote"


class CampaignPart(NamedTuple):
    """One measurement: ``command`` writes a record where ``--out FILE`` is added to it. ``kind``: one of KINDS."""

    name: str
    kind: str
    command: Tuple[str, ...]

    def key(self, app: str) -> str:
        """Equal for equal commands of the same application; ``app`` is the sha256 of its sources."""
        return hashlib.sha256(json.dumps([app, list(self.command)]).encode("utf-8")).hexdigest()


class CampaignPlan(NamedTuple):
    """What a board is to do.

    ``services`` are stopped meanwhile; while one of ``units`` runs, or a file is in the folder ``locks``, nothing is
    measured. ``timeout_s``: of one part. ``again``: parts that are finished are measured again.
    """

    campaign: str
    host: str
    parts: Tuple[CampaignPart, ...]
    services: Tuple[str, ...]
    units: Tuple[str, ...]
    locks: str
    timeout_s: float
    again: bool


def load_plan(path: str) -> CampaignPlan:
    """Raises UsageError: unreadable, another schema, a key or a kind that is not known."""
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise UsageError("{}: {}".format(path, error), _WANTED) from error
    schema = found.pop("schema", None) if isinstance(found, dict) else type(found).__name__
    if schema != SCHEMA:
        raise UsageError("{}: schema {}".format(path, schema), SCHEMA)
    try:
        return _plan(found)
    except (TypeError, ValueError, KeyError) as error:
        raise UsageError("{}: {}".format(path, error), _WANTED) from error


def _plan(found: Dict[str, Any]) -> CampaignPlan:
    lists = {name: tuple(str(entry) for entry in found[name]) for name in ("services", "units")}
    return CampaignPlan(**dict(found, parts=tuple(_part(entry) for entry in found["parts"]), **lists))


def _part(found: Dict[str, Any]) -> CampaignPart:
    part = CampaignPart(**dict(found, command=tuple(str(word) for word in found["command"])))
    if part.kind not in KINDS or not part.name or "/" in part.name or not part.command:
        raise ValueError("part {!r} of kind {!r}".format(part.name, part.kind))
    return part
