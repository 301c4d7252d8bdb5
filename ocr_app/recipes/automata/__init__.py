"""Finite automata over characters: building, minimising and sharing them. All of them are acyclic."""

from ocr_app.recipes.automata.dfa import Dfa
from ocr_app.recipes.automata.nfa import Nfa
from ocr_app.recipes.automata.registry import StateRegistry, minimise, with_optional_spaces

__all__ = ["Dfa", "Nfa", "StateRegistry", "minimise", "with_optional_spaces"]
