"""Fixtures of this folder."""

from tests.unit.fleet.release.bundles import key, root

__all__ = ["key", "root"]
