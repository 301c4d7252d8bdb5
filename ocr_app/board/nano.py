"""The state of a Jetson Nano: power mode, clocks, and the output of tegrastats.

The output of L4T R32 on a Nano, from public logs. All values are found by name, never by position:

    nvpmodel -q            NV Power Mode: MAXN
                           0
    jetson_clocks --show   cpu0: Online=1 Governor=schedutil MinFreq=102000 MaxFreq=1479000 CurrentFreq=825600 ...
                           GPU MinFreq=76800000 MaxFreq=921600000 CurrentFreq=76800000
                           EMC MinFreq=204000000 MaxFreq=1600000000 CurrentFreq=1600000000 FreqOverride=0
    tegrastats             RAM 1923/3964MB (lfb 2x2MB) ... GR3D_FREQ 0%@76 ... CPU@40C PMIC@50C ... POM_5V_IN 1750/1628

CPU clocks are in kHz, GPU and memory (EMC) in Hz. tegrastats gives clocks only to root.
"""

import re
import subprocess
import threading
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from ocr_app.board.environment import read_text
from ocr_app.core.errors import DeviceUnavailable

Command = Callable[[Sequence[str]], str]

_MODEL = "proc/device-tree/model"
_CONSTANT_ZONES = ("PMIC",)
_BUSY_PERCENT = 50  # of the GPU, from which its clock says something about throttling
_CLOCK = re.compile(r"^(cpu\d+|GPU|EMC)\b:?(.*)$")
_PAIR = re.compile(r"(\w+)=(\S+)")


class PowerMode(NamedTuple):
    """A power mode with the name and number that nvpmodel gives it."""

    name: str
    number: Optional[int]


class ClockSpeed(NamedTuple):
    """MHz. ``override``: whether the clock is held at its maximum; for the clock of the memory only."""

    least: float
    most: float
    now: float
    online: bool = True
    override: Optional[bool] = None

    @property
    def locked(self) -> bool:
        """Whether jetson_clocks has fixed the clock."""
        return bool(self.override) if self.override is not None else self.least == self.most


def board_name(root: str = "/") -> Optional[str]:
    """The model in the device tree; None on a machine without one."""
    return read_text(root, _MODEL)


def require_nano(root: str = "/") -> str:
    """The board's name. Raises DeviceUnavailable on any other machine."""
    name = board_name(root)
    if name is None or "Jetson Nano" not in name or "Orin" in name:
        found = "this machine is not a Jetson Nano: {}".format(name or "it has no device tree")
        raise DeviceUnavailable(found, "NVIDIA Jetson Nano Developer Kit", "run it there, or measure with --device cpu")
    return name


def call(command: Sequence[str]) -> str:
    """The output of a tool. Raises DeviceUnavailable if the tool does not exist or fails."""
    try:
        done = subprocess.run(list(command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceUnavailable("{} cannot be run: {}".format(command[0], error), "L4T's own tool") from error
    text = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").strip() or text.strip()
        found = "{} ended with {}: {}".format(" ".join(command), done.returncode, words)
        raise DeviceUnavailable(found, "exit code 0", "run it as root")
    return text


def power_mode(text: str) -> PowerMode:
    """Of the output of ``nvpmodel -q``. Raises DeviceUnavailable for any other text."""
    name = re.search(r"^NV Power Mode:\s*(\S+)", text, re.MULTILINE)
    number = re.search(r"^\s*(\d+)\s*$", text, re.MULTILINE)
    if name is None:
        raise DeviceUnavailable("nvpmodel -q printed {!r}".format(text.strip()[:80]), "NV Power Mode: MAXN")
    return PowerMode(name.group(1), int(number.group(1)) if number else None)


def clocks(text: str) -> Dict[str, ClockSpeed]:
    """The clocks of the CPUs, GPU and EMC in the output of ``jetson_clocks --show``.

    Raises DeviceUnavailable for a text without CPUs or without the GPU.
    """
    found = {}
    for line in text.splitlines():
        match = _CLOCK.match(line.strip())
        values = dict(_PAIR.findall(match.group(2))) if match else {}
        if match and {"MinFreq", "MaxFreq", "CurrentFreq"} <= set(values):
            found[match.group(1)] = _clock(match.group(1), values)
    if "GPU" not in found or "cpu0" not in found:
        shown = text.strip()[:80]
        raise DeviceUnavailable(
            "jetson_clocks --show printed {!r}".format(shown), "lines of cpu0 and GPU", "run it as root"
        )
    return found


def _clock(name: str, values: Dict[str, str]) -> ClockSpeed:
    unit = 1e3 if name.startswith("cpu") else 1e6  # kHz, Hz
    least, most, now = (float(values[key]) / unit for key in ("MinFreq", "MaxFreq", "CurrentFreq"))
    override = values["FreqOverride"] == "1" if "FreqOverride" in values else None
    return ClockSpeed(least, most, now, values.get("Online", "1") == "1", override)


def tegrastats(line: str) -> Dict[str, Any]:
    """The fields of one line: GPU load and MHz, temperatures, current power in mW, RAM in MB; None if missing."""
    gpu = re.search(r"GR3D_FREQ (\d+)%(?:@(\d+))?", line)
    ram = re.search(r"RAM (\d+)/(\d+)MB", line)
    zones = re.findall(r"(?<!\S)([A-Za-z][\w-]*)@(-?\d+(?:\.\d+)?)C\b", line)
    rails = re.findall(r"(?<!\S)((?:POM|VDD)_\w+) (\d+)(?:mW)?/\d+", line)
    return {
        "gpu_percent": int(gpu.group(1)) if gpu else None,
        "gpu_mhz": int(gpu.group(2)) if gpu and gpu.group(2) else None,
        "ram_mb": int(ram.group(1)) if ram else None,
        "ram_total_mb": int(ram.group(2)) if ram else None,
        "temperatures_c": {name: float(value) for name, value in zones if name not in _CONSTANT_ZONES},
        "power_mw": {name: int(value) for name, value in rails},
    }


def state(run: Command = call) -> Dict[str, Any]:
    """The current power mode and clocks. Raises DeviceUnavailable if a tool is missing or prints something else."""
    mode, speeds = power_mode(run(["nvpmodel", "-q"])), clocks(run(["jetson_clocks", "--show"]))
    return {
        "power_mode": mode.name,
        "power_mode_id": mode.number,
        "clocks_mhz": {name: [clock.least, clock.now, clock.most] for name, clock in speeds.items() if clock.online},
        "unlocked": sorted(name for name, clock in speeds.items() if clock.online and not clock.locked),
    }


def summary(lines: Sequence[str]) -> Dict[str, Any]:
    """A summary of tegrastats lines: hottest zone, lowest GPU clock while busy, mean and highest power."""
    samples = [tegrastats(line) for line in lines if line.strip()]
    busy = [s["gpu_mhz"] for s in samples if s["gpu_mhz"] and (s["gpu_percent"] or 0) >= _BUSY_PERCENT]
    power = [s["power_mw"]["POM_5V_IN"] for s in samples if "POM_5V_IN" in s["power_mw"]]
    return {
        "samples": len(samples),
        "hottest_c": max((t for s in samples for t in s["temperatures_c"].values()), default=None),
        "least_busy_gpu_mhz": min(busy, default=None),
        "mean_power_mw": round(sum(power) / len(power)) if power else None,
        "most_power_mw": max(power, default=None),
    }


class TegrastatsWatch:
    """Runs tegrastats during a block, for instance a measurement, and keeps its lines."""

    def __init__(self, command: Sequence[str] = ("tegrastats", "--interval", "500")) -> None:
        self._command = list(command)
        self.lines: List[str] = []

    def __enter__(self) -> "TegrastatsWatch":
        try:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError as error:
            raise DeviceUnavailable("tegrastats cannot be run: {}".format(error), "L4T's own tool") from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.lines.append(line.decode("utf-8", "replace"))

    def __exit__(self, *exc: Any) -> None:
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()
