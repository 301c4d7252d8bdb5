"""Patterns of dates, times and lots: their automata, and what a text that matches one means."""

from ocr_app.recipes.language.patterns.automaton import PatternSettings, pattern_automaton
from ocr_app.recipes.language.patterns.parsing import PartialDateTime, parse_text
from ocr_app.recipes.language.patterns.tokens import (
    PatternToken,
    date_tokens,
    gs1_date_tokens,
    mask_tokens,
    time_tokens,
)

__all__ = [
    "PartialDateTime",
    "PatternSettings",
    "PatternToken",
    "date_tokens",
    "gs1_date_tokens",
    "mask_tokens",
    "parse_text",
    "pattern_automaton",
    "time_tokens",
]
