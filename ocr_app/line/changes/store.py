"""The file that keeps a change over a restart: what differs from the settings, and what the settings said then.

Where the settings say something else later, they were edited since, and that part of the file no longer counts.
"""

import json
import os
from typing import Any, Dict, NamedTuple, Optional

from ocr_app.core.errors import ServiceError
from ocr_app.core.files import write_json
from ocr_app.line.settings.fields import Regions
from ocr_app.line.settings.service import ServiceSettings

FILE = "setup.json"
SCHEMA = "nano-ocr/line-setup/1"


class KeptChoice(NamedTuple):
    """A product and its expected values."""

    product: str
    expected: Dict[str, str]


class KeptSetup(NamedTuple):
    """What differs from the settings; None for what does not."""

    choice: Optional[KeptChoice] = None
    regions: Optional[Regions] = None


class SetupStore:
    """For one thread at a time."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.path = os.path.join(settings.journal.folder, FILE)
        own = settings.recipe
        self._own_choice = {"recipe": os.path.basename(own.file), "expected": dict(own.expected)}
        self._own_regions = [list(region) for region in settings.image.regions]

    def load(self) -> KeptSetup:
        """Raises ServiceError for a file that is no such file: nothing is guessed in its place."""
        try:
            with open(self.path, encoding="utf-8") as stream:
                record = json.load(stream)
        except FileNotFoundError:
            return KeptSetup()
        except (OSError, ValueError) as error:
            raise self._malformed(str(error)) from error
        try:
            return self._kept(record)
        except (KeyError, TypeError, ValueError) as error:
            raise self._malformed(repr(error)) from error

    def _kept(self, record: Dict[str, Any]) -> KeptSetup:
        if record["schema"] != SCHEMA:
            raise ValueError(record["schema"])
        choice, regions = record["choice"], record["regions"]
        kept = KeptSetup()
        if choice is not None and choice["settings"] == self._own_choice:
            kept = kept._replace(choice=KeptChoice(str(choice["product"]), _texts(choice["expected"])))
        if regions is not None and regions["settings"] == self._own_regions:
            found = tuple((int(x), int(y), int(width), int(height)) for x, y, width, height in regions["regions"])
            kept = kept._replace(regions=found)
        return kept

    def _malformed(self, why: str) -> ServiceError:
        found = "{} cannot be read: {}".format(self.path, why)
        step = "remove it to begin with what the settings say, and choose the product again"
        return ServiceError(found, "what the page or `ocr-app line set` wrote", step)

    def save(self, kept: KeptSetup) -> None:
        """On the disk when this returns. Raises BuildError."""
        choice, regions = kept.choice, kept.regions
        record: Dict[str, Any] = {"schema": SCHEMA, "choice": None, "regions": None}
        if choice is not None:
            record["choice"] = dict(choice._asdict(), settings=self._own_choice)
        if regions is not None:
            record["regions"] = {"settings": self._own_regions, "regions": [list(region) for region in regions]}
        write_json(self.path, record)


def _texts(found: Any) -> Dict[str, str]:
    return {str(name): str(text) for name, text in dict(found).items()}
