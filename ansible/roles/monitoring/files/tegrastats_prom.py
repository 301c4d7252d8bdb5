#!/usr/bin/python3
"""Reads lines of tegrastats and keeps one text file for the textfile collector of Prometheus. Python 3.6, no libraries.

    tegrastats_prom.py --out FILE -- tegrastats --interval 5000

Every field is found by its name, because fields depend on the release, the power mode and the rights of the reader
(cores that are `off`, loads without a frequency, temperatures with decimals, no rails at all, further zones).
"""

import argparse
import os
import re
import subprocess
import sys
import time
from typing import Dict, List, Tuple

Value = Tuple[str, Dict[str, str], float]  # metric, labels, value

_PAIR = re.compile(r"\b(RAM|SWAP|IRAM) (\d+)/(\d+)(k|M)B")
_CORES = re.compile(r"\bCPU \[([^\]]*)\]")
_LOAD = re.compile(r"\b(EMC|GR3D|VIC|APE|NVDEC|NVENC|MSENC|NVJPG)(?:_FREQ)? (?:(\d+)%)?(?:@?\[?(\d+)\]?)?(?![\w@/%])")
_CACHED = re.compile(r"\(cached (\d+)MB\)")
_ZONE = re.compile(r"([A-Za-z][\w-]*)@(-?\d+(?:\.\d+)?)C\b")
_RAIL = re.compile(r"\b(POM_\w+|VDD_\w+|VIN_\w+) (\d+)(?:mW)?/(\d+)(?:mW)?")
_CORE = re.compile(r"(\d+)%(?:@(\d+))?$")

CONSTANT_ZONES = ("PMIC",)  # 50 or 100 on every board, which is not a temperature

HELP = {
    "jetson_memory_bytes": "Memory by kind (ram, swap, iram) and state (used, total).",
    "jetson_swap_cached_bytes": "Swap that is in memory too.",
    "jetson_cpu_online": "1 when the core is on.",
    "jetson_cpu_load_ratio": "Load of a core, 0 to 1.",
    "jetson_cpu_frequency_hertz": "Frequency of a core.",
    "jetson_unit_load_ratio": "Load of a unit (GR3D is the GPU, EMC the memory controller), 0 to 1.",
    "jetson_unit_frequency_hertz": "Frequency of a unit.",
    "jetson_temperature_celsius": "Temperature of a zone.",
    "jetson_power_watts": "Power of a rail, now.",
    "jetson_power_average_watts": "Power of a rail, average since tegrastats started.",
}


def parse(line: str) -> List[Value]:
    """The values of one line; empty when the line is not from tegrastats."""
    found: List[Value] = []
    for kind, used, total, unit in _PAIR.findall(line):
        scale = 1024 if unit == "k" else 1024 * 1024
        for state, number in (("used", used), ("total", total)):
            found.append(("jetson_memory_bytes", {"kind": kind.lower(), "state": state}, int(number) * scale))
    if not found:
        return []
    found += [("jetson_swap_cached_bytes", {}, int(number) * 1024 * 1024) for number in _CACHED.findall(line)[:1]]
    found += cores(line) + units(line)
    for zone, degrees in _ZONE.findall(line):
        if zone not in CONSTANT_ZONES:
            found.append(("jetson_temperature_celsius", {"zone": zone}, float(degrees)))
    for rail, now, average in _RAIL.findall(line):
        found.append(("jetson_power_watts", {"rail": rail}, int(now) / 1000.0))
        found.append(("jetson_power_average_watts", {"rail": rail}, int(average) / 1000.0))
    return found


def cores(line: str) -> List[Value]:
    """Load and frequency of each core; a core that is off has neither."""
    found: List[Value] = []
    match = _CORES.search(line)
    for number, text in enumerate(match.group(1).split(",") if match else []):
        label = {"core": str(number)}
        core = _CORE.match(text.strip())
        found.append(("jetson_cpu_online", label, 1 if core else 0))
        if core:
            found.append(("jetson_cpu_load_ratio", label, int(core.group(1)) / 100.0))
        if core and core.group(2):
            found.append(("jetson_cpu_frequency_hertz", label, int(core.group(2)) * 1000000))
    return found


def units(line: str) -> List[Value]:
    """Load and frequency of the units in the line, such as EMC_FREQ 0%@1600 and APE 25."""
    found: List[Value] = []
    for name, load, mhz in _LOAD.findall(line):
        if load:
            found.append(("jetson_unit_load_ratio", {"unit": name}, int(load) / 100.0))
        if mhz:
            found.append(("jetson_unit_frequency_hertz", {"unit": name}, int(mhz) * 1000000))
    return found


def render(values: List[Value], now: float) -> str:
    """The text of the file: each metric with its help, and the time of the line (s since 1970)."""
    out = []
    for metric in sorted({metric for metric, _, _ in values}):
        out.append("# HELP {} {}".format(metric, HELP[metric]))
        out.append("# TYPE {} gauge".format(metric))
        for name, labels, value in values:
            if name == metric:
                inside = ",".join('{}="{}"'.format(key, text) for key, text in sorted(labels.items()))
                out.append("{}{} {:.10g}".format(metric, "{" + inside + "}" if inside else "", value))
    out.append("# HELP jetson_tegrastats_timestamp_seconds When tegrastats printed this.")
    out.append("# TYPE jetson_tegrastats_timestamp_seconds gauge")
    out.append("jetson_tegrastats_timestamp_seconds {:.0f}".format(now))
    return "\n".join(out) + "\n"


def write(path: str, text: str) -> None:
    """Replace the file in one step, so that the collector never sees half of it."""
    partial = path + ".partial"
    with open(partial, "w") as stream:
        stream.write(text)
    os.chmod(partial, 0o644)
    os.replace(partial, path)


def main(arguments: List[str]) -> int:
    """Follow the command until it ends; returns its exit code, or 1 when no line could be read."""
    parser = argparse.ArgumentParser(description="tegrastats as a text file for Prometheus")
    parser.add_argument("--out", required=True, help="the text file")
    parser.add_argument("command", nargs="+", help="tegrastats and its options, after --")
    options = parser.parse_args(arguments)
    useful = False
    with subprocess.Popen(options.command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout
        for line in process.stdout:
            values = parse(line.decode("ascii", "replace"))
            if values:
                useful = True
                write(options.out, render(values, time.time()))
            else:
                sys.stderr.write("not a line of tegrastats: {!r}\n".format(line[:120]))
    return process.returncode or (0 if useful else 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
