"""Fixtures of this folder."""

from tests.unit.fleet.wheelhouse.builds.workshops import shop

__all__ = ["shop"]
