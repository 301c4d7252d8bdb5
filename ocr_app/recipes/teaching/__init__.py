"""Working on recipes: examples of what one accepts, a proposal from samples, and the rejection curve."""

from ocr_app.recipes.teaching.examples import count_texts, sample_texts
from ocr_app.recipes.teaching.proposal import Proposal, propose, propose_recipe
from ocr_app.recipes.teaching.questions import Question, Questionnaire
from ocr_app.recipes.teaching.rejection_curve import (
    OperatingPoint,
    choose_operating_point,
    compute_rejection_curve,
    summarise_rejection,
)

__all__ = [
    "OperatingPoint",
    "Proposal",
    "Question",
    "Questionnaire",
    "choose_operating_point",
    "compute_rejection_curve",
    "count_texts",
    "propose",
    "propose_recipe",
    "sample_texts",
    "summarise_rejection",
]
