"""The table of networks: name, origin and shapes of each network when it is exported (data/networks.json)."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data

Dims = Tuple[Union[int, str], ...]


class Port(NamedTuple):
    """An input or output: its name and its dimensions, which are strings where they are free."""

    name: str
    dims: Dims


class NetworkSpec(NamedTuple):
    """One network as it is exported.

    ``reader`` is written as on the command line ("ppocr:v6-small"), ``part`` is "detector" or "recogniser".
    ``way``: onnx, easyocr or paddle. ``files``: the model files it is made from. ``environment``: the one with its own
    framework, None for the application's Python. ``shape``: a usual input; free sides are multiples of ``multiple``;
    ``widths``: smallest and largest width that the reader feeds it, px.
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
    """The networks called ``names``; all of them where that is empty. Raises UsageError that lists all names."""
    known = networks()
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise UsageError("unknown network: {}".format(", ".join(unknown)), ", ".join(known))
    return [known[name] for name in names] or list(known.values())
