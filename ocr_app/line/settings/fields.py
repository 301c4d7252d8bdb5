"""A setting as an attrs field: its description, unit, bounds and flag are metadata, its validator checks them."""

from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import attr

Regions = Tuple[Tuple[int, int, int, int], ...]
_KINDS: Dict[Any, str] = {int: "a whole number", float: "a number", str: "text", bool: "true or false"}
_ACCEPTED: Dict[Any, Any] = {int: int, float: (int, float), str: str, bool: bool}


def setting(
    default: Any,
    about: str,
    unit: str = "",
    least: Optional[float] = None,
    most: Optional[float] = None,
    choices: Tuple[str, ...] = (),
    flag: str = "",
    path: bool = False,
    form: str = "",
    fits: Optional[Callable[[Any], bool]] = None,
) -> Any:
    """A field of a section.

    ``about``: one sentence. ``least`` and ``most`` are inclusive. ``path``: a relative path starts at the folder of the
    settings file. ``form`` describes values that are neither numbers nor choices, and ``fits`` checks them.
    """
    metadata: Dict[str, Any] = {"about": about, "unit": unit, "least": least, "most": most, "choices": choices}
    metadata.update(flag=flag, path=path, form=form, fits=fits)
    options = {"factory": default} if callable(default) else {"default": default}
    return attr.ib(metadata=metadata, validator=validate, **options)


def section(cls: Any) -> Any:
    """A field that is a section of its own, with that section's defaults."""
    return attr.ib(factory=cls, metadata={"about": (cls.__doc__ or "").strip()})


def keys(whole: Any) -> Iterator[Tuple[str, Any]]:
    """Every key of a class whose fields are sections, as (section, field), in the order of the reference page."""
    for group in attr.fields(whole):
        kind: Any = group.type
        for field in attr.fields(kind):
            yield group.name, field


def validate(_: Any, field: Any, value: Any) -> None:
    """Raises ValueError, with the value and what is expected, for a wrong type or a value out of bounds."""
    if not _fits(field, value):
        raise ValueError("{} is {!r}, expected: {}".format(field.name, value, expected(field)))


def _fits(field: Any, value: Any) -> bool:
    metadata, kind = field.metadata, value_type(field)
    if value is None:
        return is_optional(field)
    if kind in _ACCEPTED and (not isinstance(value, _ACCEPTED[kind]) or isinstance(value, bool) != (kind is bool)):
        return False
    if metadata["choices"] and value not in metadata["choices"]:
        return False
    if metadata["fits"] is not None and not metadata["fits"](value):
        return False
    least, most = metadata["least"], metadata["most"]
    return (least is None or value >= least) and (most is None or value <= most)


def is_optional(field: Any) -> bool:
    """Whether the field may have no value."""
    return type(None) in (getattr(field.type, "__args__", None) or ())


def value_type(field: Any) -> Any:
    """The type of a value, without Optional."""
    if not is_optional(field):
        return field.type
    return next(kind for kind in field.type.__args__ if kind is not type(None))


def expected(field: Any) -> str:
    """What a field accepts: "a whole number from 1 to 64", "cpu or cuda"."""
    metadata = field.metadata
    if metadata["choices"]:
        return " or ".join(metadata["choices"])
    if metadata["form"] or metadata["path"]:
        return str(metadata["form"] or "a path")
    return _KINDS[value_type(field)] + bounds(field) + (", or nothing" if is_optional(field) else "")


def bounds(field: Any) -> str:
    """ " from 0.1 to 600 s", or nothing."""
    least, most, unit = (field.metadata[name] for name in ("least", "most", "unit"))
    span = "" if least is None else " from {}".format(number(least))
    span += "" if most is None else " to {}".format(number(most))
    return span + (" " + unit if unit and span else "")


def number(value: float) -> str:
    """A number without an exponent or a needless fraction."""
    return "{:d}".format(int(value)) if value == int(value) else repr(value)
