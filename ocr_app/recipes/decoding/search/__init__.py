"""The best path under an automaton: by token passing (fast, pruned) and exactly."""

from ocr_app.recipes.decoding.search.alignment import Alignment, CharacterRun
from ocr_app.recipes.decoding.search.bounds import Needs, best_values, find_needs, least_losses, leaving_out
from ocr_app.recipes.decoding.search.exact import BackwardPass, run_backward, trace_best_path
from ocr_app.recipes.decoding.search.junk import JunkCosts, junk_cost
from ocr_app.recipes.decoding.search.label_automaton import LabelAutomaton, label_automaton
from ocr_app.recipes.decoding.search.runner_up import RunnerUp, find_runner_up
from ocr_app.recipes.decoding.search.token_passing import pass_tokens

__all__ = [
    "Alignment",
    "BackwardPass",
    "CharacterRun",
    "JunkCosts",
    "LabelAutomaton",
    "Needs",
    "RunnerUp",
    "best_values",
    "find_needs",
    "find_runner_up",
    "junk_cost",
    "label_automaton",
    "least_losses",
    "leaving_out",
    "pass_tokens",
    "run_backward",
    "trace_best_path",
]
