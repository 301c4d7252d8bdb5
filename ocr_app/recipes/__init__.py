"""Recipes: what a code may be, decoding that knows it, and the verdict on what was printed."""

from ocr_app.recipes.dates import Clock, judged_clock
from ocr_app.recipes.decoding import decode
from ocr_app.recipes.freely import free, prepare
from ocr_app.recipes.load import load, loads
from ocr_app.recipes.recipe import Recipe
from ocr_app.recipes.result import CodeDecoding, DecodedChar, DecodedLine
from ocr_app.recipes.verdict import Reason, Verdict, verify

__all__ = [
    "Clock",
    "CodeDecoding",
    "DecodedChar",
    "DecodedLine",
    "Reason",
    "Recipe",
    "Verdict",
    "decode",
    "free",
    "judged_clock",
    "load",
    "loads",
    "prepare",
    "verify",
]
