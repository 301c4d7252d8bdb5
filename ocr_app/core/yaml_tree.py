"""YAML as a tree that remembers its lines: every scalar is the text as written, nothing is converted.

``20`` stays "20", ``NO`` stays "NO" and ``2022-08-01`` stays a text: a code is characters, not numbers or dates.
"""

import difflib
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple, Type

from ocr_app.core.errors import OcrError, RecipeError, UsageError

MAX_BYTES = 65536  # a recipe or a settings file is a page of text


class DocumentKind(NamedTuple):
    """What a YAML file is for: the noun that messages use, the error that they are, and the page that explains it."""

    noun: str
    error: Type[OcrError]
    guide: str


RECIPE = DocumentKind("a recipe", RecipeError, "docs/how-to/write-a-recipe.md")
SETTINGS = DocumentKind("a settings file", UsageError, "docs/reference/settings.md")


class YamlNode(NamedTuple):
    """One node. ``value`` is a text, None (nothing written), a list of YamlNode, or a dict from text to YamlNode.

    Every method raises the error of the node's ``kind``.
    """

    value: Any
    file: str
    line: int
    kind: DocumentKind = RECIPE

    def error(self, found: str, expected: str = "", next_step: str = "") -> OcrError:
        """An error that names file and line."""
        return self.kind.error("{}:{}: {}".format(self.file, self.line, found), expected, next_step)

    def as_text(self, what: str) -> str:
        """The value as a text."""
        if not isinstance(self.value, str) or not self.value:
            raise self.error("{} is {}".format(what, _kind(self.value)), "a text")
        return self.value

    def as_list(self, what: str) -> List["YamlNode"]:
        """The value as a list that is not empty."""
        if not isinstance(self.value, list) or not self.value:
            raise self.error("{} is {}".format(what, _kind(self.value)), "a list with at least one entry")
        return self.value

    def as_texts(self, what: str) -> List[str]:
        """A list of texts, or one text."""
        return (
            [item.as_text(what) for item in self.as_list(what)]
            if isinstance(self.value, list)
            else [self.as_text(what)]
        )

    def as_mapping(self, what: str) -> "YamlMapping":
        """The value as keys."""
        if not isinstance(self.value, dict):
            raise self.error("{} is {}".format(what, _kind(self.value)), "keys with values")
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
        self._left: Dict[str, YamlNode] = dict(node.value)
        self._known: List[str] = []

    def get(self, name: str) -> Optional[YamlNode]:
        """The value of a key, None when the key is absent."""
        self._known.append(name)
        return self._left.pop(name, None)

    def require(self, name: str) -> YamlNode:
        """The value of a key that must be there."""
        found = self.get(name)
        if found is None:
            raise self.node.error("{} has no {!r}".format(self.what, name), "the key {!r}".format(name))
        return found

    def get_choice(self, name: str, known: Tuple[str, ...], default: str) -> str:
        """The value of a key as one of ``known``, or the default."""
        value = self.get(name)
        return default if value is None else value.as_choice(name, known)

    def get_flag(self, name: str, default: bool) -> bool:
        """The value of a key as ``true`` or ``false``, or the default."""
        value = self.get(name)
        return default if value is None else value.as_flag(name)

    def refuse_unknown_keys(self) -> None:
        """Raises the error of the kind for the first key that was not asked for."""
        for name, value in self._left.items():
            found = "unknown key {!r} in {}{}".format(name, self.what, suggest(name, self._known))
            step = 'write it in quotes if it is printed text: "{}:"'.format(name) if value.value is None else ""
            raise value.error(found, ", ".join(sorted(set(self._known))), step)


def suggest(name: str, known: Iterable[str]) -> str:
    """ ", did you mean ...?" or nothing."""
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    return ", did you mean {!r}?".format(close[0]) if close else ""


def _kind(value: Any) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, str):
        return "a text ({})".format(value)
    return "a list" if isinstance(value, list) else "keys with values"


def read_yaml(path: str, kind: DocumentKind = RECIPE) -> YamlNode:
    """The tree of a file. Raises the error of ``kind``."""
    try:
        with open(path, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise kind.error("{}: {}".format(path, error.strerror), kind.noun, "check the path")
    if len(raw) > MAX_BYTES:
        raise kind.error("{}: longer than {} bytes".format(path, MAX_BYTES), kind.noun + ": a short YAML file")
    try:
        return parse_yaml(raw.decode("utf-8-sig"), path, kind)
    except UnicodeDecodeError as error:
        raise kind.error("{}: not UTF-8: {}".format(path, error), "a text file in UTF-8")


def parse_yaml(text: str, file: str, kind: DocumentKind = RECIPE) -> YamlNode:
    """The tree of a YAML text. Raises the error of ``kind``: not YAML, a key twice, an anchor or a tag."""
    try:
        import yaml
    except ImportError as error:
        raise kind.error("PyYAML does not import: {}".format(error), "PyYAML in this Python", "pip install pyyaml")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        reason = getattr(error, "problem", None) or str(error)
        raise kind.error("{}:{}: not YAML: {}".format(file, line, reason), "", "texts with ':' or '#' need quotes")
    if node is None:
        raise kind.error("{}: the file is empty".format(file), kind.noun, kind.guide)
    return _value(node, YamlNode(None, file, 1, kind), set())


def _value(node: Any, document: YamlNode, seen: "set[int]") -> YamlNode:
    here = document._replace(line=node.start_mark.line + 1)
    if id(node) in seen:
        raise here.error("an anchor is used again", "no anchors (&, *)", "write the text twice")
    seen.add(id(node))
    if node.tag not in _TAGS:
        raise here.error("unknown tag {}".format(node.tag), "plain texts, lists and keys")
    if node.id == "sequence":
        return here._replace(value=[_value(item, document, seen) for item in node.value])
    if node.id == "mapping":
        return here._replace(value=_mapping(node.value, document, seen))
    empty = node.tag.endswith(":null") and node.value in ("", "~")
    return here._replace(value=None if empty else node.value)


_KINDS = ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
_TAGS = {"tag:yaml.org,2002:" + kind for kind in _KINDS}


def _mapping(pairs: List[Tuple[Any, Any]], document: YamlNode, seen: "set[int]") -> Dict[str, YamlNode]:
    found: Dict[str, YamlNode] = {}
    for key, item in pairs:
        name, value = _value(key, document, seen), _value(item, document, seen)
        if not isinstance(name.value, str):
            raise name.error("a key is {}".format(_kind(name.value)), "a text as key")
        if name.value in found:
            raise name.error(
                "the key {!r} is given twice (first in line {})".format(name.value, found[name.value].line)
            )
        found[name.value] = value._replace(line=name.line)
    return found
