#!/usr/bin/python
"""Module `observe`: reads the state of a node in one call, and changes nothing. Python 3.6 and up."""

import grp
import hashlib
import os
import pwd
import stat
import subprocess
import time
from typing import Any, Dict, List

DOCUMENTATION = r"""
module: observe
short_description: read commands, files, units, packages and disks of a node in one call
description: Changes nothing. Also returns clock (s since 1970), memory (MB of 10^6 bytes) and uptime_s.
author: nano-ocr contributors
options:
  commands:
    description: name -> list of arguments; returns rc, out, err. The rc of an absent program is 127.
    type: dict
    default: {}
  files:
    description: name -> path; returns exists, kind, mode, owner, group, size, and sha256, text or target
    type: dict
    default: {}
  units:
    description: systemd units; returns load, active, enabled, condition
    type: list
    elements: str
    default: []
  packages:
    description: Debian packages; returns version (empty when not installed) and held
    type: list
    elements: str
    default: []
  disks:
    description: name -> path; returns free_mb, total_mb and the path of the nearest folder that exists
    type: dict
    default: {}
  timeout_s:
    description: the rc of a command that takes longer is 124
    type: int
    default: 30
  each:
    description:
      - name -> the options above; returns `each`, one answer for each name, and no other answer
      - all have the clock of the end, and seconds, the time that each took
    type: dict
    default: {}
"""

Answer = Dict[str, Any]
OPTIONS: Dict[str, Dict[str, Any]] = {
    "commands": {"type": "dict", "default": {}},
    "files": {"type": "dict", "default": {}},
    "units": {"type": "list", "elements": "str", "default": []},
    "packages": {"type": "list", "elements": "str", "default": []},
    "disks": {"type": "dict", "default": {}},
    "timeout_s": {"type": "int", "default": 30},
}
"""Of one question."""

TEXT_LIMIT = 64 * 1024
HASH_LIMIT = 16 * 1024 * 1024


def run(argv: List[Any], timeout_s: float) -> Answer:
    """{rc, out, err} of a command; rc 127: it is absent, 126: it cannot be started, 124: it took too long."""
    environment = dict(os.environ, LC_ALL="C", PATH=os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin")
    try:
        process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            return {"rc": 127, "out": "", "err": f"no program {argv[0]}"}
        return {"rc": 126, "out": "", "err": f"{argv[0]} does not start: {error.strerror}"}
    try:
        out, err = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return {"rc": 124, "out": "", "err": f"no answer within {timeout_s} s"}
    return {"rc": process.returncode, "out": plain(out).strip(), "err": plain(err).strip()}


def plain(data: bytes) -> str:
    """Bytes as text; NULs at the end, as in the device tree, are dropped."""
    return data.decode("utf-8", "replace").rstrip("\0")


def look_at(path: str) -> Answer:
    """The state of ``path``; a link is examined itself, not its target."""
    try:
        found = os.lstat(path)
    except OSError:
        return {"path": path, "exists": False, "kind": "", "text": "", "sha256": "", "size": 0, "mode": ""}
    entry: Answer = {"path": path, "exists": True, "size": found.st_size, "text": "", "sha256": ""}
    entry.update(mode=f"{stat.S_IMODE(found.st_mode):04o}", owner=_user(found.st_uid), group=_group(found.st_gid))
    if stat.S_ISLNK(found.st_mode):
        entry.update(kind="link", target=os.readlink(path), resolves=os.path.exists(path))
        entry.update(_contents(path) if os.path.isfile(path) else {})
    elif stat.S_ISREG(found.st_mode):
        entry.update(_contents(path), kind="file")
    else:
        entry.update(kind="folder" if stat.S_ISDIR(found.st_mode) else "other")
    return entry


def _contents(path: str) -> Answer:
    if os.path.getsize(path) > HASH_LIMIT:
        return {}
    try:
        with open(path, "rb") as stream:
            data = stream.read(HASH_LIMIT)
    except OSError as error:
        return {"unreadable": str(error)}
    shown = plain(data) if len(data) <= TEXT_LIMIT else ""
    return {"sha256": hashlib.sha256(data).hexdigest(), "text": shown}


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def units(names: List[str], timeout_s: float) -> Dict[str, Answer]:
    """The state of each unit: load ("loaded", "not-found", "masked"), active, enabled (may be ""), condition."""
    states = {}
    for name in names:
        answer = run(
            ["systemctl", "show", "--property=LoadState,ActiveState,UnitFileState,ConditionResult", name], timeout_s
        )
        pairs = dict(line.split("=", 1) for line in answer["out"].splitlines() if "=" in line)
        states[name] = {
            "load": pairs.get("LoadState", "unknown"),
            "active": pairs.get("ActiveState", "unknown"),
            "enabled": pairs.get("UnitFileState", ""),
            "condition": pairs.get("ConditionResult", ""),
        }
    return states


def packages(names: List[str], timeout_s: float) -> Dict[str, Answer]:
    """The state of each package: version ("" unless it is installed), held."""
    states: Dict[str, Answer] = {name: {"version": "", "held": False} for name in names}
    if names:
        form = "${Package}\t${Version}\t${db:Status-Want}\t${db:Status-Status}\n"
        answer = run(["dpkg-query", "--show", "--showformat=" + form, *names], timeout_s)
        for line in answer["out"].splitlines():
            name, version, want, state = line.split("\t")
            if name in states:
                states[name] = {"version": version if state == "installed" else "", "held": want == "hold"}
    return states


def disk(path: str) -> Answer:
    """Free and total space, in MB, of the file system that holds (or would hold) ``path``."""
    folder = path
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    found = os.statvfs(folder)
    mb = found.f_frsize / 1e6
    return {"path": folder, "free_mb": int(found.f_bavail * mb), "total_mb": int(found.f_blocks * mb)}


def memory() -> Dict[str, int]:
    """Memory in MB of 10^6 bytes, from /proc/meminfo: total, available, swap_total."""
    with open("/proc/meminfo") as stream:
        lines = dict(line.split(":", 1) for line in stream)
    names = {"total_mb": "MemTotal", "available_mb": "MemAvailable", "swap_total_mb": "SwapTotal"}
    return {ours: int(int(lines.get(theirs, "0").split()[0]) * 1024 / 1e6) for ours, theirs in names.items()}


def observe(wanted: Answer) -> Answer:
    """Everything that ``wanted`` (the options of the module) asks for, and clock (s since 1970), memory, uptime (s)."""
    limit = wanted["timeout_s"]
    with open("/proc/uptime") as stream:
        uptime = float(stream.read().split()[0])
    return {
        "commands": {name: run(argv, limit) for name, argv in wanted["commands"].items()},
        "files": {name: look_at(path) for name, path in wanted["files"].items()},
        "units": units(wanted["units"], limit),
        "packages": packages(wanted["packages"], limit),
        "disks": {name: disk(path) for name, path in wanted["disks"].items()},
        "clock": int(time.time()),
        "memory": memory(),
        "uptime_s": int(uptime),
    }


def several(each: Dict[str, Answer]) -> Dict[str, Answer]:
    """The answer to each of several questions, asked in turn.

    Whoever compares a clock does so after the last of them, so all have the clock of that moment.
    """
    answers = {}
    for name, wanted in each.items():
        start = time.time()
        answers[name] = observe(completed(wanted))
        answers[name]["seconds"] = round(time.time() - start, 2)
    for answer in answers.values():
        answer["clock"] = int(time.time())
    return answers


def completed(wanted: Answer) -> Answer:
    """The options of one question with the defaults of those that it leaves out."""
    unknown = sorted(set(wanted) - set(OPTIONS))
    if unknown:
        raise ValueError("unknown options: " + ", ".join(unknown))
    whole = dict({key: option["default"] for key, option in OPTIONS.items()}, **wanted)
    return dict(whole, timeout_s=int(whole["timeout_s"]))


def main() -> None:
    """Called by Ansible."""
    from ansible.module_utils.basic import AnsibleModule

    module = AnsibleModule(argument_spec=dict(OPTIONS, each={"type": "dict", "default": {}}), supports_check_mode=True)
    each = module.params.pop("each")
    found = {"each": several(each)} if each else observe(module.params)
    module.exit_json(changed=False, **found)


if __name__ == "__main__":
    main()
