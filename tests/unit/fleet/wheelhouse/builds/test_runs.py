"""Builds from source, for real: a C extension is compiled by the stages of a role, cut, resumed, packed, recorded."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fleet.core.errors import (
    FleetError,
    NotInWheelhouse,
    UnsuitableBuildMachine,
    WheelBuildError,
    WheelBuildFailed,
    WrongFile,
)
from fleet.core.files import ROOT
from fleet.wheelhouse import commands
from fleet.wheelhouse.builds import boards, declarations, machine, provenance, runs
from fleet.wheelhouse.builds.declarations import ROLES, BuildMachine, BuildSpec
from fleet.wheelhouse.builds.machine import BuildPlatform
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import archive, wheel

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


def test_what_is_compiled_works_and_lies_in_the_house_with_its_origin(shop: Workshop) -> None:
    assert shop.build() == 0
    source = shop.manifest.source("tiny")
    assert source.pinned and index.of_source(shop.wheelhouse, source, shop.manifest).sha256 == source.sha256
    zipfile.ZipFile(shop.wheelhouse / source.file).extractall(shop.root / "site")
    ask = [sys.executable, "-c", "import tiny; print(tiny.add(2, 40))"]
    assert subprocess.run(ask, cwd=shop.root / "site", capture_output=True, text=True, check=True).stdout == "42\n"
    said = json.loads(provenance.path_of(source.file, shop.manifest).read_text())
    assert said["subject"] == [{"name": source.file, "digest": {"sha256": source.sha256}}]
    definition = said["predicate"]["buildDefinition"]
    stages = {stage["name"]: stage["run"] for stage in definition["externalParameters"]["stages"]}
    assert list(stages) == ["sources", "unpack", "compile", "gate", "pack"] and "gcc -shared" in stages["compile"]
    material = shop.manifest.source("tiny-source")
    assert definition["resolvedDependencies"] == [{"name": material.file, "digest": {"sha256": material.sha256}}]
    assert "built on this machine" in shop.manifest.recorded.read_text()


def test_what_is_built_and_recorded_is_not_built_again(shop: Workshop) -> None:
    assert shop.build() == 0 and shop.build() == 0
    assert shop.compiled() == 1 and shop.said[-1] == "tiny 1.2.0: in wheelhouse/, as recorded; nothing to build"
    (shop.wheelhouse / shop.manifest.source("tiny").file).unlink()
    with pytest.raises(WheelBuildError, match=r"built before .* not in wheelhouse/"):
        shop.build()


def test_a_build_that_was_cut_goes_on_at_the_stage_that_was_cut(shop: Workshop) -> None:
    shop.defaults(gate="closed")
    with pytest.raises(WheelBuildFailed, match=r"tiny stopped at gate \(4 of 5\)") as caught:
        shop.build()
    assert "it goes on at that stage" in str(caught.value.next_step)
    assert not (shop.wheelhouse / shop.manifest.source("tiny").file).exists() and not shop.manifest.recorded.exists()
    (shop.folder / "fuel").touch()
    assert shop.build() == 0 and shop.compiled() == 1


def test_other_sources_make_every_stage_run_again(shop: Workshop) -> None:
    shop.defaults(gate="closed")
    with pytest.raises(WheelBuildFailed):
        shop.build()
    shop.source(CODE.replace(b"a + b", b"a - b"))
    shop.defaults()
    assert shop.build() == 0 and shop.compiled() == 2


def test_a_compiler_s_own_words_are_told(shop: Workshop) -> None:
    shop.source(b"this is no C\n")
    with pytest.raises(WheelBuildFailed, match=r"(?s)stopped at compile \(3 of 5\).*error:"):
        shop.build()


def test_a_build_that_takes_too_long_is_ended(shop: Workshop) -> None:
    shop.defaults(gate="closed", hours=0.0005)
    stages = shop.roles / "tiny" / "vars" / "main.yml"
    stages.write_text(stages.read_text().replace("test -e fuel", "sleep 600"))
    with pytest.raises(WheelBuildFailed, match="stopped at gate") as caught:
        shop.build()
    assert "within 0.0005 h" in str(caught.value.expected)


def test_only_one_build_of_a_folder_at_a_time(shop: Workshop) -> None:
    shop.folder.mkdir()
    with runs._alone(shop.folder, "tiny"), pytest.raises(WheelBuildError, match="being built"):
        shop.build()


def test_a_result_that_is_not_what_the_manifest_says_is_not_recorded(shop: Workshop) -> None:
    text = (shop.root / "wheels" / "manifest.toml").read_text()
    (shop.root / "wheels" / "manifest.toml").write_text(text.replace('name = "tiny"\n', 'name = "other"\n'))
    stages = shop.roles / "tiny" / "tasks" / "build.yml"
    stages.write_text(stages.read_text().replace("artefact: tiny,", "artefact: other,"))
    with pytest.raises(WrongFile, match="is tiny inside"):
        shop.build()
    assert not shop.manifest.recorded.exists()


def test_a_source_that_was_not_fetched_names_the_command(shop: Workshop) -> None:
    (shop.wheelhouse / "tiny-1.2.0.tar.gz").unlink()
    with pytest.raises(NotInWheelhouse) as caught:
        shop.build()
    assert caught.value.next_step == "./inv wheels fetch --only tiny-source"


def test_saying_what_would_be_done_does_nothing(shop: Workshop) -> None:
    assert shop.build(only_plan=True) == 0
    assert [line.split(":")[0].strip() for line in shop.said[1:-1]] == ["sources", "unpack", "compile", "gate", "pack"]
    assert sorted(path.name for path in shop.folder.iterdir()) == [".lock"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"machine": "aarch63"}, f"processor {platform.machine()}"),
        ({"cuda": "10.1"}, "CUDA "),
        ({"python_version": "2.7"}, f"{sys.executable} is 3."),
        ({"free_mb": 10**9}, "MB free or taken by this build"),
    ],
)
def test_a_machine_that_cannot_is_refused_before_anything(
    shop: Workshop, change: dict[str, str | int], found: str
) -> None:
    shop.spec(**change)
    with pytest.raises(UnsuitableBuildMachine, match="tiny cannot be built on this machine") as caught:
        shop.build()
    assert found in caught.value.found and "--board BOARD" in str(caught.value.next_step)
    assert not (shop.folder / "spec.json").exists()


def test_packages_that_are_missing_are_named(shop: Workshop) -> None:
    shop.defaults(packages="[no-such-package-here]")
    if shutil.which("dpkg-query") is None:
        pytest.skip("no dpkg here")
    with pytest.raises(UnsuitableBuildMachine, match="no-such-package-here not installed"):
        shop.build()


def test_a_container_that_is_not_there_is_refused(shop: Workshop) -> None:
    with pytest.raises(UnsuitableBuildMachine, match=r"a container of nano-ocr/none:0|docker"):
        shop.build(BuildPlatform("nano-ocr/none:0"))


def test_a_build_in_a_container(shop: Workshop) -> None:
    """A stage in Python alone; the image is one of the virtual boards, the only one that a machine may have."""
    listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "nano-ocr/virtual-nano"]
    if shutil.which("docker") is None:
        pytest.skip("no docker here")
    images = subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()
    if not images:
        pytest.skip("no image of virtual boards here: ./inv fleet up builds it")
    stages = shop.roles / "tiny" / "vars" / "main.yml"
    stages.write_text(
        stages.read_text().replace("gcc -shared -fPIC -I$({{ _tiny_include }}) -o tiny.so tiny.c", "touch tiny.so")
    )
    defaults = shop.roles / "tiny" / "defaults" / "main.yml"
    defaults.write_text(defaults.read_text().replace(sys.executable, "/usr/bin/python3"))
    place = BuildPlatform(images[0])
    shop.spec(python_version=machine.probe(place, "/usr/bin/python3", Path("/tmp")).python)
    assert shop.build(place) == 0
    source = shop.manifest.source("tiny")
    said = json.loads(provenance.path_of(source.file, shop.manifest).read_text())["predicate"]["buildDefinition"]
    assert said["internalParameters"]["place"] == f"a container of {images[0]}"
    assert said["resolvedDependencies"][-1]["uri"].startswith("docker:sha256:")


def test_a_container_sees_its_folders_and_no_network() -> None:
    place = BuildPlatform("l4t:1", "nvidia", (Path("/b"), Path("/h")))
    line = " ".join(place.command(["/usr/bin/python3.6", "x.py"], Path("/b"), "n"))
    assert "--network none" in line and "--runtime nvidia --volume /b:/b --volume /h:/h --workdir /b" in line
    assert line.endswith("--entrypoint /usr/bin/python3.6 l4t:1 x.py")


# The roles of this repository: all that they have is understood, though it cannot run here.

NANO = BuildMachine("aarch64", "10.2", "3.6", 30000, 3964, 6144, frozenset(), stranger=False)


@pytest.fixture
def boardhouse(tmp_path: Path) -> tuple[WheelhouseManifest, Path]:
    """The real manifest with small stand-ins for the files that only a vendor has."""
    (tmp_path / "wheels").mkdir()
    (tmp_path / "requirements").symlink_to(ROOT / "requirements")
    text = (ROOT / "wheels" / "manifest.toml").read_text()
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    for name in ("torchvision-source", "torch2trt-source", "opencv-source", "opencv-contrib-source"):
        source = read().source(name)
        path = archive(folder / source.file, {f"{source.version_inside}/setup.py": b"# stand-in\n"})
        pinned = hashlib.sha256(path.read_bytes()).hexdigest()
        before, mark, after = text.partition(f'file = "{source.file}"\n')
        head, key, rest = after.partition('sha256 = "')
        text = before + mark + head + key + pinned + '"' + rest.partition('"')[2]
    (tmp_path / "wheels" / "manifest.toml").write_text(text)
    shutil.copy(ROOT / "wheels" / "builds.toml", tmp_path / "wheels")
    return read(tmp_path / "wheels" / "manifest.toml"), folder


@pytest.mark.parametrize(("memory", "jobs"), [(6144, "-j4"), (0, "-j1")])
def test_the_stages_of_opencv_are_those_of_its_role(
    boardhouse: tuple[WheelhouseManifest, Path], memory: int, jobs: str
) -> None:
    manifest, folder = boardhouse
    board = BuildMachine("aarch64", "10.2", "3.6", 30000, 3964, memory, frozenset(), stranger=False)
    made = declarations.plan(declarations.specs(manifest)["opencv"], manifest, folder, Path("/b"), board)
    stages = {stage["name"]: stage["run"] for stage in made.stages}
    assert list(stages) == ["sources", "unpack", "configure", "summary", "compile", "install", "try", "pack"]
    assert "-D CUDA_ARCH_BIN=5.3" in stages["configure"] and stages["compile"].endswith(jobs)
    assert "cmake" in made.packages and made.environment is None


def test_pytorch_is_built_in_an_environment_of_its_own(
    boardhouse: tuple[WheelhouseManifest, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, folder = boardhouse
    asked = {}

    def plan(*given: object) -> dict[str, object]:
        asked["locks"], asked["artefacts"] = given[3], given[4]
        return {"requirements": "torch==1 --hash=sha256:0\n", "from_source": []}

    monkeypatch.setattr(index, "plan", plan)
    made = declarations.plan(declarations.specs(manifest)["pytorch"], manifest, folder, Path("/b"), NANO)
    assert asked == {"locks": ["bootstrap-py36", "nano-torch"], "artefacts": ["torch"]}
    assert made.environment is not None and made.environment["path"] == "/b/venv"
    assert [stage["name"] for stage in made.stages] == ["sources", "environment", "unpack", "torchvision", "torch2trt"]
    assert all("/b/venv/bin/python setup.py bdist_wheel" in stage["run"] for stage in made.stages[3:])


def test_the_environment_of_a_build_is_made_by_the_module_of_the_boards(tmp_path: Path) -> None:
    """The stage `environment`, run as it is, with one small wheel."""
    pip = next(iter(sorted(index.WHEELHOUSE.glob("pip-2*-py3-none-any.whl"))), None)
    if pip is None or sys.version_info >= (3, 12):
        pytest.skip("no wheel of pip in .wheelhouse that this Python runs: ./inv wheels fetch --only bootstrap-py37")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    pip = sorted(index.WHEELHOUSE.glob("pip-2*-py3-none-any.whl"))[-1]
    shutil.copy(pip, wheels)
    small = wheel(wheels, "small", "1.0", "py3-none-any")
    names = {"pip": pip.name.split("-")[1], "small": "1.0"}
    digests = {"pip": pip, "small": small}
    lines = [
        f"{name}=={version} --hash=sha256:{hashlib.sha256(digests[name].read_bytes()).hexdigest()}\n"
        for name, version in names.items()
    ]
    options = {
        "path": str(tmp_path / "venv"), "python": sys.executable, "system_site_packages": False, "forbidden": [],
        "wanted": [{"name": name, "version": version} for name, version in names.items()], "proofs": {},
        "environment": {}, "wheels": str(wheels), "requirements": "".join(lines), "from_source": [], "timeout_s": 60,
    }  # fmt: skip
    (tmp_path / "environment.json").write_text(json.dumps(options))
    shutil.copy(runs.LIBRARY, tmp_path / "nano_venv.py")
    stage = declarations._made(sys.executable, options)
    for _ in range(2):
        done = subprocess.run(
            ["/bin/sh", "-ec", stage["run"]], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    ask = [str(tmp_path / "venv" / "bin" / "python"), "-c", "import small; print(small.version)"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "1\n"


def test_this_machine_is_no_nano_and_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The command itself, with the real manifest."""
    if platform.machine() == "aarch64":
        pytest.skip("this is an aarch64 machine")
    assert commands.main(["build", "--only", "opencv-cuda"]) == WheelBuildError.exit_code
    told = capsys.readouterr().err
    assert "opencv cannot be built on this machine: processor" in told and "CUDA 10.2" in told


def test_what_nobody_builds_is_refused_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["build", "--only", "numpy"]) == WheelBuildError.exit_code
    assert "pytorch gives torch2trt, torchvision" in capsys.readouterr().err
    assert commands.main(["build"]) == WheelBuildError.exit_code


def test_on_a_board_the_role_builds_and_brings_the_results(tmp_path: Path) -> None:
    said: list[str] = []
    spec = declarations.specs(read())["pytorch"]
    boards.build(spec, "nano-01", read(), tmp_path, said.append, only_plan=True)
    assert said[0].startswith("cd ansible && ansible-playbook provision.yml --limit nano-01 --tags pytorch -e")
    assert "pytorch_enabled=true" in said[0] and "pytorch_build=true" in said[0]


def test_every_artefact_that_is_built_has_a_build(tmp_path: Path) -> None:
    manifest = read()
    for source in manifest.sources:
        if source.via == "build":
            [spec] = declarations.chosen([source.name], manifest)
            assert source.command == f"./inv wheels build --only {spec.name} --board BOARD"


@pytest.mark.parametrize("text", ["{{ nowhere }}", "{{ lookup('env', 'HOME') }}", "{{ tiny_hours | no_filter }}", "{{"])
def test_a_template_that_cannot_be_filled_in_is_an_error(shop: Workshop, text: str) -> None:
    path = shop.roles / "tiny" / "vars" / "main.yml"
    path.write_text(path.read_text().replace("test -z '{{ tiny_gate }}' || test -e fuel", f"echo {text}"))
    with pytest.raises(FleetError):
        shop.build()


def test_what_the_probe_says_is_read() -> None:
    text = "machine=aarch64\ncuda=10.2\npython=3.6\nfree_mb=9\nmemory_mb=3964\nswap_mb=0\npackage=cmake\n"
    assert machine.parsed(text) == BuildMachine(
        "aarch64", "10.2", "3.6", 9, 3964, 0, frozenset(["cmake"]), stranger=False
    )


def test_an_unknown_key_of_a_build_is_refused(shop: Workshop) -> None:
    shop.spec(pyhton="x")
    with pytest.raises(WheelBuildError, match="pyhton"):
        declarations.specs(shop.manifest)


def test_a_spec_needs_no_cuda_by_default() -> None:
    assert BuildSpec("x", "r", "m", "p", "3", 1).cuda == ""
