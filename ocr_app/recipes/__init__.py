"""Recipes: what a code may be, decoding that knows it, and the verdict on what was printed."""

from ocr_app.recipes.decoding import decode
from ocr_app.recipes.freely import free
from ocr_app.recipes.load import load, loads

__all__ = ["decode", "free", "load", "loads"]
