"""The words of printed codes (data/generic-codes.json)."""

import json
import os
from functools import lru_cache
from typing import Any, Dict

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "generic-codes.json")


@lru_cache(maxsize=None)
def words() -> Dict[str, Any]:
    """Month names and keywords by language."""
    with open(_DATA, encoding="utf-8") as stream:
        return json.load(stream)  # type: ignore[no-any-return]
