"""YAML as a tree that keeps line numbers. Every scalar stays the text as written; nothing is converted.

``20`` stays "20", ``NO`` stays "NO" and ``2022-08-01`` stays text: a code consists of characters, not of numbers or
dates.
"""

import difflib
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError

MAX_BYTES = 65536  # a recipe is a page of text


class YamlNode(NamedTuple):
    """One node. ``value`` is text, None (empty), a list of YamlNode, or a dict from text to YamlNode.

    The ``as_*`` methods take a description of the node for messages and raise RecipeError where it is something else.
    """

    value: Any
    file: str
    line: int

    def error(self, found: str, expected: str = "", next_step: str = "") -> RecipeError:
        """An error that names file and line."""
        return RecipeError("{}:{}: {}".format(self.file, self.line, found), expected, next_step)

    def as_text(self, what: str) -> str:
        """The value as text."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error("{} is {}".format(what, _describe(self.value)), "a text")
        return self.value

    def as_list(self, what: str) -> List["YamlNode"]:
        """The value as a list with at least one entry."""
        if not isinstance(self.value, list) or not self.value:
            raise self.error("{} is {}".format(what, _describe(self.value)), "a list with at least one entry")
        return self.value

    def as_texts(self, what: str) -> List[str]:
        """A list of texts, or a single text."""
        if isinstance(self.value, list):
            return [item.as_text(what) for item in self.as_list(what)]
        return [self.as_text(what)]

    def as_mapping(self, what: str) -> "YamlMapping":
        """The value as a mapping."""
        if not isinstance(self.value, dict):
            raise self.error("{} is {}".format(what, _describe(self.value)), "keys with values")
        return YamlMapping(self, what)

    def as_choice(self, what: str, known: Iterable[str]) -> str:
        """The value as one of ``known``; the error suggests the nearest."""
        text = self.as_text(what)
        if text not in known:
            raise self.error("unknown {}: {!r}{}".format(what, text, suggest(text, known)), ", ".join(known))
        return text

    def as_flag(self, what: str) -> bool:
        """The value as ``true`` or ``false``."""
        return self.as_choice(what, ("true", "false")) == "true"


class YamlMapping:
    """Reads a mapping key by key; :meth:`refuse_unknown_keys` then refuses the keys that were never read."""

    def __init__(self, node: YamlNode, what: str) -> None:
        self.node = node
        self.what = what
        self._unread: Dict[str, YamlNode] = dict(node.value)
        self._known: List[str] = []

    def get(self, name: str) -> Optional[YamlNode]:
        """The value of a key; None when the key is absent."""
        self._known.append(name)
        return self._unread.pop(name, None)

    def require(self, name: str) -> YamlNode:
        """The value of a required key. Raises RecipeError."""
        found = self.get(name)
        if found is None:
            raise self.node.error("{} has no {!r}".format(self.what, name), "the key {!r}".format(name))
        return found

    def get_choice(self, name: str, known: Tuple[str, ...], default: str) -> str:
        """The value of a key as one of ``known``, or the default. Raises RecipeError."""
        value = self.get(name)
        return default if value is None else value.as_choice(name, known)

    def get_flag(self, name: str, default: bool) -> bool:
        """The value of a key as ``true`` or ``false``, or the default. Raises RecipeError."""
        value = self.get(name)
        return default if value is None else value.as_flag(name)

    def refuse_unknown_keys(self) -> None:
        """Raises RecipeError for the first key that was never read."""
        for name, value in self._unread.items():
            found = "unknown key {!r} in {}{}".format(name, self.what, suggest(name, self._known))
            step = 'write it in quotes if it is printed text: "{}:"'.format(name) if value.value is None else ""
            raise value.error(found, ", ".join(sorted(set(self._known))), step)


def suggest(name: str, known: Iterable[str]) -> str:
    """ ", did you mean ...?", or "" when nothing is close."""
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    return ", did you mean {!r}?".format(close[0]) if close else ""


def _describe(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, str):
        return "a text ({})".format(value)
    return "a list" if isinstance(value, list) else "keys with values"


def read_yaml(path: str) -> YamlNode:
    """The tree of a file. Raises RecipeError."""
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise RecipeError("{}: {}".format(path, error.strerror), "a recipe file", "check the path")
    if len(raw) > MAX_BYTES:
        raise RecipeError("{}: longer than {} bytes".format(path, MAX_BYTES), "a recipe: a short YAML file")
    try:
        return parse_yaml(raw.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        raise RecipeError("{}: not UTF-8: {}".format(path, error), "a text file in UTF-8")


def parse_yaml(text: str, file: str) -> YamlNode:
    """The tree of a YAML text. Raises RecipeError: not YAML, a repeated key, an anchor, or a tag."""
    try:
        import yaml
    except ImportError as error:
        raise RecipeError("PyYAML cannot be imported: {}".format(error), "PyYAML in this Python", "pip install pyyaml")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or str(error)
        step = "put texts that contain ':' or '#' in quotes"
        raise RecipeError("{}:{}: not YAML: {}".format(file, line, reason), "", step)
    if node is None:
        raise RecipeError("{}: the file is empty".format(file), "a recipe", "read docs/how-to/write-a-recipe.md")
    return _convert(node, file, set())


def _convert(node: Any, file: str, seen: "set[int]") -> YamlNode:
    empty_node = YamlNode(None, file, node.start_mark.line + 1)
    if id(node) in seen:
        raise empty_node.error("an anchor is used again", "no anchors (&, *) in recipes", "write the text twice")
    seen.add(id(node))
    if node.tag not in _TAGS:
        raise empty_node.error("unknown tag {}".format(node.tag), "plain texts, lists and keys")
    if node.id == "sequence":
        return empty_node._replace(value=[_convert(item, file, seen) for item in node.value])
    if node.id == "mapping":
        return empty_node._replace(value=_convert_mapping(node.value, file, seen))
    empty = node.tag.endswith(":null") and node.value in ("", "~")
    return empty_node._replace(value=None if empty else node.value)


_KINDS = ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
_TAGS = {"tag:yaml.org,2002:" + kind for kind in _KINDS}


def _convert_mapping(pairs: List[Tuple[Any, Any]], file: str, seen: "set[int]") -> Dict[str, YamlNode]:
    found: Dict[str, YamlNode] = {}
    for key, item in pairs:
        name, value = _convert(key, file, seen), _convert(item, file, seen)
        if not isinstance(name.value, str):
            raise name.error("a key is {}".format(_describe(name.value)), "a text as key")
        if name.value in found:
            first = found[name.value].line
            raise name.error("the key {!r} is given twice (first in line {})".format(name.value, first))
        found[name.value] = value._replace(line=name.line)
    return found
