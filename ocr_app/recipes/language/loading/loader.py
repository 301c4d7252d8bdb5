"""From the YAML of a recipe to a :class:`Recipe`."""

import datetime
from typing import List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.yaml_tree import YamlMapping, YamlNode, parse_yaml, read_yaml
from ocr_app.recipes.automata import StateRegistry, with_optional_spaces
from ocr_app.recipes.language.loading.field_kinds import FIELD_KINDS
from ocr_app.recipes.language.loading.line_automaton import build_line
from ocr_app.recipes.language.loading.rules import read_relations, read_tolerances, read_witnesses
from ocr_app.recipes.language.loading.settings import read_settings
from ocr_app.recipes.language.patterns import PatternSettings
from ocr_app.recipes.language.recipe import (
    JUNK_RULES,
    SPACE_RULES,
    FieldGroup,
    LinePart,
    Recipe,
    RecipeField,
    RecipeLayout,
    RecipeLine,
)

DEFAULT_LOOKALIKES = ("O0",)  # the fonts of most code printers draw them alike
NO_LOOKALIKES = "none"


class _Defaults(NamedTuple):
    """What applies to all fields unless they override it, and what is collected while fields are read."""

    settings: PatternSettings
    spaces: str
    junk: str
    today: datetime.date
    fields: List[RecipeField]
    registry: StateRegistry


def load(path: str, today: Optional[datetime.date] = None) -> Recipe:
    """The recipe in a file. ``today`` is what ``now`` means in ``years``; default: the clock's date.

    Raises RecipeError with file, line and suggestion.
    """
    return _read_recipe(read_yaml(path), path, today)


def loads(text: str, file: str = "recipe", today: Optional[datetime.date] = None) -> Recipe:
    """The recipe in a text; ``file`` is its name in messages. Raises RecipeError."""
    return _read_recipe(parse_yaml(text, file), file, today)


def _read_recipe(node: YamlNode, file: str, today: Optional[datetime.date]) -> Recipe:
    keys = node.as_mapping("the recipe")
    name = keys.require("name").as_text("name")
    keys.get("about")
    today = today or datetime.date.today()
    spaces = keys.get_choice("spaces", SPACE_RULES, "optional")
    junk = keys.get_choice("junk", JUNK_RULES, "report")
    settings = read_settings(keys, PatternSettings(), today)
    defaults = _Defaults(settings, spaces, junk, today, [], StateRegistry())
    layouts = _read_layouts(keys, defaults)
    tolerances = read_tolerances(keys.get("tolerances"))
    relations = read_relations(keys.get("relations"), defaults.fields)
    witnesses = read_witnesses(keys.get("witnesses"))
    lookalikes = _read_lookalikes(keys.get("lookalikes"))
    keys.refuse_unknown_keys()
    fields = tuple(defaults.fields)
    return Recipe(name, file, layouts, fields, tolerances, relations, lookalikes, defaults.registry, {}, witnesses)


def _read_lookalikes(sets: Optional[YamlNode]) -> Tuple[str, ...]:
    """Sets of characters; ``none`` for a print that tells all of them apart."""
    if sets is None:
        return DEFAULT_LOOKALIKES
    texts = sets.as_texts("lookalikes")
    return () if texts == [NO_LOOKALIKES] else tuple(text.upper() for text in texts)


def _read_layouts(keys: YamlMapping, defaults: _Defaults) -> Tuple[RecipeLayout, ...]:
    codes, lines = keys.get("codes"), keys.get("lines")
    if (codes is None) == (lines is None):
        raise keys.node.error("a recipe has either 'lines' or 'codes'", "lines: one layout; codes: several layouts")
    if lines is not None:
        return (_read_layout("code", lines, defaults),)
    found = []
    for number, item in enumerate(codes.as_list("codes") if codes else [], 1):
        own = item.as_mapping("a code")
        title = own.get("name")
        name = title.as_text("name") if title else "code {}".format(number)
        found.append(_read_layout(name, own.require("lines"), defaults))
        own.refuse_unknown_keys()
    return tuple(found)


def _read_layout(name: str, node: YamlNode, defaults: _Defaults) -> RecipeLayout:
    lines = [_read_line(number, item, defaults) for number, item in enumerate(node.as_list("lines"), 1)]
    if all(line.optional for line in lines):
        raise node.error("every line of {!r} is optional".format(name), "at least one line that is always printed")
    return RecipeLayout(name, tuple(lines))


def _read_line(number: int, node: YamlNode, defaults: _Defaults) -> RecipeLine:
    """A list of fields, or a mapping with ``fields``."""
    name, optional, fields = "line {}".format(number), False, node
    if isinstance(node.value, dict) and "fields" in node.value:
        keys = node.as_mapping("a line")
        title = keys.get("name")
        name = title.as_text("name") if title else name
        spaces = keys.get_choice("spaces", SPACE_RULES, defaults.spaces)
        defaults = defaults._replace(spaces=spaces, junk=keys.get_choice("junk", JUNK_RULES, defaults.junk))
        optional = keys.get_flag("optional", False)
        fields = keys.require("fields")
        keys.refuse_unknown_keys()
    parts = _read_parts(fields, defaults)
    return RecipeLine(name, parts, defaults.junk, optional, _register_line(name, node, parts, defaults.registry))


def _register_line(name: str, node: YamlNode, parts: Tuple[LinePart, ...], registry: StateRegistry) -> int:
    nfa, start, end, may_be_empty = build_line(parts)
    if may_be_empty:
        raise node.error("{} may be empty".format(name), "at least one field that is always printed", "optional: true")
    try:
        return registry.register(nfa, start, end)
    except RecipeError as error:
        raise node.error(error.found, error.expected, error.next_step)


def _read_parts(node: YamlNode, defaults: _Defaults) -> Tuple[LinePart, ...]:
    items = node.value if isinstance(node.value, list) else [node]
    if not items:
        raise node.error("no fields", "a list of fields")
    return tuple(_read_part(item, defaults) for item in items)


def _read_part(node: YamlNode, defaults: _Defaults) -> LinePart:
    if isinstance(node.value, str):
        no_keys = YamlMapping(node._replace(value={}), "a field")
        return _read_field(node, "literal", node, no_keys, defaults)
    keys = node.as_mapping("a field")
    group = _read_group(keys, defaults)
    if group is not None:
        return group
    found = [(kind, value) for kind, value in ((kind, keys.get(kind)) for kind in FIELD_KINDS) if value is not None]
    if len(found) != 1:
        if not found:
            keys.refuse_unknown_keys()
        raise node.error("a field has {} types".format(len(found)), "one of " + ", ".join(FIELD_KINDS))
    return _read_field(node, found[0][0], found[0][1], keys, defaults)


def _read_group(keys: YamlMapping, defaults: _Defaults) -> Optional[FieldGroup]:
    """``optional`` or ``either``; None for a plain field."""
    optional, either = keys.get("optional"), None
    if optional is None:
        either = keys.get("either")
    if optional is not None:
        group = FieldGroup((_read_parts(optional, defaults),), True)
    elif either is not None:
        group = FieldGroup(tuple(_read_parts(item, defaults) for item in either.as_list("either")), False)
    else:
        return None
    keys.refuse_unknown_keys()
    return group


def _read_field(node: YamlNode, kind: str, value: YamlNode, keys: YamlMapping, defaults: _Defaults) -> RecipeField:
    """Reads the field and appends it to ``defaults.fields``."""
    name, expect = keys.get("as"), keys.get("expect")
    space = keys.get_choice("space", SPACE_RULES, defaults.spaces)
    settings = read_settings(keys, defaults.settings, defaults.today)
    try:
        automaton, patterns = FIELD_KINDS[kind](value, keys, settings)
    except RecipeError as error:
        if error.found.startswith(node.file + ":"):
            raise
        raise value.error(error.found, error.expected, error.next_step)
    keys.refuse_unknown_keys()
    field = RecipeField(
        number=len(defaults.fields),
        kind=kind,
        name=name.as_text("as") if name else "",
        automaton=with_optional_spaces(automaton) if space == "loose" else automaton,
        space=space,
        patterns=patterns,
        settings=settings,
        expect=expect.as_text("expect") if expect else None,
    )
    defaults.fields.append(field)
    return field
