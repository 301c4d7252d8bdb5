"""State of a simulated board: power mode, clocks, swap, and the files of /proc that show them.

This is a fake: it stands where only a Nano has the real part. It keeps what a board keeps over a reboot (the power
mode of /var/lib/nvpmodel/status), and forgets what a board forgets (locked clocks, which live in /run). Python 3.6.
Every path hangs below ``ROOT`` (/ on a node), so that tests can use it in a folder.
"""

import json
import os
import re

ROOT = os.environ.get("VIRTUAL_NANO_ROOT", "/")
CPU_IDLE_KHZ, CPU_MAX_KHZ = 102000, 1479000
GPU_STEPS_HZ = tuple(76800000 * step for step in range(1, 13))
EMC_HZ = 1600000000
CORES = 4


def path(*parts):
    """A path below ROOT."""
    return os.path.join(ROOT, *parts)


def read(name, default=""):
    """Text of a file below ROOT; ``default`` when it is not there."""
    try:
        with open(path(name)) as stream:
            return stream.read()
    except IOError:
        return default


def write(name, text):
    """Write a file below ROOT in place: files that are mounted over /proc keep their inode."""
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "r+" if os.path.exists(path(name)) else "w") as stream:
        stream.write(text)
        stream.truncate()


def settings():
    """What /etc/virtual-nano/board.json says of this board: memory, rails, zones of temperature."""
    return json.loads(read("etc/virtual-nano/board.json", "{}"))


def power_modes(conf="etc/nvpmodel.conf"):
    """Modes of an nvpmodel configuration: {id: {"name", "cores", "cpu_max_khz", "gpu_max_hz"}} and the default's id."""
    modes, default, mode = {}, 0, {}
    for line in read(conf).splitlines():
        head = re.match(r"< POWER_MODEL ID=(\d+) NAME=(\S+) >", line)
        if head:
            mode = {"name": head.group(2), "cores": [True] * CORES, "cpu_max_khz": -1, "gpu_max_hz": -1}
            modes[int(head.group(1))] = mode
        words = line.split()
        if words[:1] == ["CPU_ONLINE"]:
            mode["cores"][int(words[1].rpartition("_")[2])] = words[2] == "1"
        elif words[:2] == ["CPU_A57", "MAX_FREQ"]:
            mode["cpu_max_khz"] = int(words[2])
        elif words[:2] == ["GPU", "MAX_FREQ"]:
            mode["gpu_max_hz"] = int(words[2])
        found = re.match(r"< PM_CONFIG DEFAULT=(\d+) >", line)
        default = int(found.group(1)) if found else default
    return modes, default


def remembered_mode():
    """The mode of /var/lib/nvpmodel/status, or None: it wins over the configuration's default at boot."""
    found = re.search(r"pmode:(\d+)", read("var/lib/nvpmodel/status"))
    return int(found.group(1)) if found else None


def current_mode():
    """The mode in force, or None before nvpmodel has run since boot."""
    text = read("run/virtual-nano/mode").strip()
    return int(text) if text else None


def set_mode(number):
    """Put a mode in force and remember it; clocks that were locked are free again."""
    write("run/virtual-nano/mode", "%d\n" % number)
    write("var/lib/nvpmodel/status", "pmode:%04d\n" % number)
    write("run/virtual-nano/clocks", "")


def limits():
    """(cores online, highest CPU clock in kHz, highest GPU clock in Hz) of the mode in force."""
    modes, default = power_modes()
    mode = modes[default if current_mode() is None else current_mode()]
    cpu, gpu = mode["cpu_max_khz"], mode["gpu_max_hz"]
    highest = max(step for step in GPU_STEPS_HZ if gpu < 0 or step <= gpu)
    return mode["cores"], CPU_MAX_KHZ if cpu < 0 else cpu, highest


def clocks_locked():
    """Whether jetson_clocks has run since boot (or since the last change of mode)."""
    return read("run/virtual-nano/clocks").strip() == "locked"


def lock_clocks(locked):
    """Lock or free the clocks, until the next reboot."""
    write("run/virtual-nano/clocks", "locked\n" if locked else "")


def model():
    """What the device tree calls the board."""
    return read("sys/firmware/devicetree/base/model").strip("\0\n")


def soc():
    """The system on chip: the last name in the device tree's list."""
    return read("sys/firmware/devicetree/base/compatible").strip("\0\n").split("nvidia,")[-1]
