"""Makes the repository root importable and names the committed data set."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def nano_codes() -> Path:
    """The folder of the committed data set."""
    return ROOT / "data" / "nano-codes-100"


@pytest.fixture(scope="session")
def committed(nano_codes: Path) -> dict[str, Any]:
    """Its manifest."""
    data: dict[str, Any] = json.loads((nano_codes / "manifest.json").read_text(encoding="utf-8"))
    return data
