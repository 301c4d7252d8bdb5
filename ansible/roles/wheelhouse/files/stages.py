#!/usr/bin/python3
"""Runs a long build in named stages. A stage that succeeds is recorded, so that an interrupted run continues there.

    stages.py SPEC.json                  run
    stages.py --status FOLDER UNIT       one line: running, done, failed or gone; the stage; the last line of the log

SPEC: {"folder": working folder, "stages": [{"name": ..., "run": shell line}]}. The state is
written to FOLDER/status.json ({"stage", "number", "of", "state": running | done | failed}),
the output to FOLDER/build.log. A stage whose line has
changed is run again, and so are all stages after it. Python 3.6.
"""

import hashlib
import json
import os
import subprocess
import sys
from typing import Any, Dict


def main(spec_path: str) -> int:
    """Run the remaining stages; returns the exit code."""
    with open(spec_path) as stream:
        spec = json.load(stream)
    folder, stages = spec["folder"], spec["stages"]
    done, key = remembered(folder), ""
    for number, stage in enumerate(stages, 1):
        key = hashlib.sha256((key + stage["run"]).encode()).hexdigest()
        if done.get(stage["name"]) == key:
            continue
        tell(folder, stage["name"], number, len(stages), "running")
        if run(stage["run"], folder):
            tell(folder, stage["name"], number, len(stages), "failed")
            return 1
        done[stage["name"]] = key
        write(os.path.join(folder, "stages.json"), done)
    tell(folder, "all", len(stages), len(stages), "done")
    return 0


def status(folder: str, unit: str) -> str:
    """The state of the build in one line; "gone" when nothing runs and no reason was recorded."""
    alive = subprocess.call(["systemctl", "is-active", "--quiet", unit]) == 0
    record = load(os.path.join(folder, "status.json")) or {"state": "running", "stage": "start", "number": 0, "of": 0}
    state = "gone" if record["state"] == "running" and not alive else record["state"]
    try:
        with open(os.path.join(folder, "build.log"), "rb") as log:
            log.seek(max(0, os.path.getsize(log.name) - 500))
            tail = (log.read().decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    except OSError:
        tail = ""
    return "{} at {} ({} of {}): {}".format(state, record["stage"], record["number"], record["of"], tail)


def load(path: str) -> Dict[str, Any]:
    """The contents of a JSON file; empty when it is absent or incomplete."""
    try:
        with open(path) as stream:
            contents: Dict[str, Any] = json.load(stream)
    except (OSError, ValueError):
        return {}
    return contents


def remembered(folder: str) -> Dict[str, str]:
    """Stages that succeeded: name -> key."""
    return load(os.path.join(folder, "stages.json"))


def run(line: str, folder: str) -> int:
    """Run one stage with its output in the log; returns its exit code."""
    with open(os.path.join(folder, "build.log"), "ab") as log:
        log.write("\n== {}\n".format(line).encode())
        log.flush()
        command = ["/bin/sh", "-ec", line]
        return subprocess.call(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


def tell(folder: str, stage: str, number: int, total: int, state: str) -> None:
    """Write the state of the build."""
    record = {"stage": stage, "number": number, "of": total, "state": state}
    write(os.path.join(folder, "status.json"), record)


def write(path: str, record: Dict[str, Any]) -> None:
    """Replace a file in one step."""
    with open(path + ".partial", "w") as stream:
        json.dump(record, stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(path + ".partial", path)


if __name__ == "__main__":
    if sys.argv[1] == "--status":
        print(status(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1]))
