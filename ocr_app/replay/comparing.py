"""What became of a verdict: the kinds of change, the dangerous ones first."""

from typing import Any, Dict, NamedTuple, Tuple

NEW_PASS, OTHER_TEXT, LOST_PASS, OTHER_REJECT, AFTER_LINE, UNREAD, SAME = (
    "new-pass", "other-text", "lost-pass", "other-reject", "after-line", "unread", "same"
)  # fmt: skip
WORDS = {
    NEW_PASS: "passes now, and was rejected",
    OTHER_TEXT: "passes with another text",
    LOST_PASS: "is rejected now, and passed",
    OTHER_REJECT: "is rejected in another way",
    AFTER_LINE: "passes now; it was rejected by the line, not for what is printed",
    UNREAD: "could not be read",
    SAME: "is judged as before",
}
"""Every kind, in the order in which a person should look at them."""
KINDS = tuple(WORDS)
CHANGES = (NEW_PASS, OTHER_TEXT, LOST_PASS, OTHER_REJECT)
"""What counts as a changed verdict."""
PASS = "pass"
LINE_REASONS = frozenset(
    (
        "challenge-failed", "crashed", "deadline-missed", "expected-value-stale", "frame-dropped", "frames-too-few",
        "garbage", "hung", "interrupted", "no-consensus", "no-frame", "no-room", "not-ready", "overrun", "stopped",
    )
)  # fmt: skip
"""Reasons of a reject that say something about the line at that moment, or about other frames of the part, and nothing
about this picture alone.
"""


class JudgedPicture(NamedTuple):
    """What was said about a picture: verdict, text and reasons."""

    verdict: str
    text: str = ""
    reasons: Tuple[str, ...] = ()

    def record(self) -> Dict[str, Any]:
        """As JSON."""
        return {"verdict": self.verdict, "text": self.text, "reasons": list(self.reasons)}


def judged_of(record: Dict[str, Any]) -> JudgedPicture:
    """The inverse of :meth:`JudgedPicture.record`; a result line of the schema nano-ocr/result/3 fits, too."""
    return JudgedPicture(str(record["verdict"]), str(record["text"]), tuple(record["reasons"]))


def kind_of(before: JudgedPicture, after: JudgedPicture) -> str:
    """One of KINDS, never UNREAD.

    Two rejects under the same verdict are the same whatever their texts are: nothing that leaves the line changes.
    """
    if after.verdict == PASS and before.verdict != PASS:
        return AFTER_LINE if LINE_REASONS & set(before.reasons) else NEW_PASS
    if after.verdict != PASS and before.verdict == PASS:
        return LOST_PASS
    if after.verdict != before.verdict:
        return OTHER_REJECT
    return OTHER_TEXT if after.verdict == PASS and after.text != before.text else SAME
