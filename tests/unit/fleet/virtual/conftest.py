"""Fixtures of this folder."""

from tests.unit.fleet.virtual.machines import able, fleet

__all__ = ["able", "fleet"]
