#!/usr/bin/python3
"""Locks the clocks until they stay locked, and fails if they do not. Python 3.6, no libraries, for root.

    hold_clocks.py --watch 90 --limit 60 --wanted /run/nano-ocr/app/clocks-wanted
    hold_clocks.py --wait nano-ocr-clocks.service --limit 300

jetson_clocks once is not enough after a boot: what starts beside it sets the clocks again, and users had to wait a
minute (https://github.com/rbonghi/jetson_stats/issues/3). The real state counts: `jetson_clocks --show`.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from typing import Callable, Dict, List

Run = Callable[[List[str]], str]

_LINE = re.compile(r"^(cpu\d+|GPU)\b.*\bMinFreq=(\d+) MaxFreq=(\d+)", re.MULTILINE)
_OFF = re.compile(r"^cpu\d+:.*\bOnline=0\b.*$", re.MULTILINE)
_TWICE = 2  # looks in a row at which every clock has to be locked
_SOON_S, _LATER_S = 1.0, 5.0


def main(arguments: List[str]) -> int:
    """The command line; returns 0, or 1 with a reason on stderr."""
    parser = argparse.ArgumentParser(description="lock the clocks until they stay locked")
    parser.add_argument(
        "--watch", type=float, default=90.0, help="seconds after a boot in which the clocks are watched"
    )
    parser.add_argument("--limit", type=float, default=60.0, help="seconds after that, and then it fails")
    parser.add_argument("--wanted", default="", help="a file that exists from now on: the clocks have to be locked")
    parser.add_argument("--wait", default="", metavar="UNIT", help="lock nothing; wait while this unit starts or stops")
    options = parser.parse_args(arguments)
    if options.wait:
        return wait(options.wait, options.limit)
    if options.wanted:
        os.makedirs(os.path.dirname(options.wanted), exist_ok=True)
        open(options.wanted, "w").close()
    return hold(options.watch, options.limit)


def output(command: List[str]) -> str:
    """What a command prints, with its errors; "" if it cannot be started."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return "{}: {}".format(command[0], error)
    return done.stdout.decode("utf-8", "replace")


def free(shown: str) -> Dict[str, str]:
    """The clocks of ``jetson_clocks --show`` that are not locked, with their bounds; cores that are off do not count.

    A text without a core or without the GPU is one entry as well: what cannot be read is not locked.
    """
    bounds = {name: (least, most) for name, least, most in _LINE.findall(_OFF.sub("", shown))}
    if "GPU" not in bounds or not any(name.startswith("cpu") for name in bounds):
        return {"jetson_clocks --show": "printed {!r}".format(shown.strip()[:120])}
    return {name: "{} to {}".format(*pair) for name, pair in sorted(bounds.items()) if pair[0] != pair[1]}


def seconds_since_boot(root: str = "/") -> float:
    """Seconds since the first process began, which in a container is the start of the container."""
    with open(os.path.join(root, "proc/uptime")) as stream:
        uptime = float(stream.read().split()[0])
    with open(os.path.join(root, "proc/1/stat")) as stream:
        began = float(stream.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return uptime - began


def hold(
    watch_s: float,
    limit_s: float,
    run: Run = output,
    booted_s: Callable[[], float] = seconds_since_boot,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Lock the clocks whenever one is free, until none is: twice in a row, and ``watch_s`` after the boot.

    Returns 1 when a clock is free ``limit_s`` after the end of that time (or after now, if it is over).
    """
    deadline = now() + max(0.0, watch_s - booted_s()) + limit_s
    locked, tries = 0, 0
    while True:
        seen = free(run(["jetson_clocks", "--show"]))
        locked = 0 if seen else locked + 1
        if locked >= _TWICE and booted_s() >= watch_s:
            say("locked; jetson_clocks ran {} times more".format(tries))
            return 0
        if seen and now() >= deadline:
            say("NOT locked after {} tries: {}".format(tries, shown(seen)))
            say("something sets them back: journalctl -b -u nvpmodel, or a second service that runs nvpmodel")
            return 1
        if seen:
            tries += 1
            say("free: {}; running jetson_clocks".format(shown(seen)))
            run(["jetson_clocks"])
        sleep(_SOON_S if locked < _TWICE else _LATER_S)


def shown(seen: Dict[str, str]) -> str:
    """The free clocks in one line."""
    return ", ".join("{} {}".format(name, bounds) for name, bounds in seen.items())


def wait(
    unit: str,
    limit_s: float,
    run: Run = output,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Wait while systemd starts or stops ``unit``. Returns 1 if that takes longer than ``limit_s``."""
    deadline = now() + limit_s
    while run(["systemctl", "is-active", unit]).strip() in ("activating", "deactivating"):
        if now() >= deadline:
            say("{} is still starting".format(unit))
            return 1
        sleep(_SOON_S)
    return 0


def say(text: str) -> None:
    """One line for the journal."""
    sys.stderr.write("clocks: " + text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
