"""Verdicts on printed texts, for tests."""

import datetime

from posteriors import line_of

from ocr_app.recipes import Clock, decode, loads, verify

NOON = datetime.datetime(2024, 6, 15, 12, 0)
TRUSTED = Clock(NOON, True)
DATE = "EXP, {date: DD.MM.YYYY, as: expiry}"


def recipe_of(fields, more=""):
    """A recipe of one line."""
    return loads("name: x\nspaces: required\nyears: 2015-2040\nlines: [[{}]]\n{}".format(fields, more))


def verdict_of(text, recipe, rivals=None, **inputs):
    """The verdict on a printed text; ``rivals`` as for ``line_of``, ``inputs`` as for ``verify``."""
    return verify(decode([line_of(text, rivals)], recipe), recipe, **inputs)


def codes(verdict):
    """The codes of a verdict's reasons."""
    return [reason.code for reason in verdict.reasons]
