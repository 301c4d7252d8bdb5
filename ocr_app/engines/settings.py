"""How engines are built: data/engines.json."""

from typing import Any, Dict

from ocr_app.core.paths import load_data


def settings() -> Dict[str, Any]:
    """The whole file."""
    return load_data("engines.json")  # type: ignore[no-any-return]
