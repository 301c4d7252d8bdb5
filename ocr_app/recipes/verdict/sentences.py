"""Reasons as sentences: what is wrong, what usually causes it, and what to do.

The codes of reasons are for programs. Whoever stands at the line reads these sentences: in the table of ``read``, on
the pictures of ``--draw``, in the reports of the demonstration and of ``recipe test``, and in the troubleshooting table
of docs/how-to/write-a-recipe.md, which is made from this module.
"""

import re
from typing import Dict, Mapping, NamedTuple

from ocr_app.recipes.verdict.reasons import Reason


class Explanation(NamedTuple):
    """What is known about a reason.

    ``sentence``: with the parts of the reason in braces, and ``place`` for where it is; ``cause``: what is usually
    behind it; ``remedy``: what to do about it.
    """

    sentence: str
    cause: str
    remedy: str


EXPLANATIONS: Dict[str, Explanation] = {
    "no-text-found": Explanation(
        "No text was found in the picture",
        "the print is too small, too large, out of focus, or not in the picture",
        "look at the picture with `--draw`; move the camera so that characters are 20 to 80 pixels high",
    ),
    "code-not-found": Explanation(
        "No line of the recipe was found: {detail}",
        "the recipe describes another print, or the print was read badly",
        "run `ocr-app recipe check FILE --text '{text}'` to see where the recipe and the print part",
    ),
    "line-not-found": Explanation(
        "{Place} of the recipe was not found: {detail}",
        "the line is not always printed, or is printed differently",
        "write `optional: true` for a line that may be missing; otherwise correct its fields",
    ),
    "not-read": Explanation(
        "At {place} {expected} is required, and no character can be read there",
        "a gap in the print, or glare",
        "look at the print; if the character is not always printed, put it into an `optional` group",
    ),
    "unsure": Explanation(
        "{Place} may be {expected} or {found}{detail}",
        "a blurred or damaged character, or a field that allows more than is ever printed",
        "improve light and focus; narrow the field, so that the recipe decides",
    ),
    "ambiguous": Explanation(
        "{Place} makes the difference: the print may be '{expected}' or '{found}'",
        "several doubtful characters that together make another code",
        "improve light and focus; narrow the fields, so that only one of the two is possible",
    ),
    "date-ambiguous": Explanation(
        "{Place} '{found}' may mean several days, and not all of them satisfy '{expected}'",
        "a year of two digits in a long window of years, or day and month in either order",
        "narrow `years`, or write one format for the date",
    ),
    "witnesses-disagree": Explanation(
        "{Place} is read differently by another network ({found})",
        "a damaged or unusual print that one network misreads",
        "improve light and focus; narrow the fields; never switch the second witness off for this",
    ),
    "one-witness": Explanation(
        "{Place} was read by {found} alone, and {expected} are required",
        "the reader has only one network",
        "use the reader `codes` with its team, or accept the risk with `witnesses: 1`",
    ),
    "unexplained-text": Explanation(
        "{Place} there is {found}, which the recipe does not explain: part of the code may be missing",
        "the recipe describes only a part of the print, or other text stands close to it",
        "add a field or a line for it; if it is never part of the code, write `neighbours: ignore`",
    ),
    "contradicted": Explanation(
        "{Place} must be {expected}, but {found} is printed",
        "the recipe is too narrow, or the printer draws two characters alike",
        "widen the field; for characters that look alike write for example `lookalikes: [O0, I1]`",
    ),
    "unexpected-character": Explanation(
        "There is one character more than the recipe allows in {place}: '{found}'",
        "the recipe lacks a character, or a stain was read as one",
        "add the character to the field, as `optional` if it is not always printed",
    ),
    "unexpected-text": Explanation(
        "Beside the code, in {place}, '{found}' is printed",
        "other words on the same line",
        "add them to the line as text; if they never belong to the code, write `junk: ignore` for the line",
    ),
    "not-expected": Explanation(
        "{Place} is '{found}', and '{expected}' is expected",
        "the wrong product, or the printer was not set for this order",
        "check the print; if it is right, correct `expect`",
    ),
    "field-missing": Explanation(
        "{Place} is not printed, and '{expected}' is expected",
        "the field is optional in the recipe, or the code has another layout",
        "check the print; make the field required, or do not expect it",
    ),
    "relation-broken": Explanation(
        "'{expected}' does not hold: {detail}",
        "the printer has a wrong date, or the relation does not hold for this product",
        "check the print; if it is right, correct `relations`",
    ),
    "deadline-missed": Explanation(
        "Reading took {found}, and the limit is {expected}",
        "a busy or throttled computer, or a picture with much text",
        "cut the picture to the code with `--region`; raise `--deadline-ms`",
    ),
    "clock-not-trusted": Explanation(
        "{Place} is compared with today's date, and the clock cannot be trusted: {found}",
        "no time service",
        "synchronise the clock, then use `--trust-clock`",
    ),
}
"""For each reason what it means. A test holds that no reason lacks an entry."""

EXAMPLES = (
    Reason("no-text-found"),
    Reason("code-not-found", "", "2O21.1Z.25", "2021.12.25", "1 character differs on line 1"),
    Reason("line-not-found", "lot", "L 15782B", "L 157820", "1 character differs on lot"),
    Reason("not-read", "line 1[4]", "", "2"),
    Reason("unsure", "line 1[22]", "6", "8"),
    Reason("ambiguous", "line 1[4]", "L 095 E 28 10 21", "L 096 E 29 10 21"),
    Reason("date-ambiguous", "expiry", "01.02.21", "expiry after production", "01.02.20"),
    Reason("witnesses-disagree", "line 1", "ppocr: 2021.12.26", "2 independent networks"),
    Reason("one-witness", "line 1", "codes", "2 independent networks"),
    Reason("unexplained-text", "line 1:below", "08:03 F174", "the whole code"),
    Reason("contradicted", "line 1[1]", "Q", "0"),
    Reason("unexpected-character", "line 1", "X"),
    Reason("unexpected-text", "line 1", "BEST"),
    Reason("not-expected", "lot", "L123", "L124"),
    Reason("field-missing", "lot", "", "L124"),
    Reason("relation-broken", "expiry", "14.06.2021", "expiry after production", "14.06.2021 < 15.12.2021"),
    Reason("deadline-missed", "", "312.0 ms", "200.0 ms"),
    Reason("clock-not-trusted", "expiry", "no time service", "expiry after today"),
)
"""One example of each reason, for the troubleshooting table."""

_REMEDY_ALIKE = (
    "write a mask such as 999A9, so that the type decides, or `lookalikes: none` if the print tells them apart"
)
_PLACE = re.compile(r"(?P<name>.*?)(?:\[(?P<at>\d+)\]|:(?P<side>left|right|above|below|between))?$")
_SIDES = {
    "left": "To the left of {}",
    "right": "To the right of {}",
    "above": "Above {}",
    "below": "Below {}",
    "between": "Between the parts of {}",
}


def sentence(reason: Mapping[str, str]) -> str:
    """The reason (its parts by name, as in a result) as a sentence."""
    parts = {key: reason.get(key, "") for key in Reason._fields}
    place = _place(parts["where"])
    if parts["code"] in ("unsure", "contradicted", "not-read"):
        parts.update(found=_character(parts["found"]), expected=_character(parts["expected"]))
        parts["detail"] = "; " + parts["detail"] if parts["detail"] else ""
    if parts["code"] == "unexplained-text" and not parts["found"].startswith(("ink ", "a place ")):
        parts["found"] = "'{}'".format(parts["found"])
    if parts["code"] in ("code-not-found", "line-not-found"):
        parts["detail"] = _closest(parts)
    given = EXPLANATIONS[parts["code"]].sentence
    return given.format(place=place, Place=place[:1].upper() + place[1:], **parts) + "."


def remedy(reason: Mapping[str, str]) -> str:
    """What to do about the reason."""
    if reason["code"] == "unsure" and reason.get("detail"):
        return (
            "write a mask such as 999A9, so that the type decides, or `lookalikes: none` if the print tells them apart"
        )
    return EXPLANATIONS[reason["code"]].remedy.format(text=reason.get("found", "") or "...")


def explain(reason: Mapping[str, str]) -> str:
    """The sentence, and what to do."""
    return "{} To do: {}.".format(sentence(reason), remedy(reason))


def _character(text: str) -> str:
    return "'{}'".format(text) if text.strip() else "a blank" if text else "nothing"


def _closest(parts: Mapping[str, str]) -> str:
    if not parts["found"]:
        return parts["detail"] or "nothing that was read is like it"
    return "closest is '{found}', and the recipe allows '{expected}' ({detail})".format(**parts)


def _place(where: str) -> str:
    """``line 1[4]`` as "character 5 of line 1", ``line 1:below`` as "below line 1"."""
    found = _PLACE.match(where)
    assert found is not None  # the expression matches every text of one line
    name, at, side = found.groups()
    if at is not None:
        return "character {} of {}".format(int(at) + 1, name)
    return _SIDES[side].format(name) if side else name
