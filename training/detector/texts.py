"""The texts of the scenes: codes, which the detector has to find, and label text, which it has to ignore."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from training.render.seeds import chance, pick
from training.render.text import LAYOUTS, MONTHS, code_lines

_DATES = (
    "{d}.{m}.{Y}", "{d}/{m}/{Y}", "{d}-{m}-{Y}", "{d} {m} {Y}", "{Y}.{m}.{d}", "{Y}/{m}/{d}", "{Y}-{m}-{d}",
    "{Y} {m} {d}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{d} {m} {y}", "{y}.{m}.{d}", "{y}/{m}/{d}",
    "{y} {m} {d}", "{d}{m}{y}", "{d}{m}{Y}", "{Y}{m}{d}", "{d} {M} {Y}", "{d} {M} {y}", "{d}{M}{Y}", "{d}{M}{y}",
    "{d}-{M}-{Y}", "{M} {d} {Y}", "{M}/{d}/{y}", "{M} {d}, {y}", "{m}/{Y}", "{m}.{Y}", "{m} {Y}", "{m}/{y}",
    "{M} {Y}", "{M}{y}", "{d}.{m}.", "{m}.{d}",
)  # fmt: skip
_BEFORE = (
    "EXP", "EXP:", "EXP.", "EXP ", "EXPIRY", "EXPIRY DATE", "BEST BEFORE", "Best Before:", "BEST BY", "Best By", "BB",
    "BBE", "USE BY", "Use By", "SELL BY", "BEFORE:", "MHD", "MHD:", "DLC", "DLUO", "CAD", "CAD:", "CONS. PREF.",
    "F.CAD", "VENC", "SCAD", "A CONSOMMER AVANT", "E", "E:", "BB/MA", "V", "VAL:", "TMT", "HSD",
)  # fmt: skip
_MADE = (
    "PRO",
    "PRO:",
    "PROD",
    "PRD",
    "PD",
    "MFG",
    "MFG:",
    "MFD",
    "PKD",
    "PACKED",
    "ELAB",
    "FAB",
    "ENV",
    "P",
    "P:",
    "NSX",
    "PROD.",
)
_LOTS = (
    "L",
    "L",
    "L:",
    "L ",
    "LOT",
    "LOT:",
    "LOT ",
    "LOTE",
    "LOTE:",
    "LOTTO",
    "BATCH",
    "B.NO.",
    "CHARGE",
    "CODE NO.",
    "CODE",
    "NO.",
    "SN",
    "#",
    "",
)
_SYLLABLES = [
    "an",
    "al",
    "ar",
    "as",
    "at",
    "be",
    "ba",
    "bo",
    "ca",
    "co",
    "cu",
    "da",
    "de",
    "di",
    "do",
    "du",
    "el",
    "en",
    "er",
    "es",
    "et",
    "fa",
    "fi",
    "fo",
    "ga",
    "ge",
    "go",
    "ha",
    "he",
    "hi",
    "ho",
    "il",
    "in",
    "is",
    "it",
    "ja",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "lu",
    "ma",
    "me",
    "mi",
    "mo",
    "mu",
    "na",
    "ne",
    "ni",
    "no",
    "nu",
    "oc",
    "of",
    "on",
    "or",
    "ou",
    "pa",
    "pe",
    "pi",
    "po",
    "qua",
    "ra",
    "re",
    "ri",
    "ro",
    "ru",
    "sa",
    "se",
    "si",
    "so",
    "su",
    "ta",
    "te",
    "ti",
    "to",
    "tu",
    "un",
    "ur",
    "us",
    "va",
    "ve",
    "vi",
    "vo",
    "wa",
    "we",
    "wi",
    "za",
    "ze",
    "zo",
    "st",
    "ch",
    "sh",
    "tr",
    "br",
]
_LABEL = [
    "ingredients",
    "sugar",
    "water",
    "wheat",
    "flour",
    "salt",
    "store",
    "in",
    "a",
    "cool",
    "dry",
    "place",
    "keep",
    "refrigerated",
    "after",
    "opening",
    "net",
    "weight",
    "produced",
    "by",
    "imported",
    "distributed",
    "made",
    "in",
    "may",
    "contain",
    "traces",
    "of",
    "nuts",
    "milk",
    "soya",
    "vegetable",
    "oil",
    "palm",
    "fat",
    "cocoa",
    "butter",
    "emulsifier",
    "lecithin",
    "natural",
    "flavour",
    "energy",
    "protein",
    "fibre",
    "sodium",
    "carbohydrate",
    "of",
    "which",
    "sugars",
    "saturates",
    "recycle",
    "please",
    "best",
    "served",
    "cold",
    "fresh",
    "original",
    "premium",
    "family",
    "size",
    "no",
    "artificial",
    "colours",
    "preservatives",
    "www",
    "consumer",
    "service",
    "company",
    "limited",
    "street",
    "avenue",
    "zutaten",
    "wasser",
    "zucker",
    "weizenmehl",
    "kuehl",
    "trocken",
    "lagern",
    "hergestellt",
    "ingredientes",
    "agua",
    "azucar",
    "sal",
    "harina",
    "conservar",
    "en",
    "lugar",
    "fresco",
    "eau",
    "sucre",
    "farine",
    "de",
    "ble",
    "sel",
    "conserver",
    "au",
    "frais",
    "lait",
    "entier",
    "acqua",
    "zucchero",
    "farina",
    "latte",
    "olio",
    "best",
    "before",
    "see",
    "side",
    "quality",
    "since",
    "guarantee",
    "vitamin",
    "calcium",
    "iron",
    "strawberry",
    "chocolate",
    "biscuit",
    "coffee",
    "green",
    "tea",
    "orange",
    "lemon",
    "tablets",
    "capsules",
    "use",
    "only",
    "as",
    "directed",
]
_UNITS = ("g", "kg", "ml", "l", "kcal", "kJ", "%", "mg", "oz", "cm")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def code(rng: np.random.Generator) -> tuple[str, ...]:
    """The 1..4 lines of one production code, each 3..34 characters of ASCII."""
    if chance(rng, 0.2):
        return code_lines(rng, pick(rng, LAYOUTS))
    count = int(rng.choice(4, p=(0.3, 0.4, 0.22, 0.08))) + 1
    made = date(2016, 1, 1) + timedelta(days=int(rng.integers(0, 12 * 365)))
    ends = made + timedelta(days=int(rng.integers(5, 1100)))
    form, language, keyed = pick(rng, _DATES), pick(rng, tuple(MONTHS)), chance(rng, 0.5)
    end = _date_line(rng, ends, form, language, _BEFORE if keyed else ())
    start = _date_line(rng, made, form, language, _MADE if keyed else ())
    first = [end] if chance(rng, 0.6) else [start, end] if chance(rng, 0.5) else [end, start]
    rest = [_lot_line(rng, made) for _ in range(4)]
    if chance(rng, 0.2):
        first = [rest.pop(), *first]
    if len(first) > 1 and count == 1 and chance(rng, 0.4):
        first = [(first[0] + " " * int(rng.integers(1, 4)) + first[1])[:34].strip()]
    return tuple(_cased(rng, line) for line in (first + rest)[:count])


def lone(rng: np.random.Generator) -> tuple[str, ...]:
    """The 1 or 2 lines of a code without a keyword: a time, a bare date, groups of digits joined by hyphens."""
    day = date(2016, 1, 1) + timedelta(days=int(rng.integers(0, 12 * 365)))
    bare = _date_line(rng, day, pick(rng, _DATES), pick(rng, tuple(MONTHS)), ())
    groups = "-".join(_digits(rng, int(rng.integers(1, 6))) for _ in range(int(rng.integers(2, 6))))
    lines = tuple(line for line in (time(rng), groups, bare) if len(line) > 3 and chance(rng, 0.5))
    return lines[:2] or (bare,)


def _date_line(rng: np.random.Generator, day: date, form: str, language: str, keywords: tuple[str, ...]) -> str:
    month = MONTHS[language][day.month - 1]
    text = form.format(d=f"{day.day:02d}", m=f"{day.month:02d}", y=f"{day.year % 100:02d}", Y=day.year, M=month)
    if keywords:
        text = pick(rng, keywords) + pick(rng, (" ", " ", "", "  ")) + text
    if chance(rng, 0.3):
        text += pick(rng, (" ", " ", "", "/", "  ")) + pick(
            rng, (time(rng), shift(rng), f"({time(rng)})", f"({shift(rng)})", runs(rng))
        )
    return text[:34].strip()


def _lot_line(rng: np.random.Generator, made: date) -> str:
    kind = int(rng.integers(7))
    if kind == 0:
        return time(rng) if chance(rng, 0.5) else f"{time(rng)} {shift(rng)}"
    if kind == 1:
        return f"{pick(rng, _LOTS)}{made:%y%j}{rng.integers(0, 1000):03d}"
    if kind == 2:
        return f"{pick(rng, _LOTS)} {runs(rng)} {time(rng)}"[:34].strip()
    if kind == 3:
        return f"{runs(rng)} {runs(rng)}"[:30]
    if kind == 4:
        return (
            f"MRP RS. {rng.integers(5, 999)}.00"
            if chance(rng, 0.3)
            else f"{shift(rng)} {time(rng)} {rng.integers(0, 100):02d}"
        )
    return f"{pick(rng, _LOTS)}{pick(rng, ('', ' ', ' '))}{runs(rng)}"[:30].strip()


def runs(rng: np.random.Generator) -> str:
    """Runs of digits and letters that hold at least two digits, as in lots: ``157828``, ``222A3``, ``09-2022B``."""
    parts = [_digits(rng, int(rng.integers(2, 8)))]
    for _ in range(int(rng.choice(4, p=(0.4, 0.35, 0.17, 0.08)))):
        letters = "".join(LETTERS[int(i)] for i in rng.integers(26, size=int(rng.integers(1, 3))))
        parts.append(letters if chance(rng, 0.5) else _digits(rng, int(rng.integers(1, 5))))
    order = rng.permutation(len(parts))
    return pick(rng, ("", "", " ", "-", "/", ".")).join(parts[int(i)] for i in order)[:22]


def time(rng: np.random.Generator) -> str:
    """A time HH:MM, sometimes with seconds."""
    return f"{rng.integers(24):02d}:{rng.integers(60):02d}" + (f":{rng.integers(60):02d}" if chance(rng, 0.2) else "")


def shift(rng: np.random.Generator) -> str:
    """A shift as printed after a date: a letter, a letter and a digit, or a line number."""
    letter = LETTERS[int(rng.integers(26))]
    return pick(
        rng, (letter, f"{letter}{rng.integers(10)}", f"{letter}-{rng.integers(10)}", f"{rng.integers(100):02d}")
    )


def _digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(int(d)) for d in rng.integers(0, 10, size=count))


def _cased(rng: np.random.Generator, line: str) -> str:
    return line.title() if chance(rng, 0.05) else line.lower() if chance(rng, 0.02) else line


def word(rng: np.random.Generator) -> str:
    """A label word: a known one, or one of random syllables."""
    if chance(rng, 0.5):
        return _LABEL[int(rng.integers(len(_LABEL)))]
    return "".join(_SYLLABLES[int(i)] for i in rng.integers(len(_SYLLABLES), size=int(rng.integers(1, 5))))


def sentence(rng: np.random.Generator, characters: int, numbers: float) -> str:
    """Label words up to about ``characters``; a share ``numbers`` of the words are quantities such as ``12 g``."""
    parts: list[str] = []
    left = characters
    while left > 0:
        part = quantity(rng) if chance(rng, numbers) else word(rng)
        if chance(rng, 0.12):
            part += pick(rng, (",", ".", ":", ";", ")", "-"))
        parts.append(part)
        left -= len(part) + 1
    return " ".join(parts)[:characters].strip() or "e"


def quantity(rng: np.random.Generator) -> str:
    """A quantity of label text: ``12 g``, ``3.5%``, ``1540 kJ``."""
    number = pick(
        rng, (f"{rng.integers(1, 100)}", f"{rng.integers(1, 20)}.{rng.integers(10)}", f"{rng.integers(1, 20) * 50}")
    )
    return number + pick(rng, ("", " ")) + pick(rng, _UNITS)


def heading(rng: np.random.Generator) -> str:
    """One or two words of a brand, mostly in capitals."""
    text = " ".join(word(rng) for _ in range(int(rng.integers(1, 3))))
    return text.upper() if chance(rng, 0.55) else text.title()


def ambiguous(rng: np.random.Generator) -> str:
    """Text that may be a code or label text: telephone numbers, references, article numbers."""
    return pick(
        rng,
        (
            f"{_digits(rng, 3)}-{_digits(rng, 4)}-{_digits(rng, 4)}",
            f"Ref. {_digits(rng, 5)}",
            f"No. {_digits(rng, 6)}",
            f"+{_digits(rng, 2)} {_digits(rng, 3)} {_digits(rng, 6)}",
        ),
    )


def bar_digits(rng: np.random.Generator) -> str:
    """The digits below a bar code, with or without groups."""
    digits = _digits(rng, int(rng.choice((8, 12, 13, 14))))
    return pick(rng, (digits, f"{digits[:1]} {digits[1:7]} {digits[7:]}".strip(), " ".join(digits)))
