"""Runs inside an image, on its own Python (3.6 and up): is it what it has to be? Prints a JSON list of problems.

The expectations come in the environment variable EXPECT (fleet/images/checks.py makes them).
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys

COMPILERS = ("gcc", "g++", "cc", "c++", "clang", "make", "cmake", "ld", "as", "nvcc", "rustc", "cargo", "go")
INSTALLERS = ("pip", "pip3", "easy_install", "conda", "git", "curl", "wget")
CACHES = (os.path.join("/root", ".cache"), "/home", "/var/lib/apt/lists", "/var/cache/apt/archives", "/build", "/out")
HOSTS = re.compile(
    r"\b(?:pypi[.]\w+|[\w.]*python[h]osted[.]\w+|nvcr[.]io|ghcr[.]io|quay[.]io|registry[.]\w+[.](?:com|org|io))", re.I
)
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|minisign encrypted secret key|\bAKIA[0-9A-Z]{16}\b|ghp_\w{36}")
TEXT = (".py", ".json", ".yaml", ".yml", ".toml", ".md", ".txt", ".cfg", ".conf", ".pth", ".sh", "")


def main(expect):
    """Every problem, in words."""
    problems = user(expect) + writing() + programs() + caches() + environment()
    problems += [text for name in expect["imports"] for text in imports(name)]
    problems += ["has the module " + name for name in expect["absent"] if importlib.util.find_spec(name) is not None]
    problems += [f"{path} is not there" for path in expect["files"] if not os.path.exists(path)]
    for tree in expect["trees"]:
        problems += own_tree(tree, expect)
    return problems


def user(expect):
    """Runs as the one user, in no group of root, with no capability."""
    groups = {os.getgid()} | set(os.getgroups())
    found = []
    if os.getuid() != expect["uid"]:
        found.append("runs as user {}, not {}".format(os.getuid(), expect["uid"]))
    if 0 in groups:
        found.append("is in the group root")
    with open("/proc/self/status") as stream:
        held = [line.split()[1] for line in stream if line.startswith("CapEff")]
    return found + (["holds capabilities " + held[0]] if int(held[0], 16) else [])


def writing():
    """Nothing but /tmp can be written, and the image's own files would not even without --read-only."""
    found = []
    for folder in ("/", "/opt", "/etc", "/usr/local/bin", "/var/lib"):
        try:
            with open(os.path.join(folder, "written"), "w"):
                found.append("can write to " + folder)
        except OSError:
            pass
    with open("/tmp/written", "w") as stream:
        stream.write("yes")
    return found


def programs():
    """Nothing that compiles, installs or fetches."""
    return ["has the program " + name for name in COMPILERS + INSTALLERS if shutil.which(name)]


def caches():
    """Nothing that building left behind; empty folders and empty files are nothing."""
    return [f"{path} was left behind" for folder in CACHES for path in files_below(folder)][:5]


def files_below(folder):
    """Files with something in them that can be seen from here."""
    paths = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return [path for path in paths if os.path.isfile(path) and os.path.getsize(path)]


def environment():
    """No registry or package index in the environment or in the configuration of pip."""
    found = ["environment names a host: " + name for name, value in os.environ.items() if HOSTS.search(value)]
    for path in ("/etc/pip.conf", "/etc/xdg/pip/pip.conf"):
        if os.path.exists(path):
            found.append("has " + path)
    return found


def imports(name):
    """A fresh process each, so that the one that dies is named, with how it died."""
    done = subprocess.run([sys.executable, "-c", "import " + name], check=False, stdout=-1, stderr=-1)
    if done.returncode == 0:
        return []
    if done.returncode < 0:
        return [f"import {name} died of signal {-done.returncode}"]
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    return ["import {} failed: {}".format(name, "".join(last))]


def own_tree(tree, expect):
    """Our own files: of root, not for all to write, with the one time stamp, naming no host, holding no secret."""
    found = []
    for folder, folders, names in os.walk(tree):
        for name in folders + names:
            path = os.path.join(folder, name)
            state = os.lstat(path)
            if state.st_uid or (state.st_mode & 0o022 and not os.path.islink(path)):
                found.append(f"{path} belongs to {state.st_uid} with mode {state.st_mode & 0o777:o}")
            if int(state.st_mtime) != expect["epoch"]:
                found.append(f"{path} has another time than source_date_epoch")
        if tree in expect["ours"]:
            found += [f"{os.path.join(folder, n)} belongs to the tests" for n in folders + names if of_tests(n)]
            found += [text for name in names for text in reading(os.path.join(folder, name))]
    return found[:20]


def of_tests(name):
    """Whether a name belongs to tests, to building or to keys."""
    return name in ("tests", "conftest.py", "labels.tsv", ".git", ".wheelhouse") or name.endswith(
        (".whl", ".key", ".pem.key")
    )


def reading(path):
    """Hosts and secrets in a file of text."""
    if os.path.splitext(path)[1] not in TEXT:
        return []
    with open(path, encoding="utf-8", errors="replace") as stream:
        text = stream.read()
    found = [f"{path} names the host {match.group()}" for match in HOSTS.finditer(text)]
    return found + [f"{path} holds a secret" for _ in SECRETS.finditer(text)]


print(json.dumps(main(json.loads(os.environ["EXPECT"]))))
