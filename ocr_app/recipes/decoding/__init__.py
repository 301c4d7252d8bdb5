"""Decoding of CTC posteriors: under a recipe (``decode``) and without one (``decode_free``)."""

from ocr_app.recipes.decoding.best_text import best_text
from ocr_app.recipes.decoding.cache import DecodingCache
from ocr_app.recipes.decoding.decoder import decode
from ocr_app.recipes.decoding.evidence import fold_case
from ocr_app.recipes.decoding.free_decoding import decode_free, prepare_free_decoding
from ocr_app.recipes.decoding.result import CodeDecoding, DecodedChar, DecodedLine, TextPlace

__all__ = [
    "CodeDecoding",
    "DecodedChar",
    "DecodedLine",
    "DecodingCache",
    "TextPlace",
    "best_text",
    "decode",
    "decode_free",
    "fold_case",
    "prepare_free_decoding",
]
