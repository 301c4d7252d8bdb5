"""The table of networks: what each is called, made from, and shaped like when it is exported (data/networks.json)."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data

Dims = Tuple[Union[int, str], ...]


class Port(NamedTuple):
    """An input or output: its name and dimensions, strings where they are free."""

    name: str
    dims: Dims


class NetworkSpec(NamedTuple):
    """One network as it is exported.

    ``reader`` is written as on the command line ("ppocr:v6-small"), ``part`` is "detector" or "recogniser".
    ``way``: onnx, easyocr or paddle. ``files``: model files it is made from. ``environment``: where its own framework
    lives, None for the application's Python. ``shape``: a usual input; free sides are multiples of ``multiple``;
    ``widths``: least and greatest width that the reader feeds it, px.
    """

    name: str
    reader: str
    part: str
    way: str
    files: Tuple[str, ...]
    environment: Optional[str]
    opset: int
    input: Port
    output: Port
    shape: Tuple[int, ...]
    multiple: int
    widths: Tuple[int, int]


def rules() -> Dict[str, Any]:
    """The whole table."""
    return load_data("networks.json")  # type: ignore[no-any-return]


def networks() -> Dict[str, NetworkSpec]:
    """Every network by name, in the table's order."""
    return {name: _network(name, record) for name, record in rules()["networks"].items()}


def _network(name: str, record: Dict[str, Any]) -> NetworkSpec:
    ports = {key: Port(record[key]["name"], tuple(record[key]["dims"])) for key in ("input", "output")}
    lists = {key: tuple(record[key]) for key in ("files", "shape", "widths")}
    return NetworkSpec(name=name, **dict(record, **dict(ports, **lists)))


def select(names: Sequence[str]) -> List[NetworkSpec]:
    """The networks called ``names``, every one where that is empty. Raises UsageError with the names there are."""
    known = networks()
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise UsageError("unknown network: {}".format(", ".join(unknown)), ", ".join(known))
    return [known[name] for name in names] or list(known.values())
