"""Engines: networks compiled for one platform; how they are identified, built, kept, packed and selected."""

from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest

__all__ = ["Cache", "EngineIdentity", "EngineManifest", "Platform", "ShapeProfile", "default_folder"]
