"""The machine of a measurement. A value that cannot be read is None, never a guess. ``root`` is not "/" in tests."""

import glob
import hashlib
import os
import platform
import re
import subprocess
import sys
from typing import Any, Dict, List, Optional

from ocr_app.core.paths import PACKAGE
from ocr_app.core.version import VERSION

LIBRARIES = ("numpy", "cv2", "PIL", "onnxruntime", "tensorrt", "torch", "easyocr", "paddle", "paddleocr", "rapidocr")
_CPUFREQ = "sys/devices/system/cpu/cpu0/cpufreq/"
_IGNORED_ZONES = ("PMIC",)  # on Tegra a constant (50 or 100), not a measurement


def describe(root: str = "/") -> Dict[str, Any]:
    """Machine, cores, memory, system, libraries in this process, power mode, clocks and temperatures."""
    return {
        "machine": machine(root),
        "cpu": cpu_name(root),
        "cores": physical_cores(root),
        "threads": usable_threads(),
        "ram_mb": ram_mb(root),
        "kernel": platform.release(),
        "system": os_name(root),
        "arch": platform.machine(),
        "python": platform.python_version(),
        "libraries": libraries(),
        "l4t": l4t_release(root),
        "power_mode": power_mode(),
        "clocks": clocks(root),
        "temperatures_c": temperatures(root),
        "throttle_count": throttle_count(root),
        "app": {"version": VERSION, "sha256": source_fingerprint()},
    }


def read_text(root: str, path: str) -> Optional[str]:
    """The text of a small file without NULs and surrounding blanks; None if it is empty or cannot be read."""
    try:
        with open(os.path.join(root, path), encoding="utf-8", errors="replace") as stream:
            return stream.read(65536).replace("\0", "").strip() or None
    except OSError:
        return None


def machine(root: str) -> Optional[str]:
    """The model in the device tree, or the vendor and product of DMI."""
    model = read_text(root, "proc/device-tree/model")
    dmi = [read_text(root, "sys/class/dmi/id/" + name) for name in ("sys_vendor", "product_name")]
    return model or " ".join(part for part in dmi if part) or None


def cpu_name(root: str) -> Optional[str]:
    """Model name of the first processor in cpuinfo (x86), or the ARM implementer and part codes."""
    info = read_text(root, "proc/cpuinfo") or ""
    name = re.search(r"^model name\s*:\s*(.+)$", info, re.MULTILINE)
    if name:
        return name.group(1).strip()
    codes = [re.search(r"^CPU {}\s*:\s*(\S+)$".format(key), info, re.MULTILINE) for key in ("implementer", "part")]
    return "ARM implementer {} part {}".format(*(code.group(1) for code in codes if code)) if all(codes) else None


def physical_cores(root: str) -> Optional[int]:
    """The number of distinct (package, core) pairs in cpuinfo; None if it does not list them (ARM)."""
    info = read_text(root, "proc/cpuinfo") or ""
    pairs = set(re.findall(r"^physical id\s*:\s*(\d+)$.*?^core id\s*:\s*(\d+)$", info, re.MULTILINE | re.DOTALL))
    return len(pairs) or None


def usable_threads() -> Optional[int]:
    """The number of logical processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def ram_mb(root: str) -> Optional[int]:
    """MemTotal in MiB."""
    total = re.search(r"^MemTotal:\s*(\d+) kB", read_text(root, "proc/meminfo") or "", re.MULTILINE)
    return int(total.group(1)) // 1024 if total else None


def os_name(root: str) -> Optional[str]:
    """PRETTY_NAME of os-release."""
    name = re.search(r'^PRETTY_NAME="?([^"\n]+)', read_text(root, "etc/os-release") or "", re.MULTILINE)
    return name.group(1) if name else None


def libraries() -> Dict[str, str]:
    """Versions of the numeric and OCR libraries that are loaded in this process."""
    loaded = {name: getattr(sys.modules.get(name), "__version__", None) for name in LIBRARIES}
    return {name: str(version) for name, version in loaded.items() if version}


def l4t_release(root: str) -> Optional[str]:
    """ "32.7.6" from the first line of /etc/nv_tegra_release."""
    line = read_text(root, "etc/nv_tegra_release") or ""
    found = re.search(r"# R(\d+) \(release\), REVISION: ([\d.]+)", line)
    return "{}.{}".format(*found.groups()) if found else None


def power_mode() -> Optional[str]:
    """The name that ``nvpmodel -q`` prints ("MAXN", "5W"); None without nvpmodel."""
    try:
        output = subprocess.check_output(["nvpmodel", "-q"], stderr=subprocess.STDOUT, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"NV Power Mode:\s*(\S+)", output.decode("utf-8", "replace"))
    return found.group(1) if found else None


def clocks(root: str) -> Dict[str, Any]:
    """CPU 0: governor, MHz allowed and current. ``locked``: both bounds are equal, as jetson_clocks sets them."""
    khz = {name: read_text(root, _CPUFREQ + "scaling_{}_freq".format(name)) for name in ("min", "cur", "max")}
    mhz = {name: int(value) / 1000.0 if value and value.isdigit() else None for name, value in khz.items()}
    locked = None if mhz["min"] is None or mhz["max"] is None else mhz["min"] == mhz["max"]
    return dict(mhz, governor=read_text(root, _CPUFREQ + "scaling_governor"), locked=locked)


def temperatures(root: str) -> Dict[str, float]:
    """Degrees Celsius of the thermal zones by their type; the constant PMIC zone is left out."""
    zones: Dict[str, float] = {}
    for folder in sorted(glob.glob(os.path.join(root, "sys/class/thermal/thermal_zone*"))):
        kind, value = read_text(folder, "type"), read_text(folder, "temp")
        if kind and value and re.match(r"-?\d+$", value) and not kind.startswith(_IGNORED_ZONES):
            zones[kind] = int(value) / 1000.0
    return zones


def throttle_count(root: str) -> Optional[int]:
    """How often heat has throttled the processor since boot (package counter of x86); None without a counter."""
    pattern = "sys/devices/system/cpu/cpu*/thermal_throttle/package_throttle_count"
    counts: List[int] = [int(read_text("", path) or 0) for path in glob.glob(os.path.join(root, pattern))]
    return max(counts) if counts else None


def source_fingerprint() -> str:
    """The sha256 over the sources and data files of this package: equal in two runs of the same code."""
    home = PACKAGE
    files = [
        path for kind in ("py", "json") for path in glob.glob(os.path.join(home, "**", "*." + kind), recursive=True)
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        with open(path, "rb") as stream:
            digest.update(os.path.relpath(path, home).encode() + b"\0" + hashlib.sha256(stream.read()).digest())
    return digest.hexdigest()
