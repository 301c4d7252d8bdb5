"""Writes docs/results/faults.md: ``.venv/bin/python tests/faults/table.py [--check]``."""

import argparse
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results" / "faults.md"

HEAD = """\
# Faults against states of a release

Made by `.venv/bin/python tests/faults/table.py`; do not edit. It is the table of the **simulated machine** of
`tests/faults/simulation`: a disk that forgets what was not synced, Docker, systemd and an application that misbehaves
on demand. It proves the agent's decisions. It does not prove Docker, ext4 or a Nano: the same faults on virtual Nanos
with a real Docker engine, and on a board, are other tables.

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
    )


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
    check = parser.parse_args().check
    text = page()
    if check:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
