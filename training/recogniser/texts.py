"""The texts of the lines from which the recogniser learns: half from grammars of codes, half uniform characters.

In the uniform half every letter is equally frequent, so that no language is learnt; the grammars teach the shapes
that appear side by side in codes: dates, keywords, lots, times, prices, GS1 element strings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from training.render.seeds import chance, pick
from training.render.text import LAYOUTS, MONTHS, clock, code_lines, lot

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
MARKS = ".,:;/-+()*&%#'\"@|=_!?<>$"
CHARACTERS = LETTERS + DIGITS + " " + MARKS
CASED = CHARACTERS + LETTERS.lower()  # what the recogniser tells apart; the codes of ``draw`` are upper case
LONGEST = 34  # characters

_KEYWORDS = (
    "EXP", "EXP:", "EXP.", "EXP DATE", "EXPIRY", "EXPIRES", "BEST BEFORE", "BEST BY", "BB", "BBE", "BB:", "USE BY",
    "SELL BY", "BEST BEFORE END", "PRO:", "PROD", "PRD", "PD", "MFG", "MFG:", "MFD", "PKD", "PACKED ON", "PROD DATE",
    "LOT", "LOT:", "L:", "LOT NO.", "BATCH", "BATCH NO", "B.NO.", "CODE NO.", "CAD", "CAD:", "CONSUMIR ANTES DE",
    "CONS. PREF.", "FECHA CAD", "F.CAD", "LOTE", "LOTE:", "ELAB", "ENV", "FAB", "VENC", "A CONSOMMER AVANT", "DLC",
    "DLC:", "DDM", "DLUO", "A CONS. DE PREF. AVANT LE", "FABRIQUE LE", "MHD", "MHD:", "MINDESTENS HALTBAR BIS",
    "VERBRAUCHEN BIS", "CHARGE", "CH.-B.", "HERGESTELLT", "VERW. BIS", "DA CONSUMARSI ENTRO", "DA CONS. PREF. ENTRO",
    "SCAD", "SCAD.", "LOTTO", "PREZZO", "PROD.", "TMC", "E", "P", "L", "V", "C", "MRP", "MRP RS.", "PRICE", "SN",
    "S/N", "REF", "NO.", "QTY", "LINE", "SHIFT", "NET WT", "INCL. OF ALL TAXES",
)  # fmt: skip
_DAY_FORMS = (
    "{d}.{m}.{Y}", "{d}/{m}/{Y}", "{d}-{m}-{Y}", "{d} {m} {Y}", "{Y}.{m}.{d}", "{Y}/{m}/{d}", "{Y}-{m}-{d}",
    "{Y} {m} {d}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{d}-{m}-{y}", "{d} {m} {y}", "{y}.{m}.{d}", "{y}/{m}/{d}",
    "{y}-{m}-{d}", "{d}{m}{y}", "{d}{m}{Y}", "{Y}{m}{d}", "{y}{m}{d}", "{d} {M} {Y}", "{d} {M} {y}", "{d}{M}{Y}",
    "{d}{M}{y}", "{d}-{M}-{Y}", "{d}-{M}-{y}", "{d}/{M}/{y}", "{d}.{M}.{Y}", "{M} {d} {Y}", "{M} {d} {y}",
    "{M}-{d}-{Y}", "{M}{d}{y}", "{M}/{d}/{y}", "{M} {d}, {Y}", "{Y}{M}{d}", "{Y} {M} {d}", "{y}{M}{d}", "{m}/{d}/{Y}",
    "{m}.{d}.{y}", "{d} / {m} / {Y}", "{d} - {m} - {y}", "{d}. {m}. {Y}", "{d}/ {m}/ {Y}", "{d}|{m}|{y}",
    "{d}'{m}'{y}", "{d},{m},{y}", "{d} . {m} . {y}", "{Y}. {m}. {d}",
)  # fmt: skip
_SHORT_FORMS = (
    "{m}/{Y}", "{m}.{Y}", "{m}-{Y}", "{m} {Y}", "{m}/{y}", "{m}.{y}", "{M} {Y}", "{M}{y}", "{M}-{y}", "{M}/{Y}",
    "{Y}.{m}", "{Y}/{m}", "{Y}-{m}", "{m}.{d}", "{d}.{m}", "{d}/{m}", "{m}/{d}", "{d} {M}", "{M} {d}", "{d}-{m}",
    "{m} . {d}",
)  # fmt: skip


def draw(rng: np.random.Generator, grammar: float = 0.5) -> str:
    """One line of 1..``LONGEST`` characters of ``CHARACTERS``, neither starting nor ending with a space.

    ``grammar`` is the chance that it comes from a grammar; otherwise its characters are uniform.
    """
    for _ in range(100):
        text = " ".join((_uniform(rng) if chance(rng, 1.0 - grammar) else _grammar(rng)).split())
        if text and len(text) <= LONGEST:
            return text
    raise AssertionError("a hundred texts in a row were too long")


def fold(text: str) -> str:
    """The text in upper case, in which readings of codes are compared."""
    return text.upper()


def _uniform(rng: np.random.Generator) -> str:
    """Equally likely characters: letters and digits, often with punctuation and spaces between them."""
    kind = rng.random()
    length = int(np.clip(rng.gamma(4.0, 2.6), 1, 28))
    if kind < 0.12:
        alphabet = CHARACTERS
    elif kind < 0.3:
        alphabet = DIGITS
    elif kind < 0.42:
        alphabet = LETTERS
    elif kind < 0.52:
        alphabet = "0O1IL7Z2S5B8D6GQUVWMNHKRPF93CEAT"  # characters that are easily confused
    else:
        alphabet = LETTERS + DIGITS
    body = [alphabet[int(i)] for i in rng.integers(len(alphabet), size=length)]
    if chance(rng, 0.6):
        for place in sorted(rng.integers(1, max(2, length), size=int(rng.integers(0, 1 + length // 4))), reverse=True):
            mark = " " if chance(rng, 0.55) else MARKS[int(rng.integers(len(MARKS)))]
            body.insert(int(place), mark)
    return "".join(body)


def _grammar(rng: np.random.Generator) -> str:
    maker = _MAKERS[int(rng.integers(len(_MAKERS)))]
    return maker(rng)


def _when(rng: np.random.Generator) -> date:
    return date(2012, 1, 1) + timedelta(days=int(rng.integers(0, 24 * 365)))


def _date(rng: np.random.Generator) -> str:
    day, form = _when(rng), pick(rng, _DAY_FORMS if chance(rng, 0.8) else _SHORT_FORMS)
    month = MONTHS[pick(rng, tuple(MONTHS))][day.month - 1]
    return form.format(d=f"{day.day:02d}", m=f"{day.month:02d}", y=f"{day.year % 100:02d}", Y=day.year, M=month)


def _dated(rng: np.random.Generator) -> str:
    return pick(rng, _KEYWORDS) + pick(rng, (" ", " ", "", ":", ": ")) + _date(rng)


def _two_dates(rng: np.random.Generator) -> str:
    return f"{_dated(rng)} {_dated(rng)}" if chance(rng, 0.5) else f"{_date(rng)} {_date(rng)}"


def _date_and_more(rng: np.random.Generator) -> str:
    tail = pick(rng, (_time(rng), _shift(rng), lot(rng, _when(rng)), f"({_time(rng)})", f"({_letter(rng)})"))
    return f"{_date(rng)}{pick(rng, (' ', ' ', ' ', '', '/'))}{tail}"


def _lot_like(rng: np.random.Generator) -> str:
    """Runs of letters and digits, often behind a keyword."""
    runs = []
    for _ in range(int(rng.integers(1, 4))):
        alphabet = LETTERS if chance(rng, 0.3) else DIGITS
        runs.append("".join(alphabet[int(i)] for i in rng.integers(len(alphabet), size=int(rng.integers(1, 7)))))
    body = pick(rng, ("", "", " ", "-", "/", ".")).join(runs)
    return body if chance(rng, 0.5) else f"{pick(rng, _KEYWORDS)}{pick(rng, (' ', '', ':'))}{body}"


def _old_code(rng: np.random.Generator) -> str:
    lines = code_lines(rng, pick(rng, LAYOUTS))
    return lines[int(rng.integers(len(lines)))]


def _time(rng: np.random.Generator) -> str:
    text = clock(rng)
    return text + f":{rng.integers(0, 60):02d}" if chance(rng, 0.25) else text


def _letter(rng: np.random.Generator) -> str:
    return LETTERS[int(rng.integers(26))]


def _shift(rng: np.random.Generator) -> str:
    return pick(rng, (_letter(rng), f"{_letter(rng)}{rng.integers(0, 10)}", f"{_letter(rng)}-{rng.integers(0, 10)}"))


def _lot_time(rng: np.random.Generator) -> str:
    parts = [
        lot(rng, _when(rng)),
        f"{rng.integers(0, 100):02d}",
        pick(rng, ("H", "A", "B", "")) + _time(rng),
        _shift(rng),
    ]
    keep = [part for part in parts if chance(rng, 0.7)]
    return " ".join(keep or parts)


def _price(rng: np.random.Generator) -> str:
    amount = f"{rng.integers(0, 1000)}{pick(rng, ('.', ','))}{rng.integers(0, 100):02d}"
    return pick(rng, (f"MRP RS.{amount}", f"MRP: {amount}/-", f"$ {amount}", f"${amount}", f"PRICE {amount}", amount))


def _gs1(rng: np.random.Generator) -> str:
    day = _when(rng)
    parts = (
        "(01)" + "".join(str(d) for d in rng.integers(0, 10, 14)),
        f"({pick(rng, ('17', '15', '11'))}){day:%y%m%d}",
        "(10)" + _lot_like(rng).replace(" ", "")[:10],
        "(21)" + str(rng.integers(1000, 10**9)),
    )
    first = int(rng.integers(4))
    return "".join(parts[first : first + int(rng.integers(1, 3))])


def _keyword(rng: np.random.Generator) -> str:
    return pick(rng, _KEYWORDS)


def _digits(rng: np.random.Generator) -> str:
    body = "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(1, 15))))
    cut = int(rng.integers(0, len(body) + 1))
    return f"{body[:cut]}{pick(rng, ('', ' ', '-'))}{body[cut:]}"


_MAKERS: tuple[Callable[[np.random.Generator], str], ...] = (
    _date, _date, _date, _date, _dated, _dated, _dated, _two_dates, _date_and_more, _date_and_more,
    _lot_like, _lot_like, _lot_time, _lot_time, _old_code, _old_code, _old_code, _price, _gs1, _keyword, _digits, _time,
)  # fmt: skip
