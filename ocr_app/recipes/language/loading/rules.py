"""The keys ``tolerances``, ``relations`` and ``witnesses`` of a recipe."""

import re
from typing import List, Optional, Sequence, Tuple

from ocr_app.core.yaml_tree import YamlNode
from ocr_app.recipes.language.recipe import WITNESSES, RecipeField, Relation, Tolerances

MONTH_ENDS = ("clamp", "roll", "last-day")
_RELATION = re.compile(
    r"(?P<left>[\w-]+)\s*(?P<comparison>=|after|before)\s*(?P<right>[\w-]+)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<count>\d+)\s+(?P<unit>day|week|month|year)s?)?(?:\s*\((?P<end>[\w-]+)\))?$"
)


def read_tolerances(node: Optional[YamlNode]) -> Tolerances:
    """The tolerances, the defaults where a key is missing. Raises RecipeError."""
    tolerances = Tolerances()
    if node is None:
        return tolerances
    keys = node.as_mapping("tolerances")
    for name in Tolerances._fields:
        value = keys.get(name)
        if value is not None:
            tolerances = tolerances._replace(**{name: _read_number(value, name)})
    keys.refuse_unknown_keys()
    return tolerances


def _read_number(node: YamlNode, name: str) -> float:
    try:
        number = float(node.as_text(name))
    except ValueError:
        raise node.error("{}: {!r}".format(name, node.value), "a number")
    if not 0 <= number <= 1e6:
        raise node.error("{}: {}".format(name, number), "a number from 0")
    return number


def read_witnesses(node: Optional[YamlNode]) -> int:
    """How many independent networks must read the same code; the default where the key is missing."""
    return WITNESSES if node is None else int(node.as_choice("witnesses", ("1", "2")))


def read_relations(node: Optional[YamlNode], fields: Sequence[RecipeField]) -> Tuple[Relation, ...]:
    """The relations between these fields. Raises RecipeError."""
    names = sorted({field.name for field in fields if field.name and field.kind in ("date", "lot", "gs1")})
    return tuple(_read_relation(item, names) for item in (node.as_list("relations") if node else []))


def _read_relation(node: YamlNode, names: List[str]) -> Relation:
    """``expiry = production + 12 months (clamp)``, ``expiry after production``."""
    text = node.as_text("a relation")
    found = _RELATION.match(text.strip())
    if not found:
        raise node.error("not a relation: {!r}".format(text), "for example: expiry = production + 12 months (clamp)")
    left, comparison, right, sign, count, unit, end = found.groups()
    node._replace(value=left).as_choice("date field", names)
    node._replace(value=right).as_choice("date field", names + ["today"])
    if end is not None:
        node._replace(value=end).as_choice("month-end rule", MONTH_ENDS)
    amount = int(count or 0) * (-1 if sign == "-" else 1)
    return Relation(left, comparison, right, amount, (unit or "day") + "s", end or "clamp", text.strip())
