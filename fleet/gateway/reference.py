"""The page of the nodes, made from the table that makes them."""

from __future__ import annotations

from fleet.core.files import ROOT, write_whole
from fleet.core.pages import markdown_table
from fleet.gateway.board import AWAY, NODES, WAITS
from fleet.gateway.space import NAMESPACE, PATH

PAGE = ROOT / "docs" / "reference" / "opcua.md"
_HEAD = """\
<!-- Generated from fleet/gateway/board.py by `./inv docs`; do not edit. -->

# Nodes of a line in OPC UA

[The gateway](../how-to/opcua.md) serves `opc.tcp://HOST:PORT/{path}`. Its namespace is `{namespace}`; ask the server
for its index, which is 2. Below `Objects/Lines` there is one object of the type `LineType` for each board that the
broker knows. The id of a node is the text `BOARD.NAME`, like `ns=2;s=line-3.Part.Verdict`. Clients may read and
subscribe; they may not write.

{table}

A name that ends in `[]` is an array. All nodes of `Part` change together, and have one source timestamp: the time of
the trigger by the clock of the board, where that clock is trusted, and otherwise the time at which the gateway heard of
the part. The others have the time at which the gateway heard of them.

| quality | when |
|---|---|
| `Good` | the board is connected to the broker, and this is what it said last |
| `{away}` | the broker says by a last will that the board is gone; or the broker is, and `Online` is bad too |
| `{waits}` | nothing came yet; or the service has started again, and there was no part since |

A subscription with a queue shorter than the parts between two publishings leaves parts out, as OPC UA is made; so does
a gateway that is down for longer than the broker keeps messages. `Missed` counts the gaps that it saw. Take MQTT or the
webhook where each part has to arrive.
"""


def page() -> str:
    """The whole page, in Markdown."""
    rows = [[f"`{kind.path}{'[]' * kind.is_array}`", kind.type, kind.about] for kind in NODES]
    table = markdown_table(["node", "type", "what it is"], rows)
    return _HEAD.format(path=PATH, namespace=NAMESPACE, table=table, away=AWAY, waits=WAITS)


def main() -> int:
    """Writes the page."""
    write_whole(PAGE, page())
    return 0
