#!/usr/bin/python
"""Module `venv`: a virtual environment that holds exactly what a lock says, whole, and proved. Python 3.6 and up."""

from __future__ import absolute_import, division, print_function

import csv
import fcntl
import os
import re
import shutil
import signal
import subprocess
import time
import zipfile
from contextlib import contextmanager
from email.parser import Parser
from typing import Any, Callable, Dict, Iterator, List, Tuple

DOCUMENTATION = r"""
module: venv
short_description: observe, create or repair a virtual environment from wheels on this machine
options:
  state:
    description: observed reads only; present installs what is missing, wrong or damaged
    choices: [observed, present]
    default: observed
  each:
    description: name -> the options below, observed in turn; returns `each`, one state for each name, with its seconds
    type: dict
    default: {}
  path:
    description: folder of the environment; required without each
    type: path
  python:
    description: interpreter that creates it
    type: path
  system_site_packages:
    description: whether it sees the packages of the system (TensorRT's binding, scikit-image)
    type: bool
    default: false
  wanted:
    description: packages that must be in it, each with name and version
    type: list
    elements: dict
  forbidden:
    description: names of packages that must not be in it
    type: list
    elements: str
    default: []
  proofs:
    description: name -> Python code, run in a process of its own; returns ok and found (its output, or why it died)
    type: dict
    default: {}
  environment:
    description: variables for the proofs
    type: dict
    default: {}
  wheels:
    description: folder on this machine that holds the files
    type: path
  requirements:
    description: lines with hashes, one per wanted package; for state present
    type: str
  from_source:
    description: names of packages that come as source archives (pure Python)
    type: list
    elements: str
    default: []
  timeout_s:
    description: a proof that takes longer has failed
    type: int
    default: 300
  wait_s:
    description: how long to wait for an earlier run that still installs because its connection was cut
    type: int
    default: 900
"""

Options = Dict[str, Any]
State = Dict[str, Any]
Installed = Dict[str, List[Tuple[str, str]]]
Fail = Callable[[str], Any]  # ends the module

FIRST = ("pip", "setuptools", "wheel")  # they install the others
MOST_NAMED = 5  # packages of a failure


def canonical(name: str) -> str:
    """The name of a project as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def site_packages(path: str) -> str:
    """The folder of the environment's own packages; "" when there is none."""
    lib = os.path.join(path, "lib")
    for name in sorted(os.listdir(lib)) if os.path.isdir(lib) else []:
        folder = os.path.join(lib, name, "site-packages")
        if name.startswith("python") and os.path.isdir(folder):
            return folder
    return ""


def installed(site: str) -> Installed:
    """What the folder holds: canonical name -> list of (version, folder of its metadata)."""
    found: Installed = {}
    for entry in sorted(os.listdir(site)) if site else []:
        if entry.endswith(".dist-info"):
            folder = os.path.join(site, entry)
            name, _, version = entry[: -len(".dist-info")].partition("-")
            metadata = read(os.path.join(folder, "METADATA"))
            if metadata:
                version = str(Parser().parsestr(metadata, headersonly=True).get("Version", version))
            found.setdefault(canonical(name), []).append((version, folder))
    return found


def read(path: str) -> str:
    """The text of a file; empty when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def damage(folder: str) -> str:
    """What is wrong with an installed distribution by its RECORD, or "". Sizes are compared, not hashes.

    What Python compiles does not count: PaddleOCR's wheel brings such files, and Python writes them again.
    """
    if not os.path.isfile(os.path.join(folder, "METADATA")):
        return "its METADATA is gone"
    rows = list(csv.reader(read(os.path.join(folder, "RECORD")).splitlines()))
    if not rows:
        return "its RECORD is gone"
    site = os.path.dirname(folder)
    kept = [row for row in rows if len(row) == 3 and row[1] and not row[0].endswith(".pyc")]
    bad = [row[0] for row in kept if not has_size(os.path.join(site, row[0]), row[2])]
    return "{} gone or changed (of {} files: {})".format(len(bad), len(rows), bad[0]) if bad else ""


def has_size(path: str, size: str) -> bool:
    """Whether there is a file of that many bytes."""
    try:
        return os.path.getsize(path) == int(size or 0)
    except OSError:
        return False


def interpreter_problem(path: str, python: str, system_site_packages: bool) -> str:
    """Why the environment has to be created again, or ""."""
    own = os.path.join(path, "bin", "python")
    if not os.path.lexists(own):
        return "there is no environment at {}".format(path)
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    there, wanted = run([own, "-I", "-c", ask], {}, 60), run([python, "-I", "-c", ask], {}, 60)
    if there[0]:
        return "its Python does not run: {}".format(there[2])
    if wanted[0]:
        return "{} does not run: {}".format(python, wanted[2])
    if there[1] != wanted[1]:
        return "it has Python {}, not {}".format(there[1], wanted[1])
    config = read(os.path.join(path, "pyvenv.cfg"))
    sees = re.search(r"^include-system-site-packages\s*=\s*true", config, re.M | re.I) is not None
    if sees != system_site_packages:
        return "it {} the system's packages".format("sees" if sees else "does not see")
    return ""


def run(argv: List[str], environment: Dict[str, str], timeout_s: float) -> Tuple[int, str, str]:
    """(exit code, output, last line of the error output); a signal is named, 124 is a time-out."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    variables.update(environment, LC_ALL="C.UTF-8", PIP_CONFIG_FILE=os.devnull)
    try:
        process = subprocess.Popen(
            argv, env=variables, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, err = process.communicate(timeout=timeout_s)
    except OSError as error:
        return 127, "", str(error)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return 124, "", "no answer within {} s".format(timeout_s)
    words = err.decode("utf-8", "replace").strip().splitlines()
    code = process.returncode
    last = "killed by {}".format(signal.Signals(-code).name) if code < 0 else (words[-1] if words else "no message")
    return code, out.decode("utf-8", "replace").strip(), last


def observe(wanted: Options) -> State:
    """The state of the environment that the options ``wanted`` describe."""
    path = wanted["path"]
    broken = interpreter_problem(path, wanted["python"], wanted["system_site_packages"])
    have = installed(site_packages(path))
    problems, needed = [broken] if broken else [], []
    for package in wanted["wanted"]:
        problem = "not installed" if broken else package_problem(have, package)
        if problem:
            needed.append(canonical(package["name"]))
        if problem and not broken:
            problems.append("{}: {}".format(package["name"], problem))
    unwelcome = [name for name in wanted["forbidden"] if canonical(name) in have and not broken]
    problems += ["{}: must not be here".format(name) for name in unwelcome]
    proofs = {} if needed or broken else {name: prove(wanted, code) for name, code in sorted(wanted["proofs"].items())}
    unproved = ["{}: {}".format(name, proof["found"]) for name, proof in sorted(proofs.items()) if not proof["ok"]]
    state = {"problems": problems, "broken": broken, "needed": needed, "unwelcome": unwelcome, "proofs": proofs}
    return dict(state, unproved=unproved)


def package_problem(have: Installed, package: Dict[str, str]) -> str:
    """What is wrong with one wanted package, or ""."""
    there = have.get(canonical(package["name"]), [])
    if not there:
        return "not installed"
    if len(there) > 1:
        return "there are {} of it: {}".format(len(there), ", ".join(version for version, _ in there))
    version, folder = there[0]
    if version != package["version"]:
        return "{} in place of {}".format(version, package["version"])
    return damage(folder)


def prove(wanted: Options, code: str) -> Dict[str, Any]:
    """Run a proof in the environment: ok, found."""
    command = [os.path.join(wanted["path"], "bin", "python"), "-c", code]
    status, out, last = run(command, wanted["environment"], wanted["timeout_s"])
    return {"ok": status == 0, "found": (out.splitlines() or [""])[-1] if status == 0 else last}


def mend(wanted: Options, state: State, fail: Fail) -> None:
    """Install what ``state`` reports as missing or wrong."""
    path = wanted["path"]
    if state["broken"]:
        make(wanted, fail)
    for name in state["needed"] + [canonical(name) for name in state["unwelcome"]]:
        for _, folder in installed(site_packages(path)).get(name, []):
            remove(folder)
    lines = [line for line in (wanted["requirements"] or "").splitlines() if line.strip()]
    needed = [line for line in lines if canonical(line.split("==")[0]) in state["needed"]]
    gone = sorted(set(state["needed"]) - {canonical(line.split("==")[0]) for line in needed})
    if gone:
        fail("no requirement line for {}".format(", ".join(gone)))
    first = [line for line in needed if canonical(line.split("==")[0]) in FIRST]
    rest = [line for line in needed if line not in first]
    if first:
        install(wanted, [pip_of(wanted, lines, fail)], first, fail)
    if rest:
        install(wanted, ["-m", "pip"], rest, fail)  # its own: a pip inside of a wheel cannot build an archive


@contextmanager
def alone(wanted: Options, fail: Fail) -> Iterator[None]:
    """Only one run installs: a run whose connection was cut continues until it ends or the machine restarts."""
    if not os.path.isdir(os.path.dirname(wanted["path"])):
        os.makedirs(os.path.dirname(wanted["path"]))
    with open(wanted["path"] + ".lock", "w") as stream:
        limit = time.time() + wanted["wait_s"]
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.time() > limit:
                    fail("another run has been installing there for {} s".format(wanted["wait_s"]))
                time.sleep(1)
        yield


def make(wanted: Options, fail: Fail) -> None:
    """Create the environment again, without pip, which comes from its wheel."""
    path = wanted["path"]
    shutil.rmtree(path, ignore_errors=True)
    options = ["--system-site-packages"] if wanted["system_site_packages"] else []
    code, _, last = run([wanted["python"], "-m", "venv", "--without-pip"] + options + [path], {}, 300)
    if code:
        fail("{} -m venv failed: {}".format(wanted["python"], last))


def remove(folder: str) -> None:
    """Remove an installed distribution: its recorded files, then its metadata, which may be incomplete."""
    site = os.path.dirname(folder)
    for row in csv.reader(read(os.path.join(folder, "RECORD")).splitlines()):
        path = os.path.normpath(os.path.join(site, row[0])) if row else site
        if os.path.isfile(path) and not path.startswith(folder):
            os.unlink(path)
    shutil.rmtree(folder)


def pip_of(wanted: Options, lines: List[str], fail: Fail) -> str:
    """The wheel of pip among the files, as a program: a wheel can be run without installing it."""
    version = next((line.split("==")[1].split()[0] for line in lines if line.startswith("pip==")), "")
    folder = wanted["wheels"] or ""
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.startswith("pip-{}-".format(version)) and name.endswith(".whl"):
            return os.path.join(folder, name, "pip")
    return str(fail("no wheel of pip {} in {}".format(version, folder)))


def install(wanted: Options, pip: List[str], lines: List[str], fail: Fail) -> None:
    """Install with pip from files only, each checked by its hash; nothing is compiled."""
    listing = os.path.join(wanted["path"], ".requirements.txt")
    with open(listing, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    command = [os.path.join(wanted["path"], "bin", "python")] + pip + ["install", "--no-index", "--no-deps", "--quiet"]
    command += ["--find-links", wanted["wheels"], "--require-hashes", "--ignore-installed", "--no-build-isolation"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--no-warn-script-location", "--only-binary=:all:"]
    command += ["--no-binary={}".format(name) for name in wanted["from_source"]] + ["--use-pep517", "-r", listing]
    code, _, last = run(command, wanted["environment"], 3600)
    if code:
        fail("pip cannot install {}: {}".format(named([line.split()[0] for line in lines]), last))
    os.unlink(listing)
    have = installed(site_packages(wanted["path"]))
    for line in lines:
        for _, folder in have.get(canonical(line.split("==")[0]), []):
            forget_what_never_came(folder, wanted["wheels"])


def named(packages: List[str]) -> str:
    """The first of them, and how many more there are: the reason that follows must not be cut off."""
    more = len(packages) - MOST_NAMED
    return ", ".join(packages[:MOST_NAMED]) + (" and {} more".format(more) if more > 0 else "")


def forget_what_never_came(folder: str, wheels: str) -> None:
    """Take out of an installed RECORD the files that its wheel lists and does not hold (EasyOCR 1.6.2: 77 of them).

    pip keeps these lines, and without this the packages would look damaged for ever.
    """
    own = os.path.basename(folder)[: -len(".dist-info")]
    names = [name for name in sorted(os.listdir(wheels)) if canonical(name).startswith(canonical(own) + "-")]
    archives = [name for name in names if name.endswith(".whl")]
    if not archives:
        return  # from a source archive: its RECORD is of this board
    with zipfile.ZipFile(os.path.join(wheels, archives[0])) as archive:
        held = set(archive.namelist())
    path, site = os.path.join(folder, "RECORD"), os.path.dirname(folder)
    rows = [row for row in csv.reader(read(path).splitlines()) if row]
    kept = [row for row in rows if row[0] in held or os.path.exists(os.path.join(site, row[0]))]
    if kept != rows:
        with open(path + ".new", "w", newline="", encoding="utf-8") as stream:
            csv.writer(stream, lineterminator="\n").writerows(kept)
        os.rename(path + ".new", path)


OF_OBSERVING: Dict[str, Dict[str, Any]] = {
    "system_site_packages": {"type": "bool", "default": False},
    "forbidden": {"type": "list", "elements": "str", "default": []},
    "proofs": {"type": "dict", "default": {}},
    "environment": {"type": "dict", "default": {}},
    "timeout_s": {"type": "int", "default": 300},
}
"""The options that an observation may leave out."""


def main() -> None:
    """Called by Ansible."""
    from ansible.module_utils.basic import AnsibleModule

    module = AnsibleModule(
        argument_spec={
            "state": {"type": "str", "default": "observed", "choices": ["observed", "present"]},
            "each": {"type": "dict", "default": {}},
            "path": {"type": "path"},
            "python": {"type": "path"},
            "wanted": {"type": "list", "elements": "dict"},
            "wheels": {"type": "path"},
            "requirements": {"type": "str"},
            "from_source": {"type": "list", "elements": "str", "default": []},
            "wait_s": {"type": "int", "default": 900},
            **OF_OBSERVING,
        },
        required_together=[["path", "python", "wanted"]],
        required_one_of=[["path", "each"]],
        supports_check_mode=True,
    )
    if module.params["each"]:
        module.exit_json(changed=False, each=several(module.params["each"]))
    state = observe(module.params)
    work = module.params["state"] == "present" and bool(state["problems"])
    if work and not module.check_mode:
        state = finish(module, state)
    module.exit_json(changed=work, **state)


def several(each: Dict[str, Options]) -> Dict[str, State]:
    """The states of several environments, observed in turn."""
    states = {}
    for name, wanted in each.items():
        start = time.time()
        state = observe(dict({key: option["default"] for key, option in OF_OBSERVING.items()}, **wanted))
        states[name] = dict(state, seconds=round(time.time() - start, 2))
    return states


def finish(module: Any, state: State) -> State:
    """Repair what is still wrong once no other run installs; returns the state after it."""

    def fail(words: str) -> None:
        module.fail_json(msg=words, problems=state["problems"])

    with alone(module.params, fail):
        there = observe(module.params)
        if there["problems"]:
            mend(module.params, there, fail)
            there = observe(module.params)
    return dict(there, mended=state["problems"])


if __name__ == "__main__":
    main()
