"""A small repository with a role whose build compiles a C extension."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import sys
from pathlib import Path

import pytest

from fleet.wheelhouse.builds import declarations, runs
from fleet.wheelhouse.builds.declarations import ROLES
from fleet.wheelhouse.builds.machine import BuildPlatform
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import archive

PYTHON = f"cp{sys.version_info[0]}{sys.version_info[1]}"


TAG = f"{PYTHON}-{PYTHON}-linux_{platform.machine()}"


CODE = b"""#include <Python.h>
static PyObject *add(PyObject *self, PyObject *args) {
    long a, b;
    if (!PyArg_ParseTuple(args, "ll", &a, &b)) return NULL;
    return PyLong_FromLong(a + b);
}
static PyMethodDef methods[] = {{"add", add, METH_VARARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "tiny", "", -1, methods};
PyMODINIT_FUNC PyInit_tiny(void) { return PyModule_Create(&module); }
"""


PACK = b"""import base64, hashlib, os, sys, sysconfig, zipfile
name, version, tag = "tiny", "1.2.0", sys.argv[1]
suffix = sysconfig.get_config_var("EXT_SUFFIX")
files = {name + suffix: open("tiny.so", "rb").read()}
info = "%s-%s.dist-info/" % (name, version)
files[info + "METADATA"] = ("Metadata-Version: 2.1\\nName: tiny\\nVersion: %s\\n" % version).encode()
files[info + "WHEEL"] = ("Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: %s\\n" % tag).encode()
rows = []
for key, data in files.items():
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    rows.append("%s,sha256=%s,%d" % (key, digest, len(data)))
files[info + "RECORD"] = "\\n".join(rows + [info + "RECORD,,"]).encode()
os.makedirs("../dist", exist_ok=True)
with zipfile.ZipFile("../dist/%s-%s-%s.whl" % (name, version, tag), "w") as wheel:
    for key, data in files.items():
        wheel.writestr(key, data)
"""


BUILD = """---
- name: Packages
  ansible.builtin.import_role: {name: wheelhouse, tasks_from: apt}
  vars:
    wheelhouse_packages: "{{ tiny_packages }}"
- name: Stages
  ansible.builtin.import_role: {name: wheelhouse, tasks_from: stages}
  vars:
    wheelhouse_build: tiny
    wheelhouse_sources: [tiny-source]
    wheelhouse_hours: "{{ tiny_hours }}"
    wheelhouse_stages: "{{ _tiny_stages }}"
    wheelhouse_results: [{artefact: tiny, pattern: dist/tiny-*.whl}]
"""


VARS = """---
_tiny_memory: "{{ tiny_observed.memory.total_mb + tiny_observed.memory.swap_total_mb }}"
_tiny_jobs: "{{ 4 if _tiny_memory | int >= tiny_wanted_mb else 1 }}"
_tiny_include: "{{ tiny_python }} -c 'import sysconfig; print(sysconfig.get_paths()[\\"include\\"])'"
_tiny_stages:
  - name: compile
    run: cd tiny-* && echo compiled >> ../done && gcc -shared -fPIC -I$({{ _tiny_include }}) -o tiny.so tiny.c
  - name: gate
    run: "test -z '{{ tiny_gate }}' || test -e fuel"
  - name: pack
    run: "cd tiny-* && {{ tiny_python }} pack.py {{ tiny_tag }} # {{ _tiny_jobs }} jobs"
"""


class Workshop:
    """A repository in small: a manifest, a role whose build compiles a C extension, its source, and a wheelhouse."""

    def __init__(self, root: Path) -> None:
        self.root, self.wheelhouse, self.roles, self.folder = root, root / "wheelhouse", root / "roles", root / "work"
        self.said: list[str] = []
        for part in ("defaults", "vars", "tasks"):
            (self.roles / "tiny" / part).mkdir(parents=True)
        (self.roles / "tiny" / "tasks" / "build.yml").write_text(BUILD)
        (self.roles / "tiny" / "vars" / "main.yml").write_text(VARS)
        self.defaults()
        shutil.copytree(ROLES / "wheelhouse", self.roles / "wheelhouse")
        self.wheelhouse.mkdir()
        (root / "wheels").mkdir()
        self.source()
        self.spec()

    def defaults(self, gate: str = "", packages: str = "[]", hours: float = 1) -> None:
        lines = {"tiny_python": sys.executable, "tiny_tag": TAG, "tiny_wanted_mb": 10, "tiny_hours": hours}
        text = "".join(f"{key}: {value}\n" for key, value in lines.items())
        (self.roles / "tiny" / "defaults" / "main.yml").write_text(
            f"---\n{text}tiny_gate: '{gate}'\ntiny_packages: {packages}\n"
        )

    def source(self, code: bytes = CODE) -> None:
        path = archive(self.wheelhouse / "tiny-1.2.0.tar.gz", {"tiny-1.2.0/tiny.c": code, "tiny-1.2.0/pack.py": PACK})
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        common = 'version = "1.2.0"\nlicence = "CC0-1.0"\nwhy = "a test"\nreason = "built here"\n'
        (self.root / "wheels" / "manifest.toml").write_text(
            f'[[artefact]]\nname = "tiny-source"\nvia = "url"\nkind = "archive"\nurls = ["https://127.0.0.1/"]\n{common}'
            f'file = "{path.name}"\nversion_inside = "tiny-1.2.0"\nsha256 = "{sha256}"\n\n'
            f'[[artefact]]\nname = "tiny"\nvia = "build"\ncommand = "./inv wheels build --only tiny"\n{common}'
            f'file = "tiny-1.2.0-{TAG}.whl"\nsha256 = "record-on-first-fetch"\n'
        )

    def spec(self, **changes: str | int) -> None:
        given: dict[str, str | int] = {"role": "tiny", "machine": platform.machine(), "python": "{{ tiny_python }}"}
        given |= {"python_version": f"{sys.version_info[0]}.{sys.version_info[1]}", "free_mb": 1, **changes}
        text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in given.items())
        (self.root / "wheels" / "builds.toml").write_text(f"[build.tiny]\n{text}")

    @property
    def manifest(self) -> WheelhouseManifest:
        return read(self.root / "wheels" / "manifest.toml")

    def build(self, host: BuildPlatform | None = None, only_plan: bool = False) -> int:
        spec = declarations.chosen(["tiny"], self.manifest, self.roles)[0]
        given = (self.said.append, host or BuildPlatform(), self.folder, self.roles, only_plan)
        return runs.build(spec, self.manifest, self.wheelhouse, *given)

    def compiled(self) -> int:
        """How often the compiler ran."""
        return (self.folder / "done").read_text().count("compiled")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc here: apt-get install gcc")
    return Workshop(tmp_path)
