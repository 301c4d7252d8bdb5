"""How engines are built: data/engines.json."""

import json
import os
from typing import Any, Dict

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "engines.json")


def settings() -> Dict[str, Any]:
    """The whole file."""
    with open(_DATA, encoding="utf-8") as stream:
        return json.load(stream)  # type: ignore[no-any-return]
