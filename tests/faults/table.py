"""Writes docs/results/faults.md: ``.venv/bin/python tests/faults/table.py [--check] [--take]``."""

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "results" / "faults.md"
VIRTUAL = PAGE.with_name("faults-virtual.json")  # what tests/fleet/test_deploy_faults.py found when it was taken last
FOUND = ROOT / "build" / "faults-virtual.json"

HEAD = """\
# Faults against states of a release

Made by `.venv/bin/python tests/faults/table.py`; do not edit. It is the table of the **simulated machine** of
`tests/faults/simulation`: a disk that forgets what was not synced, Docker, systemd and an application that misbehaves
on demand. It proves the agent's decisions. It does not prove Docker, ext4 or a Nano: the last section has faults on
virtual boards with a real Docker engine; what only a board proves is in [verified](../explanation/verified.md).

Release A is committed and runs, release B is deployed. A row is the state of the journal in which the fault strikes,
a cell what runs in the end, and how the deployment ended. `power`, `live`, `lock` and so on is the probe in the record.

## Struck before every single step

{steps} steps of a deployment ({group} in a group that commits together). A power cut is tried with three disks: only
what was synced is left, half of the rest, all of it; the images loaded since the last boot are lost, broken or whole.
A killed agent leaves containers running; its timer resumes. More than one outcome in a cell: the steps of that state
differ, mostly in whether the next record was written already.

{struck}

Tested besides, step by step: a second power cut during the recovery from the first, Ctrl-C followed by a power cut,
the first installation, and an operator's rollback (`tests/faults/test_release_strikes.py`).

## Faults that stay

Each begins when the state was written down (`idle`: before the deployment) and lasts.

{lasting}

## Releases that must not come in

{sources}

## Virtual boards

Found by `.venv/bin/pytest tests/fleet/test_deploy_faults.py` on virtual Nanos: systemd, nested Docker and reboots are
real, the application is a stand-in. Power is cut by killing the node's container once the state is in the journal:
memory and processes are gone, files stay. The machine below keeps its page cache, so this says nothing of what a disk
forgets; the sections above do.

{virtual}
"""


def page():
    from simulation import enumeration as story
    from simulation import lasting

    struck = {name: story.struck(name) for name in story.STRIKES}
    struck["power cut, in a group"] = story.struck("power cut", in_group=True)
    cells = {
        name: {state: " or ".join(sorted(found)) for state, found in rows.items()} for name, rows in struck.items()
    }
    staying = {name: story.lasting(name) for name in lasting.LASTING}
    sources = [["the release", "outcome"]]
    for kind in lasting.BAD_SOURCES:
        made = story.place()
        error = story.deploy(made, lasting.bad_source(kind))
        sources.append([kind, "{}: {}".format(story.outcome(made, error).partition(",")[0], error.found)])
    return HEAD.format(
        steps=story.count_steps(),
        group=story.count_steps(in_group=True),
        struck=table(story.STATES, cells),
        lasting=table(story.STATES, staying, by_fault=True),
        sources=markdown(sources),
        virtual=markdown([["fault", "struck in", "outcome"], *virtual()]),
    )


def virtual():
    """(fault, state, outcome) of the run on virtual boards."""
    found = json.loads(VIRTUAL.read_text(encoding="utf-8"))
    return [[fault, state, outcome] for fault, rows in found.items() for state, outcome in rows.items()]


def table(states, cells, by_fault=False):
    """A row a state, a column a fault; or, where there are many faults, a row a run of states with one outcome."""
    if not by_fault:
        rows = [["state", *cells]]
        return markdown(rows + [[state, *(found.get(state, "-") for found in cells.values())] for state in states])
    rows = [["fault", "begins in", "outcome"]]
    for name, found in cells.items():
        for first, last, outcome in runs(states, found):
            rows.append([name, first if first == last else "{} to {}".format(first, last), outcome])
    return markdown(rows)


def runs(states, found):
    """Neighbouring states with the same outcome, as (first, last, outcome)."""
    grouped = []
    for state in states:
        if grouped and grouped[-1][2] == found[state]:
            grouped[-1][1] = state
        else:
            grouped.append([state, state, found[state]])
    return grouped


def markdown(rows):
    head, *body = rows
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])


def main():
    parser = argparse.ArgumentParser(description="write docs/results/faults.md")
    parser.add_argument("--check", action="store_true", help="compare, write nothing; exit code 1 when it differs")
    parser.add_argument("--take", action="store_true", help="take over what the last run on virtual boards found")
    options = parser.parse_args()
    if options.take:
        VIRTUAL.write_text(FOUND.read_text(encoding="utf-8"), encoding="utf-8")
    text = page()
    if options.check:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
