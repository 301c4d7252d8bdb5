"""Fixtures of this folder."""

from tests.unit.fleet.wheelhouse.manifests import manifest
from tests.unit.fleet.wheelhouse.projects import project

__all__ = ["manifest", "project"]
