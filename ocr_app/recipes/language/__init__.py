"""The recipe language: files to recipes, patterns to automata, printed dates to calendar days."""

from ocr_app.recipes.language.clock import Clock, judge_clock
from ocr_app.recipes.language.loading import load, loads
from ocr_app.recipes.language.recipe import Recipe, accepts

__all__ = ["Clock", "Recipe", "accepts", "judge_clock", "load", "loads"]
