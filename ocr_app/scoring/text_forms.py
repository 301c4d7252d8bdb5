"""Text forms: how lines are joined, and what is normalised before a text is compared with its truth."""

import re
from collections import OrderedDict
from typing import Callable, Dict, Iterable, NamedTuple, Tuple

from ocr_app.core.errors import UsageError

NOTEBOOK = "process_logs.ipynb of github.com/pmedare/ocr-in-jetson-nano"


def verbatim(text: str) -> str:
    """The text as it is."""
    return text


def without_spaces(text: str) -> str:
    """All white space removed."""
    return "".join(text.split())


def without_colons_and_spaces(text: str) -> str:
    """What the notebook does to the truth alone: every ':' and every ' ' is removed."""
    return text.replace(":", "").replace(" ", "")


def without_blanks(text: str) -> str:
    """What the notebook does to the prediction: every ' ' is removed, ':' stays."""
    return text.replace(" ", "")


def alphanumerics(text: str) -> str:
    """The text in upper case, with everything but A-Z and 0-9 removed."""
    return re.sub("[^A-Z0-9]", "", text.upper())


def single_spaces(text: str) -> str:
    """Each run of white space as one space, and none at the ends."""
    return " ".join(text.split())


class TextForm(NamedTuple):
    """``separator`` joins the lines read; ``truth`` and ``read`` normalise the two sides before they are compared."""

    name: str
    separator: str
    truth: Callable[[str], str]
    read: Callable[[str], str]
    summary: str

    def sides(self, truth: str, texts: Iterable[str]) -> Tuple[str, str]:
        """(truth, text read) in this form. ``texts``: those of the lines in reading order; empty ones are dropped."""
        return self.truth(truth), self.read(self.separator.join(text for text in texts if text))


_ALL = (
    TextForm("thesis", "", verbatim, verbatim, "lines joined without separator, compared verbatim"),
    TextForm("notebook", "", without_colons_and_spaces, without_blanks, "as logged: ':' removed from the truth alone"),
    TextForm("nospace", "", without_spaces, without_spaces, "white space ignored on both sides"),
    TextForm("alnum", "", alphanumerics, alphanumerics, "A-Z and 0-9 alone, upper case"),
    TextForm("spaced", " ", single_spaces, single_spaces, "lines joined by one space, runs of white space as one"),
)
FORMS: Dict[str, TextForm] = OrderedDict((form.name, form) for form in _ALL)
"""The forms by name. ``thesis`` is the definition in the text of the thesis. The published numbers were computed in
``notebook`` (source: NOTEBOOK), in which an engine that reads the ':' of ``PRO:`` can never match."""

DEFAULT_FORM = "nospace"
CONFUSION_FORM = "spaced"


def form(name: str) -> TextForm:
    """The form called ``name``. Raises UsageError that lists the known names."""
    if name not in FORMS:
        raise UsageError("unknown text form: {!r}".format(name), ", ".join(FORMS))
    return FORMS[name]
