"""Recipes: what a code may be, decoding, and verdict."""

from ocr_app.recipes.decoding import CodeDecoding, DecodedLine, DecodingCache, decode, decode_free, fold_case
from ocr_app.recipes.language import Clock, Recipe, judge_clock, load, loads
from ocr_app.recipes.verdict import Verdict, verify

__all__ = [
    "Clock",
    "CodeDecoding",
    "DecodedLine",
    "DecodingCache",
    "Recipe",
    "Verdict",
    "decode",
    "decode_free",
    "fold_case",
    "judge_clock",
    "load",
    "loads",
    "verify",
]
