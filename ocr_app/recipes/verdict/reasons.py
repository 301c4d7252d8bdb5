"""Verdicts and the reasons for them."""

from typing import Any, Dict, NamedTuple, Sequence, Tuple

PASS, FAIL, NO_READ, HOLD = "pass", "fail", "no-read", "hold"
VERDICTS = (PASS, FAIL, NO_READ, HOLD)
REASONS = {
    "code-not-found": NO_READ,
    "line-not-found": NO_READ,
    "not-read": NO_READ,
    "unsure": NO_READ,
    "ambiguous": NO_READ,
    "date-ambiguous": NO_READ,
    "witnesses-disagree": NO_READ,
    "one-witness": NO_READ,
    "unexplained-text": NO_READ,
    "contradicted": FAIL,
    "unexpected-character": FAIL,
    "unexpected-text": FAIL,
    "not-expected": FAIL,
    "field-missing": FAIL,
    "relation-broken": FAIL,
    "deadline-missed": FAIL,
    "clock-not-trusted": HOLD,
}
"""The verdict that each reason leads to. The gravest of all reasons decides: fail, then no-read, then hold."""


class Reason(NamedTuple):
    """Why a code does not pass: a key of ``REASONS``, where, what was found, and what was expected.

    ``detail``: what was compared, or how far it is off, for people; sentences.py makes a sentence of all of it.
    """

    code: str
    where: str = ""
    found: str = ""
    expected: str = ""
    detail: str = ""

    def to_json(self) -> Dict[str, str]:
        """Machine-readable form, without empty parts."""
        return {name: value for name, value in self._asdict().items() if value}


class Verdict(NamedTuple):
    """``verdict`` is one of ``VERDICTS``; "pass" has no reasons."""

    verdict: str
    reasons: Tuple[Reason, ...]
    text: str
    assurance: float

    def to_json(self) -> Dict[str, Any]:
        """Machine-readable form. An infinite assurance is None."""
        reasons = [reason.to_json() for reason in self.reasons]
        assurance = round(self.assurance, 3) if abs(self.assurance) < 1e6 else None
        return {"verdict": self.verdict, "reasons": reasons, "text": self.text, "assurance": assurance}


def gravest_verdict(reasons: Sequence[Reason]) -> str:
    """The verdict that the reasons lead to; "pass" without any."""
    found = {REASONS[reason.code] for reason in reasons}
    return next((verdict for verdict in (FAIL, NO_READ, HOLD) if verdict in found), PASS)
