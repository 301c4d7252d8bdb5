"""The verdict on a decoded code: pass, fail, no-read or hold, and the reasons."""

from ocr_app.recipes.verdict.closest import explain_missing
from ocr_app.recipes.verdict.reasons import PASS, REASONS, VERDICTS, Reason, Verdict
from ocr_app.recipes.verdict.sentences import explain, sentence
from ocr_app.recipes.verdict.unexplained import may_be_longer
from ocr_app.recipes.verdict.verifying import verify
from ocr_app.recipes.verdict.witnesses import WitnessReading, WitnessReport, agreeing_members, check_witnesses

__all__ = [
    "PASS",
    "REASONS",
    "VERDICTS",
    "Reason",
    "Verdict",
    "WitnessReading",
    "WitnessReport",
    "agreeing_members",
    "check_witnesses",
    "explain",
    "explain_missing",
    "may_be_longer",
    "sentence",
    "verify",
]
