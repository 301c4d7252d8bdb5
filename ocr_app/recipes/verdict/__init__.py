"""The verdict on a decoded code: pass, fail, no-read or hold, and the reasons."""

from ocr_app.recipes.verdict.reasons import PASS, REASONS, VERDICTS, Reason, Verdict
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
    "may_be_longer",
    "verify",
]
