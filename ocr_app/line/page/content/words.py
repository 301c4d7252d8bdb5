"""The texts of the page, from one file, and the reasons of verdicts and alarms as sentences."""

import json
import os
import re
from typing import Any, Dict, List, Mapping, Optional

from ocr_app.line.parts.part import REASONS as WITHOUT_READING
from ocr_app.line.reading.jobs import Result
from ocr_app.recipes.verdict import sentences

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "texts")
ENGLISH = "en"
_PLACE = re.compile(r"(?P<name>.*?)(?:\[(?P<at>\d+)\]|:(?P<side>left|right|above|below|between))?\Z")


class PageTexts:
    """The texts of one language; a key that the file lacks is a KeyError. ``language``: as in the attribute lang."""

    def __init__(self, language: str = ENGLISH) -> None:
        self.language = language
        with open(os.path.join(FOLDER, language + ".json"), encoding="utf-8") as stream:
            self._texts: Dict[str, str] = json.load(stream)

    def __call__(self, key: str, **values: Any) -> str:
        """The text, with values in its braces."""
        return self._texts[key].format(**values) if values else self._texts[key]

    def below(self, prefix: str) -> Dict[str, str]:
        """All texts whose keys begin with ``prefix``, by the rest of the key."""
        return {key[len(prefix) :]: text for key, text in self._texts.items() if key.startswith(prefix)}

    def reason(self, reason: str) -> str:
        """A reason of a row ("unsure:lot[3]", "crashed", "degraded:disk_low") as a sentence."""
        code, _, where = reason.partition(":")
        if code == "degraded":
            return self("reason.degraded", alarm=self._texts.get("alarm.{}.title".format(where), where))
        known = self._texts.get("reason." + code)
        if known is None:
            return self("reason.other", code=reason)
        return known.format(place=self._place(where)).strip()

    def _place(self, where: str) -> str:
        found = _PLACE.match(where)
        if not where or found is None:
            return self("place.code")
        name, at, side = found.groups()
        if at is not None:
            return self("place.character", number=int(at) + 1, line=name)
        return self("place." + side, line=name) if side else name

    def reasons_of(self, reasons: List[str], result: Optional[Mapping[str, Any]]) -> List[Dict[str, str]]:
        """Each reason as {code, text, remedy}. ``result``: what was read, whose details say more; None without."""
        detailed = {}
        for one in ((result or {}).get("code") or {}).get("reasons", ()):
            key = one["code"] + (":" + one["where"] if one.get("where") else "")
            detailed[key] = one
        return [self._told(reason, detailed.get(reason)) for reason in reasons]

    def _told(self, reason: str, detailed: Optional[Mapping[str, str]]) -> Dict[str, str]:
        code = reason.partition(":")[0]
        if detailed is not None and code in sentences.EXPLANATIONS:
            text = sentences.sentence(detailed)
        else:
            text = self.reason(reason)
        return {"code": reason, "text": text, "remedy": self._texts.get("remedy." + code, "")}

    def alarm(self, reason: str) -> Dict[str, str]:
        """{code, title, means, remedy} of what degrades the service."""
        keys = ("title", "means", "remedy")
        return dict({key: self("alarm.{}.{}".format(reason, key)) for key in keys}, code=reason)


def lines_of(result: Optional[Result]) -> List[Dict[str, Any]]:
    """What was read, for drawing: {text, quad}; empty without a reading."""
    return [{"text": line["text"], "quad": line["quad"]} for line in (result or {}).get("lines", ())]


KNOWN = frozenset(sentences.EXPLANATIONS) | frozenset(WITHOUT_READING)
"""The reasons that have to have a text."""
