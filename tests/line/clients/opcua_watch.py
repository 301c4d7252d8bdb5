"""A client of OPC UA, by asyncua: prints what it may not do, and then each change of each node of a board, as JSON."""

import asyncio
import json
import sys

from asyncua import Client, ua

NODES = [
    "Online", "Ready", "Degraded", "DegradedReasons", "Boot", "Passes", "Rejects", "Missed", "Part.Sequence", "Part.Id",
    "Part.Verdict", "Part.VerdictCode", "Part.Passed", "Part.Text", "Part.Reasons", "Part.ValueNames", "Part.Values",
    "Part.Recipe", "Part.Triggered", "Part.ClockTrusted",
]  # fmt: skip


class Printer:
    def datachange_notification(self, node, _, data):
        value = data.monitored_item.Value
        status = value.StatusCode or ua.StatusCode()
        print(json.dumps({
            "path": node.nodeid.Identifier.partition(".")[2], "value": value.Value.Value, "quality": status.name,
            "type": value.Value.VariantType.name, "at": value.SourceTimestamp and value.SourceTimestamp.timestamp(),
        }, default=str), flush=True)  # fmt: skip


async def refused(work):
    try:
        await work
        return "done"
    except ua.UaError as error:
        return type(error).__name__


async def main(url, board):
    client = Client(url)
    for _ in range(300):
        try:
            await client.connect()
            break
        except (OSError, asyncio.TimeoutError):
            await asyncio.sleep(0.1)
    index = await client.get_namespace_index("urn:nano-ocr:lines")
    nodes = [client.get_node(f"ns={index};s={board}.{name}") for name in NODES]
    for _ in range(600):
        try:
            await nodes[0].read_node_class()
            break
        except ua.UaError:
            await asyncio.sleep(0.1)
    print(json.dumps({
        "write": await refused(nodes[1].write_value(False)), "delete": await refused(client.delete_nodes([nodes[1]])),
        "type": (await client.get_node(f"ns={index};s={board}").read_type_definition()).Identifier,
    }), flush=True)  # fmt: skip
    subscription = await client.create_subscription(50, Printer())
    await subscription.subscribe_data_change(nodes, queuesize=100)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
