"""TOML on Python 3.10 and 3.11+ alike."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def load_toml(path: Path) -> dict[str, Any]:
    """Contents of a TOML file. Raises tomllib.TOMLDecodeError with line and column."""
    with path.open("rb") as stream:
        return tomllib.load(stream)
