"""Reads a settings file. What is wrong in it is an error that names the file, the line and the nearest right key."""

import difflib
import os
import re
from typing import Any, Callable, Dict, List

import attr
import cattr

from ocr_app.core import yaml_tree
from ocr_app.core.yaml_tree import DocumentKind, YamlNode, suggest
from ocr_app.line.settings import fields

_NUMBERS: Dict[Any, str] = {int: r"[-+]?\d+", float: r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"}
_TRUTHS = {"true": True, "false": False}


def load_as(whole: Any, path: str, kind: DocumentKind) -> Any:
    """A file as ``whole``, an attrs class whose fields are sections; strict in the same way. Raises ``kind.error``."""
    tree = yaml_tree.read_yaml(path, kind)
    sections: Dict[str, Any] = {name: field.type for name, field in attr.fields_dict(whole).items()}
    tree.as_mapping("the settings file")
    _refuse_unknown(tree, "the settings file", list(sections), whole)
    nodes: Dict[str, YamlNode] = tree.value
    return whole(**{name: _section(sections[name], name, node, whole) for name, node in nodes.items()})


def _section(cls: Any, name: str, node: YamlNode, whole: Any) -> Any:
    if node.value is None:
        return cls()
    node.as_mapping(name)
    known = attr.fields_dict(cls)
    _refuse_unknown(node, name, list(known), whole)
    return cls(**{key: _value(known[key], name, value) for key, value in node.value.items()})


def _refuse_unknown(node: YamlNode, what: str, known: List[str], whole: Any) -> None:
    for name, value in node.value.items():
        if name not in known:
            hint = suggest(name, known) or _elsewhere(name, whole)
            raise value.error("unknown key {!r} in {}{}".format(name, what, hint), ", ".join(known), node.kind.guide)


def _elsewhere(name: str, whole: Any) -> str:
    """ ", did you mean 'limits.queue'?" where another section has the key, or one that is written alike."""
    full = {field.name: "{}.{}".format(section, field.name) for section, field in fields.keys(whole)}
    close = difflib.get_close_matches(name, list(full), 1, 0.6)
    return ", did you mean {!r}?".format(full[close[0]]) if close else ""


def _value(field: Any, section: str, node: YamlNode) -> Any:
    try:
        value = CONVERTER.structure(_plain(node), field.type)
        fields.validate(None, field, value)
    except Exception as error:  # cattrs raises groups of its own for what is inside a list
        raise _problem(field, section, node) from error
    if value and field.metadata["path"]:
        return os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(node.file)), value))
    return value


def _problem(field: Any, section: str, node: YamlNode) -> Exception:
    hint = suggest(node.value, field.metadata["choices"]) if isinstance(node.value, str) else ""
    found = "{}.{} is {}{}".format(section, field.name, _shown(_plain(node)), hint)
    return node.error(found, fields.expected(field), node.kind.guide)


def _shown(value: Any) -> str:
    return "empty" if value is None or value == "" else repr(value)


def _plain(node: YamlNode) -> Any:
    if isinstance(node.value, list):
        return [_plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {name: _plain(value) for name, value in node.value.items()}
    return node.value


def _converter() -> Any:
    """Scalars of the tree are texts, so that each type decides alone which texts it accepts."""
    converter = cattr.Converter()
    hooks: Dict[Any, Callable[[Any, Any], Any]] = {int: _number, float: _number, bool: _truth, str: _text}
    for kind, hook in hooks.items():
        converter.register_structure_hook(kind, hook)
    return converter


def _number(value: Any, kind: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(_NUMBERS[kind], value):
        raise ValueError("{!r} is not a number".format(value))
    return kind(value)


def _truth(value: Any, _: Any) -> bool:
    if value not in _TRUTHS:
        raise ValueError("{!r} is neither true nor false".format(value))
    return _TRUTHS[value]


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("{!r} is not text".format(value))
    return value


CONVERTER = _converter()
