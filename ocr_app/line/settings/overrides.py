"""Flags of the command line override the file, key by key; which flag belongs to which key is in the classes."""

import os
from typing import Any, Dict, Mapping, Tuple

import attr

from ocr_app.core.errors import UsageError
from ocr_app.line.settings import fields
from ocr_app.line.settings.service import ServiceSettings, keys


def destination(flag: str) -> str:
    """The name under which argparse stores a flag."""
    return flag.lstrip("-").replace("-", "_")


def default_of_flag(name: str) -> Any:
    """The default of the key that the flag stored under ``name`` sets."""
    section, field = _by_flag()[name]
    return getattr(getattr(ServiceSettings(), section), field.name)


def _by_flag() -> Dict[str, Tuple[str, Any]]:
    return {
        destination(field.metadata["flag"]): (section, field) for section, field in keys() if field.metadata["flag"]
    }


def override(settings: ServiceSettings, given: Mapping[str, Any]) -> ServiceSettings:
    """The settings with the flags that were ``given``, by the names of argparse. Raises UsageError out of bounds."""
    changes: Dict[str, Dict[str, Any]] = {}
    for name, (section, field) in _by_flag().items():
        if name in given:
            changes.setdefault(section, {})[field.name] = _checked(field, given[name])
    evolved = {section: attr.evolve(getattr(settings, section), **values) for section, values in changes.items()}
    return attr.evolve(settings, **evolved)


def _checked(field: Any, value: Any) -> Any:
    value = os.path.abspath(value) if field.metadata["path"] and value else value
    try:
        fields.validate(None, field, value)
    except (TypeError, ValueError) as error:
        found = "{} {}".format(field.metadata["flag"], value)
        raise UsageError(found, fields.expected(field), "ocr-app serve --help") from error
    return value
