"""Variable `versions`: the contents of versions.toml, the only place for versions, for every host."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible.plugins.vars import BaseVarsPlugin

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DOCUMENTATION = """
name: versions
short_description: gives every host the variable versions, read from versions.toml
description: versions.toml is at the root of the repository; Ansible reads it in each run.
options: {}
"""
FILE = Path(__file__).resolve().parents[3] / "versions.toml"


@lru_cache(maxsize=1)
def read() -> dict[str, Any]:
    """versions.toml as a dictionary."""
    return tomllib.loads(FILE.read_text())


class VarsModule(BaseVarsPlugin):
    """Called by Ansible for each host and group; the file is read once."""

    REQUIRES_ENABLED = False

    def get_vars(self, loader: Any, path: str, entities: Any, cache: bool = True) -> dict[str, Any]:
        super().get_vars(loader, path, entities)
        return {"versions": read()}
