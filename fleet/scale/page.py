"""The page docs/results/provision.md. Every number in it is from the record beside it, or computed from that."""

from __future__ import annotations

from typing import Any

from fleet.core import pages
from fleet.core.pages import markdown_table
from fleet.scale.fitting import CostLine, fit

FIRST = "provision, blank boards"
AGAIN = "provision again"
AGAIN_BY_ROLES = "provision again, role by role"
VERIFY = "verify"
VERIFY_BY_ROLES = "verify, role by role"
DEPLOY = "deploy"
REPORT = "report"
COMMANDS = (FIRST, AGAIN, AGAIN_BY_ROLES, VERIFY, VERIFY_BY_ROLES, DEPLOY, REPORT)
_HEAD = ("command", "boards", "wall s", "control CPU s", "boards' CPU s", "peak MiB", "changed")
_CHOICE = ("strategy", "forks", "wall s", "control CPU s", "peak MiB")


def text(record: dict[str, Any]) -> str:
    """The whole page."""
    machine = record["machine"]
    many = record["estimated"]
    parts = (
        "# What plays cost, and five hundred boards",
        f"Measured by `./inv fleet measure` on {record['date']} ({pages.format_machine(machine)}, "
        f"{machine['threads']} threads); do not edit.",
        "[Virtual Nanos](../how-to/virtual-fleet.md) with the whole `provision.yml` in the profile "
        f"`{record['profile']}`, all boards in one batch. Packages come from a repository on the same machine, wheels "
        "are for its processor, and releases are those of the [rehearsal](../how-to/rehearse-a-deployment.md).",
        *([record["note"]] if record.get("note") else []),
        "## Each command",
        markdown_table(_HEAD, [_row(run) for run in record["runs"]]),
        "Control CPU: processor time of `ansible-playbook` and of all that it starts, forks and masters of ssh too; "
        "work on boards is not in it, but in the next column, from the control groups of the containers. Peak MiB: "
        "memory of the same processes at once, each page that they share counted once. **Boards and control machine "
        f"share {machine['threads']} threads here, so the wall time is mostly that of the boards' work, one after the "
        "other**; real boards work beside each other. `role by role` is with `-e fleet_survey=false`: every role looks "
        "for itself, as all did before [decision 81](../adr/0081-one-survey-of-a-node.md).",
        f"## One board more, and {many} boards",
        markdown_table(("command", "control CPU s: fixed", "for each board", f"{many} boards, minutes"), _fits(record)),
        "A straight line by least squares through the rows above. Assumptions of the last column:",
        _assumptions(many),
        "## Strategy and forks",
        markdown_table(_CHOICE, [_choice(row) for row in record["choices"]]),
        f"`{AGAIN}` on {record['choices'][0]['boards']} boards. What was chosen, and why: "
        "[decision 80](../adr/0080-forks-and-strategy.md).",
    )  # fmt: skip
    return "\n\n".join(parts) + "\n"


def line(record: dict[str, Any], what: str, figure: str = "control_s") -> CostLine:
    """The cost of a command by the number of boards."""
    return fit([(run["boards"], run[figure]) for run in record["runs"] if run["what"] == what])


def _row(run: dict[str, Any]) -> tuple[str, ...]:
    changed = str(run.get("changed", "")) or "-"
    figures = (f"{run['wall_s']:.1f}", f"{run['control_s']:.2f}", f"{run['boards_s']:.1f}", f"{run['peak_mib']:.0f}")
    return (run["what"], str(run["boards"]), *figures, changed)


def _fits(record: dict[str, Any]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for what in COMMANDS:
        cost = line(record, what)
        found.append((what, f"{cost.fixed:.2f}", f"{cost.each:.2f}", f"{cost.at(record['estimated']) / 60:.1f}"))
    return found


def _choice(row: dict[str, Any]) -> tuple[str, ...]:
    figures = (f"{row['wall_s']:.1f}", f"{row['control_s']:.2f}", f"{row['peak_mib']:.0f}")
    return (row["strategy"], str(row["forks"]), *figures)


def _assumptions(many: int) -> str:
    return "\n".join(
        (
            f"- The line goes on to {many} boards. Nothing here measured more than the table shows.",
            "- It is processor time of one core of this machine. A play uses a second core only in part: its main "
            "process starts the forks, and is alone in that.",
            "- The time of the boards is not in it. They work beside each other, as many as there are forks, so a "
            "command takes the longer one of this column and (time of one board) * (boards / forks). The time of a "
            "Nano is not known here.",
            "- All boards answer. One that does not costs a fork for `timeout` seconds, three times.",
            "- A deployment asks every board again before each batch. The figure is for two batches; each further "
            "batch costs one asking more.",
        )
    )
