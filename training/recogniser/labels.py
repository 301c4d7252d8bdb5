"""The texts of labels, boxes and instructions: words in upper and lower case, numbers with units, codes with keywords.

Half of the words are known ones in several languages, the others are made of syllables or of equally likely letters,
so that no language is learnt and no letter starves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from training.detector import texts as scene
from training.recogniser import texts
from training.recogniser.texts import CASED, DIGITS, LETTERS, LONGEST
from training.render.seeds import chance, pick

_KEYWORDS = (
    "Exp", "Exp.", "Exp:", "Exp. Date", "Exp. date:", "EXP", "Expiry", "Expiry Date:", "Expires", "Lot", "Lot:",
    "Lot No.", "Lot no.:", "LOT", "Batch", "Batch No.", "Batch no:", "B. No.", "B.No.:", "Best before",
    "Best before:", "Best before end", "Best before end:", "Best Before", "Best by", "Best By:", "Use by", "Use by:",
    "Use By", "Use before", "Sell by", "Display until", "Packed on", "Pkd.", "Mfg", "Mfg.", "Mfg. Date", "Mfg. date:",
    "Mfd.", "Manufactured", "Prod.", "Production date", "Date of manufacture", "Made on", "Mindestens haltbar bis",
    "mindestens haltbar bis:", "Zu verbrauchen bis", "verwendbar bis", "Verwendbar bis:", "Ch.-B.", "Ch.-B.:",
    "Charge", "Los", "Hergestellt am", "A consommer avant", "A consommer de preference avant le",
    "Consumir preferentemente antes del", "Caducidad", "Cad.", "Fecha cad.", "Lote", "Lote:", "Lote n.",
    "Elaboracion", "Scadenza", "Scad.", "Da consumarsi entro", "da consumarsi preferibilmente entro il", "Lotto",
    "Lotto:", "Validade", "Fabr.", "Val.", "Ref.", "Ref", "REF", "SN", "S/N", "Serial No.", "Serial no.:", "Part No.",
    "P/N", "Model", "Model No.", "Type", "Item", "Art. Nr.", "Code", "No.", "Nr.", "Qty", "Qty:", "Price",
    "M.R.P. Rs.", "MRP Rs.", "Net wt.", "Net Wt", "Made in", "PC", "NN", "GTIN",
)  # fmt: skip
_WORDS = (
    "paracetamol", "ibuprofen", "amoxicillin", "hydrochloride", "sodium", "sulphate", "injection", "solution",
    "syrup", "tablets", "film-coated", "capsules", "cream", "ointment", "oral", "dose", "each", "contains", "store",
    "below", "protect", "from", "light", "moisture", "keep", "out", "reach", "of", "children", "prescription", "only",
    "read", "leaflet", "physician", "warning", "schedule", "licence", "manufactured", "marketed", "by", "Ltd", "Pvt.",
    "GmbH", "Inc.", "S.p.A.", "Co.", "Road", "Street", "Industrial", "Area", "Park", "District", "London", "Berlin",
    "Mumbai", "Zurich", "Quebec", "Bedford", "Exeter", "York", "Warszawa", "Jakarta", "stainless", "steel", "grade",
    "pressure", "max", "min", "volt", "voltage", "power", "input", "output", "serial", "number", "type", "model",
    "class", "weight", "size", "quantity", "box", "pack", "carton", "pallet", "ship", "to", "order", "customer",
    "delivery", "zinc", "extra", "mixed", "whole", "wheat", "juice", "yoghurt", "jam", "kiwi", "exotic", "crunchy",
    "hazelnut", "quinoa", "zero", "free", "organic", "approx.", "serving", "per", "value", "daily", "average",
    "quality", "packaging", "recyclable", "wash", "hands", "expiry", "bottle", "jar", "flavour", "wachsweich",
    "zusatz", "quark", "jogurt", "enthaltene", "menge", "verpackung", "entsorgen", "fuer", "mit", "und", "oder",
    "ohne", "jahr", "monat", "avec", "pour", "sans", "jusqu'au", "voir", "boite", "para", "con", "sin", "mejor",
    "consumo", "tambien", "prezzo", "della",
)  # fmt: skip
_UNITS = (
    "mg", "g", "kg", "ml", "mL", "l", "L", "cl", "oz", "fl oz", "lb", "mm", "cm", "m", "V", "W", "kW", "A", "mA",
    "Hz", "kHz", "%", "C", "kcal", "kJ", "IU", "mcg", "bar", "psi", "N", "Nm", "pcs", "tabs", "x",
)  # fmt: skip
_TRIES = 100


def draw(rng: np.random.Generator) -> str:
    """One line of 1..``LONGEST`` characters of ``CASED``, neither starting nor ending with a space."""
    for _ in range(_TRIES):
        text = "".join(sign for sign in _MAKERS[int(rng.integers(len(_MAKERS)))](rng) if sign in CASED)
        text = " ".join(text.split())
        if text and len(text) <= LONGEST:
            return text
    raise AssertionError("a hundred texts in a row were too long")


def word(rng: np.random.Generator) -> str:
    """A word, mostly in lower case."""
    kind = rng.random()
    if kind < 0.35:
        return _WORDS[int(rng.integers(len(_WORDS)))]
    if kind < 0.75:
        return scene.word(rng)
    return "".join(LETTERS[int(i)] for i in rng.integers(26, size=int(rng.integers(2, 10)))).lower()


def _in_case(rng: np.random.Generator, text: str) -> str:
    kind = rng.random()
    if kind < 0.4:
        return text
    if kind < 0.6:
        return text[:1].upper() + text[1:]
    return text.title() if kind < 0.8 else text.upper()


def _sentence(rng: np.random.Generator) -> str:
    left, parts = int(rng.integers(3, LONGEST)), []
    while left > 0:
        part = _quantity(rng) if chance(rng, 0.12) else word(rng)
        if chance(rng, 0.16):
            part += pick(rng, (",", ".", ":", ";", "-", "/", "*", ",", "."))
        if chance(rng, 0.04):
            part = f"({part})"
        parts.append(part)
        left -= len(part) + 1
    return _in_case(rng, " ".join(parts)[:LONGEST])


def _words(rng: np.random.Generator) -> str:
    return _in_case(rng, " ".join(word(rng) for _ in range(int(rng.integers(1, 4)))))


def _quantity(rng: np.random.Generator) -> str:
    number = pick(
        rng,
        (
            f"{rng.integers(1, 1000)}",
            f"{rng.integers(0, 100)}{pick(rng, ('.', ','))}{rng.integers(0, 100)}",
            f"{rng.integers(1, 60)} x {rng.integers(1, 900)}",
        ),
    )
    return number + pick(rng, ("", " ")) + pick(rng, _UNITS)


def _keyed(rng: np.random.Generator) -> str:
    """A keyword as labels print it, and a code: ``Exp. Date 08/2025``, ``Lot: B4431``."""
    code = _as_printed(rng, texts.draw(rng, 1.0))
    return pick(rng, _KEYWORDS) + pick(rng, (" ", " ", " ", ": ", ":", ". ", "")) + code


def _as_printed(rng: np.random.Generator, code: str) -> str:
    return code if chance(rng, 0.75) else code.title()


def _code(rng: np.random.Generator) -> str:
    return _as_printed(rng, texts.draw(rng, 0.8))


def _uniform(rng: np.random.Generator) -> str:
    """Equally likely characters of both cases."""
    alphabet = pick(rng, (CASED, LETTERS.lower(), LETTERS + LETTERS.lower(), LETTERS.lower() + DIGITS))
    return "".join(alphabet[int(i)] for i in rng.integers(len(alphabet), size=int(rng.integers(1, 16))))


def _address(rng: np.random.Generator) -> str:
    digits = "".join(DIGITS[int(i)] for i in rng.integers(10, size=int(rng.integers(4, 12))))
    return pick(
        rng,
        (
            f"{word(rng).title()} {word(rng).title()}, {digits[:5]} {word(rng).title()}",
            f"www.{word(rng)}{word(rng)}.{pick(rng, ('com', 'de', 'co.uk', 'it', 'org'))}",
            f"{word(rng)}@{word(rng)}.{pick(rng, ('com', 'de', 'in', 'fr'))}",
            f"Tel. {digits[:4]} {digits[4:]}",
            f"Tel: +{digits[:2]} {digits[2:5]}-{digits[5:]}",
            f"{scene.bar_digits(rng)}",
            f"{word(rng).title()} {pick(rng, ('Ltd.', 'GmbH', 'Inc.', 'S.A.', 'Pvt. Ltd.', 'Co.', 'AG', 'B.V.'))}",
        ),
    )


_MAKERS: tuple[Callable[[np.random.Generator], str], ...] = (
    _sentence, _sentence, _sentence, _sentence, _words, _words, _words, _quantity, _keyed, _keyed, _keyed, _code, _code,
    _uniform, _uniform, _address,
)  # fmt: skip
