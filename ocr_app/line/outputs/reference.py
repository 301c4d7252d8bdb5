"""The page of the Modbus registers, made from the map: ``python -m ocr_app.line.outputs.reference``."""

import os
import sys
from typing import List, Sequence, Tuple

from ocr_app.core.files import write_whole
from ocr_app.core.paths import HOME
from ocr_app.line.outputs.registers import (
    ACKNOWLEDGE,
    COILS,
    DISCRETE_INPUTS,
    HOLDING_REGISTERS,
    INPUT_REGISTERS,
    SIZE,
    RegisterField,
)

PAGE = os.path.join("docs", "reference", "modbus.md")
_HEAD = """\
<!-- Generated from ocr_app/line/outputs/registers.py by `./inv docs`; do not edit. -->

# Modbus registers of a line

`modbus.listen` in the [settings](settings.md) starts a Modbus TCP server. It answers every unit number. Addresses
count from 0, as in the protocol itself; many PLC programs show them from 1, or with 30001 for input register 0 and
40001 for holding register 0. Numbers of two registers have the high word first. Anything that is not listed here is
an illegal address (exception 2). Modbus knows no users, so the network has to be trusted.

## The handshake

1. Wait until `ready` is 1. Watch `heartbeat`: when it stands still for three seconds, reject everything.
2. Trigger: write 1 to the coil `trigger`, where `trigger.kind` is `modbus`. Other triggers need nothing.
3. Read all {size} input registers in one request. There is a new verdict when `verdict` is not 0 and `sequence` is
   higher than the last one that you took. In several requests, read until `sequence` and `sequence_again` are equal.
4. Take the verdict, and remember its `sequence`, also over a restart of the PLC.
5. Acknowledge: write that `sequence` into both registers of `acknowledge` with one request (function 16). The verdict
   becomes 0. A sequence that does not stand is refused with exception 3, and nothing changes.

Each part has exactly one verdict, in the order of the triggers, and sequences only grow, over restarts of the service
and even where a torn journal was put aside. After a restart there is no verdict until the next part. So a PLC never
takes an old verdict for a new one. A sequence may jump: parts that were under way when the service ended are in the
[history](../how-to/live-line.md#history) as `fail`, and no PLC ever saw them.

With `modbus.acknowledge: true`, a verdict stays until it is acknowledged, and up to `modbus.waiting` later ones wait
behind it; beyond that, the oldest that waits is lost, and counted in `lost`. Without it, the newest verdict stands.
"""


_WRITTEN = """\
## Written into a PLC

`plc.address` makes the line the client: it writes the map into holding registers of the PLC, a Modbus TCP server,
and one map is always one request (function 16). `plc.register` is the first of {whole} registers:

| offset | registers | who writes | what |
|---|---|---|---|
| 0 to {last} | {size} | the line | the input registers above, in the same order |
| {size} to {end} | {acknowledge} | the PLC | `acknowledge`: the sequence that it took last, the high word first |

The program of the PLC, in every cycle:

1. Reject while `heartbeat` stands still for three seconds, or the bits `live` and `ready` of `status` are not both 1.
2. There is a new verdict when `verdict` is not 0, `sequence` is higher than the last one that was taken, and
   `sequence_again` is equal to it. Take it, and remember its `sequence` in retentive memory.
3. Copy the sequence that is remembered to `acknowledge`, whether there was a new verdict or not.

The next verdict is written when the last one is acknowledged. A verdict that is not acknowledged within `plc.late_ms`
of its decision is withdrawn, because its part has gone by; so is one of an earlier start of the service. It counts in
`lost` and in `nano_ocr_plc_lost_total`, and the part has to be rejected: the sequence jumps by as many parts. While the
PLC is away, or its program stands still, the health of the line says `plc_lost`. When the board or its journal is
changed, set what the PLC remembers to 0: until then it gets no verdict, and the log says why. With `plc.late_ms: 0` no
verdict is ever withdrawn, and a PLC that was away gets all of them in order; that is for one that only records.

With `plc.acknowledge: false`, the last registers are not used, and nobody knows whether the PLC saw a verdict. Each one
stands for `plc.poll_ms` at least, and until the next one or `plc.late_ms`.

[A ladder for this, and what it was tried with](../how-to/plc.md).
"""


def page() -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD.format(size=SIZE)]
    parts += _registers("Input registers (function 4)", INPUT_REGISTERS)
    parts += _registers("Holding registers (functions 3, 6 and 16)", HOLDING_REGISTERS)
    parts += _bits("Discrete inputs (function 2)", DISCRETE_INPUTS)
    parts += _bits("Coils (functions 1 and 5)", COILS)
    parts.append(
        _WRITTEN.format(
            whole=SIZE + ACKNOWLEDGE, size=SIZE, last=SIZE - 1, end=SIZE + ACKNOWLEDGE - 1, acknowledge=ACKNOWLEDGE
        )
    )
    return "\n".join(parts).rstrip("\n") + "\n"


def _registers(title: str, fields: Sequence[RegisterField]) -> List[str]:
    lines = ["## {}\n".format(title), "| address | registers | name | meaning |", "|---|---|---|---|"]
    for field in fields:
        last = field.address + field.size - 1
        address = str(field.address) if field.size == 1 else "{} to {}".format(field.address, last)
        lines.append("| {} | {} | `{}` | {} |".format(address, field.size, field.name, field.meaning))
    return lines + [""]


def _bits(title: str, bits: Sequence[Tuple[str, str]]) -> List[str]:
    lines = ["## {}\n".format(title), "| address | name | meaning |", "|---|---|---|"]
    lines += ["| {} | `{}` | {} |".format(address, *bit) for address, bit in enumerate(bits)]
    return lines + [""]


def main() -> int:
    """Writes the page below the folder that holds the package."""
    write_whole(os.path.join(HOME, PAGE), page().encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
