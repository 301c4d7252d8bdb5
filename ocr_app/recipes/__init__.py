"""Recipes: what a code may be, decoding, and verdict."""

from ocr_app.recipes.decoding.decoder import decode
from ocr_app.recipes.decoding.free_decoding import free, prepare
from ocr_app.recipes.decoding.result import CodeDecoding, DecodedChar, DecodedLine
from ocr_app.recipes.language.dates import Clock, judged_clock
from ocr_app.recipes.language.loading import load, loads
from ocr_app.recipes.language.recipe import Recipe
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
