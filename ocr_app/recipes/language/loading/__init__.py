"""Loading recipes from YAML. Every error names the file, the line, and what was probably meant."""

from ocr_app.recipes.language.loading.loader import load, loads

__all__ = ["load", "loads"]
