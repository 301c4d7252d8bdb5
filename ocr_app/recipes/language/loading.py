"""From the YAML of a recipe to a :class:`Recipe`; every refusal names file, line, and what was meant instead."""

import datetime
import re
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.yaml_tree import Keys, Value, parse, read
from ocr_app.recipes.automata.nfa import Dfa, Nfa, Registry, compiled, loosened
from ocr_app.recipes.language import gs1
from ocr_app.recipes.language.calendar import (
    DIGITS,
    LETTERS,
    MONTHS,
    Setting,
    Token,
    date_tokens,
    gs1_date_tokens,
    language,
    mask_tokens,
    time_tokens,
)
from ocr_app.recipes.language.recipe import (
    JUNK,
    SPACES,
    FieldGroup,
    Part,
    Recipe,
    RecipeField,
    RecipeLayout,
    RecipeLine,
    Relation,
    Tolerances,
)

MAX_LENGTH = 64  # characters of one field; a longer one is no code
DEFAULT_LOOKALIKES = ("O0",)  # the fonts of most code printers draw them alike
NAMED_DATES: Dict[str, Tuple[str, ...]] = {
    "iso": ("YYYY-MM-DD",),
    "day-first": ("DD~MM~YYYY", "DD~MM~YY", "DD~MMM~YYYY", "DD~MMM~YY"),
    "year-first": ("YYYY~MM~DD", "YY~MM~DD", "YYYY~MMM~DD"),
    "month-name-first": ("MMM~DD~YYYY", "MMM~DD~YY"),
    "month-first": ("MM~DD~YYYY", "MM~DD~YY", "MMM~DD~YYYY", "MMM~DD~YY"),
    "month-year": ("MM~YYYY", "MM~YY", "MMM~YYYY", "MMM~YY", "YYYY~MM"),
    "day-month": ("DD~MM", "DD~MMM", "MM~DD", "MMM~DD"),
}
"""Date formats that have a name; ``any`` is all of them but ``month-first``, which would make 01.02. two dates."""
NAMED_DATES["any"] = tuple(
    sorted({pattern for name, patterns in NAMED_DATES.items() if name != "month-first" for pattern in patterns})
)
_FIELD_KINDS = ("literal", "digits", "letters", "alphanumeric", "choice", "date", "time", "lot", "gs1")

MONTH_ENDS = ("clamp", "roll", "last-day")


class _Context(NamedTuple):
    """What holds for all fields unless they say otherwise."""

    setting: Setting
    spaces: str
    junk: str
    fields: List[RecipeField]
    today: datetime.date


def load(path: str, today: Optional[datetime.date] = None) -> Recipe:
    """The recipe in a file. ``today`` is what ``now`` means in ``years``; default: the clock's date.

    Raises RecipeError with file, line and suggestion.
    """
    return from_node(read(path), path, today)


def loads(text: str, file: str = "recipe", today: Optional[datetime.date] = None) -> Recipe:
    """The recipe in a text. Raises RecipeError."""
    return from_node(parse(text, file), file, today)


def from_node(node: Value, file: str, today: Optional[datetime.date] = None) -> Recipe:
    """The recipe in a YAML tree. Raises RecipeError."""
    keys = node.keys("the recipe")
    name = keys.need("name").text("name")
    keys.get("about")
    today = today or datetime.date.today()
    spaces, junk = _chosen(keys, "spaces", SPACES, "optional"), _chosen(keys, "junk", JUNK, "report")
    context = _Context(_setting(keys, Setting(), today), spaces, junk, [], today)
    registry = Registry()
    layouts = _layouts(keys, context, registry)
    tolerances = _tolerances(keys.get("tolerances"))
    relations = _relations(keys.get("relations"), context.fields)
    alike = keys.get("lookalikes")
    lookalikes = DEFAULT_LOOKALIKES if alike is None else tuple(text.upper() for text in alike.texts("lookalikes"))
    keys.finish()
    return Recipe(name, file, layouts, tuple(context.fields), tolerances, relations, lookalikes, registry, {})


def _chosen(keys: Keys, name: str, known: Tuple[str, ...], default: str) -> str:
    value = keys.get(name)
    return default if value is None else value.chosen(name, known)


def _setting(keys: Keys, default: Setting, today: datetime.date) -> Setting:
    years, languages, separators = keys.get("years"), keys.get("languages"), keys.get("separators")
    setting = default
    if years is not None:
        first, last = _years(years, today)
        setting = setting._replace(first_year=first, last_year=last)
    if languages is not None:
        names = languages.texts("languages")
        for position, name in enumerate(names):
            Value(name, languages.file, languages.line).chosen("language", tuple(MONTHS))
            names[position] = name
        setting = setting._replace(languages=tuple(names))
    if separators is not None:
        setting = setting._replace(separators=_separators(separators))
    return setting


def _separators(node: Value) -> Tuple[str, ...]:
    found = [
        "" if item.value == "none" else " " if item.value == "space" else item.value
        for item in node.items("separators")
    ]
    if any(not isinstance(item, str) or len(item) > 1 for item in found):
        raise node.problem("separators: {}".format(found), "single characters, 'space' or 'none'")
    return tuple(found)


def _years(node: Value, today: datetime.date) -> Tuple[int, int]:
    """``2019-2040``, or ``now-2..now+10``."""
    text = node.text("years").replace(" ", "")
    found = re.match(r"(\d{4})(?:-|\.\.)(\d{4})$", text)
    moving = re.match(r"now(?:([+-]\d+))?\.\.now(?:([+-]\d+))?$", text)
    if found:
        first, last = int(found.group(1)), int(found.group(2))
    elif moving:
        first, last = (today.year + int(offset or 0) for offset in moving.groups())
    else:
        raise node.problem("years: {!r}".format(text), "2019-2040, or now-2..now+10")
    if not 1900 <= first <= last <= 2199 or last - first > 199:
        raise node.problem("years from {} to {}".format(first, last), "a window within 1900-2199, first year first")
    return first, last


def _layouts(keys: Keys, context: _Context, registry: Registry) -> Tuple[RecipeLayout, ...]:
    codes, lines = keys.get("codes"), keys.get("lines")
    if (codes is None) == (lines is None):
        raise keys.node.problem("a recipe has either 'lines' or 'codes'", "lines: one layout; codes: several layouts")
    if lines is not None:
        return (_layout("code", lines, context, registry),)
    found = []
    for number, item in enumerate(codes.items("codes") if codes else [], 1):
        own = item.keys("a code")
        title = own.get("name")
        name = title.text("name") if title else "code {}".format(number)
        found.append(_layout(name, own.need("lines"), context, registry))
        own.finish()
    return tuple(found)


def _layout(name: str, node: Value, context: _Context, registry: Registry) -> RecipeLayout:
    lines = [_line(number, item, context, registry) for number, item in enumerate(node.items("lines"), 1)]
    if all(line.optional for line in lines):
        raise node.problem("every line of {!r} is optional".format(name), "at least one line that is always printed")
    return RecipeLayout(name, tuple(lines))


def _line(number: int, node: Value, context: _Context, registry: Registry) -> RecipeLine:
    name, optional, fields = "line {}".format(number), False, node
    if isinstance(node.value, dict) and "fields" in node.value:
        keys = node.keys("a line")
        title = keys.get("name")
        name = title.text("name") if title else name
        spaces = _chosen(keys, "spaces", SPACES, context.spaces)
        context = context._replace(spaces=spaces, junk=_chosen(keys, "junk", JUNK, context.junk))
        optional = _flag(keys.get("optional"))
        fields = keys.need("fields")
        keys.finish()
    parts = _parts(fields, context)
    nfa = Nfa()
    start, end = nfa.state(), nfa.state()
    fresh, used = _sequence(nfa, parts, start, None)
    if fresh is not None:
        raise node.problem(
            "{} may be empty".format(name), "at least one field that is always printed", "optional: true"
        )
    nfa.link(used if used is not None else start, end)
    try:
        root = registry.add(nfa, start, end)
    except RecipeError as error:
        raise node.problem(error.found, error.expected, error.next_step)
    return RecipeLine(name, parts, context.junk, optional, root)


def _flag(node: Optional[Value]) -> bool:
    return node is not None and node.chosen("optional", ("true", "false")) == "true"


def _parts(node: Value, context: _Context) -> Tuple[Part, ...]:
    items = node.value if isinstance(node.value, list) else [node]
    if not items:
        raise node.problem("no fields", "a list of fields")
    return tuple(_part(item, context) for item in items)


def _part(node: Value, context: _Context) -> Part:
    if isinstance(node.value, str):
        return _field(node, "literal", node, Keys(Value({}, node.file, node.line), "a field"), context)
    keys = node.keys("a field")
    for word in ("optional", "either"):
        inner = keys.get(word)
        if inner is not None:
            ways = (_parts(inner, context),) if word == "optional" else _ways(inner, context)
            keys.finish()
            return FieldGroup(ways, word == "optional")
    found = [(kind, value) for kind, value in ((kind, keys.get(kind)) for kind in _FIELD_KINDS) if value is not None]
    if len(found) != 1:
        if not found:
            keys.finish()
        raise node.problem("a field has {} types".format(len(found)), "one of " + ", ".join(_FIELD_KINDS))
    return _field(node, found[0][0], found[0][1], keys, context)


def _ways(node: Value, context: _Context) -> Tuple[Tuple[Part, ...], ...]:
    return tuple(_parts(item, context) for item in node.items("either"))


def _field(node: Value, kind: str, value: Value, keys: Keys, context: _Context) -> RecipeField:
    name, expect = keys.get("as"), keys.get("expect")
    space = _chosen(keys, "space", SPACES, context.spaces)
    setting = _setting(keys, context.setting, context.today)
    try:
        automaton, patterns = _BUILDERS[kind](value, keys, setting)
    except RecipeError as error:
        raise (
            error
            if error.found.startswith(node.file + ":")
            else value.problem(error.found, error.expected, error.next_step)
        )
    keys.finish()
    automaton = loosened(automaton) if space == "loose" else automaton
    number = len(context.fields)
    field = RecipeField(
        number, kind, name.text("as") if name else "", automaton, space, patterns, setting,
        expect.text("expect") if expect else None, space == "loose",
    )  # fmt: skip
    context.fields.append(field)
    return field


_Built = Tuple[Dfa, Tuple[Tuple[Token, ...], ...]]


def _literal(value: Value, keys: Keys, setting: Setting) -> _Built:
    return _choices([value.text("literal")]), ()


def _choice(value: Value, keys: Keys, setting: Setting) -> _Built:
    return _choices(value.texts("choice")), ()


def _choices(words: List[str]) -> Dfa:
    nfa = Nfa()
    start = nfa.state()
    return compiled(nfa, start, nfa.words(start, [word.upper() for word in words]))


def _counted(signs: str) -> Callable[[Value, Keys, Setting], _Built]:
    def build(value: Value, keys: Keys, setting: Setting) -> _Built:
        low, high = _range(value)
        extra = keys.get("signs")
        nfa = Nfa()
        start = nfa.state()
        own = signs + (extra.text("signs").upper() if extra else "")
        return compiled(nfa, start, nfa.chars(start, "".join(sorted(set(own))), low=low, high=high)), ()

    return build


def _range(value: Value) -> Tuple[int, int]:
    text = value.text("a count")
    found = re.match(r"(\d+)(?:\s*(?:-|\.\.)\s*(\d+))?$", text)
    if not found:
        raise value.problem("a count is {!r}".format(text), "a number or a range: 8 or 4-8")
    low = int(found.group(1))
    high = int(found.group(2) or low)
    if not 1 <= low <= high <= MAX_LENGTH:
        raise value.problem("a count from {} to {}".format(low, high), "1-{}, the lower first".format(MAX_LENGTH))
    return low, high


def _date(value: Value, keys: Keys, setting: Setting) -> _Built:
    patterns: List[str] = []
    for text in value.texts("date"):
        patterns += NAMED_DATES.get(text, (text,))
    return _patterned(tuple(date_tokens(pattern) for pattern in patterns), setting)


def _time(value: Value, keys: Keys, setting: Setting) -> _Built:
    return _patterned(tuple(time_tokens(text) for text in value.texts("time")), setting)


def _lot(value: Value, keys: Keys, setting: Setting) -> _Built:
    return _patterned(tuple(mask_tokens(text) for text in value.texts("lot")), setting)


def _patterned(patterns: Tuple[Tuple[Token, ...], ...], setting: Setting) -> _Built:
    nfa = Nfa()
    start, end = nfa.state(), nfa.state()
    for tokens in patterns:
        own = language(tokens, setting)
        nfa.link(nfa.dfa(start, own), end)
    return compiled(nfa, start, end), patterns


def _gs1(value: Value, keys: Keys, setting: Setting) -> _Built:
    """One element: ``gs1: "17"``, with ``length`` and ``brackets``."""
    ai = value.text("gs1")
    length, brackets = keys.get("length"), keys.get("brackets")
    low, high = _range(length) if length else (None, None)
    open_sign, close_sign = (
        ("(", ")") if brackets is None or brackets.chosen("brackets", ("true", "false")) == "true" else ("", "")
    )
    nfa = Nfa()
    start = nfa.state()
    end = nfa.dfa(nfa.text(start, open_sign + ai + close_sign), gs1.data(ai, setting, low, high))
    head = tuple(Token("set", sign) for sign in open_sign + ai + close_sign)
    patterns = (head + gs1_date_tokens(),) if gs1.element(ai).kind == "date" else ()
    return compiled(nfa, start, end), patterns


_BUILDERS: Dict[str, Callable[[Value, Keys, Setting], _Built]] = {
    "literal": _literal,
    "choice": _choice,
    "digits": _counted(DIGITS),
    "letters": _counted(LETTERS),
    "alphanumeric": _counted(DIGITS + LETTERS),
    "date": _date,
    "time": _time,
    "lot": _lot,
    "gs1": _gs1,
}


def _sequence(
    nfa: Nfa, parts: Tuple[Part, ...], fresh: Optional[int], used: Optional[int]
) -> Tuple[Optional[int], Optional[int]]:
    """Adds the parts one after the other. ``fresh``: nothing is printed yet, so that no space is due; ``used``: the
    state behind something printed. Either may be None."""
    for part in parts:
        fresh, used = (
            _group(nfa, part, fresh, used) if isinstance(part, FieldGroup) else (None, _leaf(nfa, part, fresh, used))
        )
    return fresh, used


def _group(
    nfa: Nfa, group: FieldGroup, fresh: Optional[int], used: Optional[int]
) -> Tuple[Optional[int], Optional[int]]:
    ends = [_sequence(nfa, way, fresh, used) for way in group.ways]
    if group.optional:
        ends.append((fresh, used))
    return _joined(nfa, [end[0] for end in ends]), _joined(nfa, [end[1] for end in ends])


def _joined(nfa: Nfa, states: List[Optional[int]]) -> Optional[int]:
    there = [state for state in states if state is not None]
    if len(there) < 2:
        return there[0] if there else None
    end = nfa.state()
    for state in there:
        nfa.link(state, end)
    return end


def _leaf(nfa: Nfa, field: RecipeField, fresh: Optional[int], used: Optional[int]) -> int:
    start = nfa.state()
    if fresh is not None:
        nfa.link(fresh, start)
    if used is not None:
        low, high = {"required": (1, 1), "optional": (0, 1), "forbidden": (0, 0), "loose": (0, 1)}[field.space]
        nfa.link(nfa.chars(used, " ", low, high) if high else used, start)
    return nfa.dfa(start, field.automaton)


def _tolerances(node: Optional[Value]) -> Tolerances:
    if node is None:
        return Tolerances()
    keys = node.keys("tolerances")
    made = Tolerances()
    for name in Tolerances._fields:
        value = keys.get(name)
        if value is not None:
            number = _number(value, name)
            made = made._replace(**{name: number})
    keys.finish()
    return made


def _number(node: Value, name: str) -> float:
    try:
        number = float(node.text(name))
    except ValueError:
        raise node.problem("{}: {!r}".format(name, node.value), "a number")
    if not 0 <= number <= 1e6:
        raise node.problem("{}: {}".format(name, number), "a number from 0")
    return number


_RELATION = re.compile(
    r"(?P<left>[\w-]+)\s*(?P<how>=|after|before)\s*(?P<right>[\w-]+)"
    r"(?:\s*(?P<sign>[+-])\s*(?P<count>\d+)\s+(?P<unit>day|week|month|year)s?)?(?:\s*\((?P<end>[\w-]+)\))?$"
)


def _relations(node: Optional[Value], fields: List[RecipeField]) -> Tuple[Relation, ...]:
    names = sorted({field.name for field in fields if field.name and field.kind in ("date", "lot", "gs1")})
    return tuple(_relation(item, names) for item in (node.items("relations") if node else []))


def _relation(node: Value, names: List[str]) -> Relation:
    """``expiry = production + 12 months (clamp)``, ``expiry after production``."""
    text = node.text("a relation")
    found = _RELATION.match(text.strip())
    if not found:
        raise node.problem("not a relation: {!r}".format(text), "such as: expiry = production + 12 months (clamp)")
    left, how, right, sign, count, unit, end = found.groups()
    Value(left, node.file, node.line).chosen("date field", names)
    Value(right, node.file, node.line).chosen("date field", names + ["today"])
    if end is not None:
        Value(end, node.file, node.line).chosen("month-end rule", MONTH_ENDS)
    number = int(count or 0) * (-1 if sign == "-" else 1)
    return Relation(left, how, right, number, (unit or "day") + "s", end or "clamp", text.strip())
