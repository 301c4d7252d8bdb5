"""Engines built from networks: build, key, cache, check, and pack them for other boards."""

from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest

__all__ = ["Cache", "EngineIdentity", "EngineManifest", "Platform", "ShapeProfile", "default_folder"]
