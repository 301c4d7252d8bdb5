"""The settings of the service: one class per section, one validated YAML file, flags that override it.

The reference page, docs/reference/settings.md, is generated from the classes by
``python -m ocr_app.line.settings.reference``.
"""

from ocr_app.line.settings.checks import check, resolve_engine
from ocr_app.line.settings.loading import load
from ocr_app.line.settings.overrides import default_of_flag, override
from ocr_app.line.settings.reading import RecipeSettings
from ocr_app.line.settings.service import ServiceSettings

__all__ = ["RecipeSettings", "ServiceSettings", "check", "default_of_flag", "load", "override", "resolve_engine"]
