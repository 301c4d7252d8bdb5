"""The words of printed codes (data/generic-codes.json)."""

from functools import lru_cache
from typing import Any, Dict

from ocr_app.core.paths import load_data


@lru_cache(maxsize=None)
def words() -> Dict[str, Any]:
    """Month names and keywords by language."""
    return load_data("generic-codes.json")  # type: ignore[no-any-return]
