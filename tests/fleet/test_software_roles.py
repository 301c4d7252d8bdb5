"""The software roles on a virtual Nano: real wheels for this machine, stand-ins for what only a vendor has (PyTorch).

The lists are those of the boards (requirements/nano-*.txt); a manifest of the test asks for the wheels of x86-64.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import pytest

from fleet.virtual import lifecycle, nodes
from fleet.virtual.docker import run_docker
from fleet.virtual.settings import Fleet, settings
from fleet.virtual.wheels import Project, describe, fetch, project_of
from tests.fleet.conftest import VirtualNano, require_virtual_fleet
from tests.fleet.plays import Outcome, Plays
from tests.unit.fleet.wheelfiles import wheel

KEEP = "OCR_KEEP_FLEET"
TAGS = "base_packages,python36,python37,opencv_cuda,pytorch,easyocr,paddle,monitoring,container_runtime"
WHOLE = "all"
STANDINS = {"torch": "1.10.0", "torchvision": "0.11.1"}
VENV = "/opt/nano-ocr/venvs/app"
NUMPY = f"{VENV}/lib/python3.6/site-packages/numpy/version.py"


@pytest.fixture(scope="module")
def node() -> Iterator[VirtualNano]:
    """One blank node of a fleet of its own."""
    require_virtual_fleet()
    fleet = Fleet("software")
    lifecycle.up(fleet, 1, recreate=not os.environ.get(KEEP))
    yield VirtualNano(fleet, 1)
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, node: VirtualNano) -> Project:
    """The wheels of virtual Nanos, those that are off by default too, and stand-ins for NVIDIA's."""
    shared, own = project_of(node.fleet), Project(tmp_path_factory.mktemp("project"))
    assert shared is not None
    fetch(shared, ["nano-torch", "nano-monitoring", "jetson-stats"], print)
    describe(own, node.fleet.arch, vendors=True)
    shutil.copytree(shared.wheelhouse, own.wheelhouse)
    platform = f"linux_{settings()['wheels']['processors'][node.fleet.arch]['name']}"
    for name, version in STANDINS.items():
        contents = f'"""Stand-in: a version, and nothing that computes."""\n__version__ = "{version}"\n'.encode()
        wheel(own.wheelhouse, name, version, f"cp36-cp36m-{platform}", files={f"{name}/__init__.py": contents})
    fetch(own, STANDINS, print)
    return own


@pytest.fixture(scope="module")
def plays(node: VirtualNano, project: Project, tmp_path_factory: pytest.TempPathFactory) -> Plays:
    """ansible-playbook with the wheelhouse of the test; there is no GPU."""
    variables = {
        **project.variables,
        "pytorch_enabled": "true",
        "pytorch_gpu": "false",
        "pytorch_torch2trt": "false",
        "python37_enabled": "true",
        "monitoring_interval_ms": 1000,
    }
    given = tuple(f'{{"{name}": {_json(value)}}}' for name, value in variables.items())
    return Plays(node.fleet, tmp_path_factory.mktemp("reports"), given)


def _json(value: object) -> str:
    return str(value) if str(value) in ("true", "false") or isinstance(value, int) else f'"{value}"'


@pytest.fixture(scope="module")
def blank(plays: Plays) -> tuple[Outcome, Outcome]:
    """Check mode and audit of the whole play on the node as it comes."""
    return plays.run("provision", "--check", tags=WHOLE), plays.run("verify", tags=WHOLE)


@pytest.fixture(scope="module")
def converged(blank: tuple[Outcome, Outcome], plays: Plays) -> Outcome:
    return plays.run("provision", tags=WHOLE)


def mended(plays: Plays, node: VirtualNano, rule: str, tags: str) -> dict[str, tuple[str, str]]:
    """verify.yml names ``rule``, provision.yml mends it, verify.yml is content; returns rule -> (found, expected)."""
    audit = plays.run("verify", tags=tags)
    assert audit.code != 0
    told = audit.broken()[node.name]
    assert rule in told, told
    assert plays.run("provision", tags=tags).code == 0
    assert plays.run("verify", tags=tags).code == 0
    return told


def test_check_mode_passes_on_a_blank_node(blank: tuple[Outcome, Outcome]) -> None:
    assert blank[0].code == 0, blank[0].why()


def test_the_audit_of_a_blank_node_says_what_is_missing(blank: tuple[Outcome, Outcome], node: VirtualNano) -> None:
    told = blank[1].broken()[node.name]
    assert blank[1].code != 0
    assert told["python36.packages"] == (f"there is no environment at {VENV}", "as locked")
    assert {"container_runtime.held", "monitoring.services", "pytorch.packages"} <= set(told)


def test_the_first_run_converges(converged: Outcome) -> None:
    assert converged.code == 0, converged.why()


def test_the_second_run_changes_nothing(converged: Outcome, plays: Plays) -> None:
    again = plays.run("provision", tags=WHOLE)
    assert (again.code, again.changed()) == (0, 0), again.why()


def test_the_audit_passes_until_the_power_mode_is_changed_by_hand(
    converged: Outcome, plays: Plays, node: VirtualNano
) -> None:
    assert plays.run("verify", tags=WHOLE).code == 0
    node.root("nvpmodel -m 1")
    audit = plays.run("verify", tags=WHOLE)
    assert audit.code == 2
    assert audit.broken()[node.name]["power_mode.mode"] == ("5W (1)", "MAXN (0)")
    row = next(line.split() for line in audit.text.splitlines() if "power_mode.mode " in line)
    assert row[:6] == [node.name, "power_mode.mode", "5W", "(1)", "MAXN", "(0)"]
    assert plays.run("provision", tags="power_mode").code == 0


def test_the_environment_is_python_3_6_with_the_locked_pip(converged: Outcome, node: VirtualNano) -> None:
    assert node.root(f"{VENV}/bin/python -m pip --version").startswith("pip 21.3.1 ")
    told = node.root(
        f"cd / && {VENV}/bin/python -c 'import sys, numpy; print(sys.version_info[:2], numpy.__version__)'"
    )
    assert told.strip() == "(3, 6) 1.19.5"
    assert node.ssh("echo $OPENBLAS_CORETYPE").stdout.strip() == "ARMV8"


def test_the_text_file_of_prometheus_holds_the_memory(converged: Outcome, node: VirtualNano) -> None:
    text = node.root("cat /var/lib/prometheus/node-exporter/tegrastats.prom")
    assert 'jetson_memory_bytes{kind="ram",state="total"}' in text and "jetson_cpu_online" in text


def test_it_holds_after_a_reboot(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.reboot()
    audit = plays.run("verify", tags=WHOLE)
    assert audit.code == 0, audit.why()


def test_another_default_runtime(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root("""echo '{"log-driver": "json-file"}' > /etc/docker/daemon.json && systemctl restart docker""")
    found = mended(plays, node, "container_runtime.daemon", "container_runtime")
    assert found["container_runtime.daemon"][0] == "default-runtime not set, no nvidia, not as set"
    assert '"log-driver": "json-file"' in node.root("cat /etc/docker/daemon.json")


def test_an_upgraded_toolkit_goes_back(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    line = "deb [trusted=yes] http://repository.virtual-nano/libnvidia-container stable main"
    node.root(f"echo '{line}' > /etc/apt/sources.list.d/general.list && apt-get update")
    node.root(
        "apt-get install -y --allow-change-held-packages --allow-downgrades nvidia-container-toolkit=1.9.0-1 "
        "libnvidia-container0=0.11.0+jetpack"
    )
    found = mended(plays, node, "container_runtime.packages", "container_runtime")
    assert "libnvidia-container0 0.11.0+jetpack" in found["container_runtime.breakage_csv_mounts"][0]
    assert "nvidia-container-toolkit 1.9.0-1" in found["container_runtime.packages"][0]
    node.root("rm /etc/apt/sources.list.d/general.list && apt-get update")


def test_a_service_that_was_stopped(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root("systemctl disable --now nano-ocr-tegrastats")
    found = mended(plays, node, "monitoring.services", "monitoring")
    assert found["monitoring.services"][0] == "not running: nano-ocr-tegrastats.service"


def test_a_file_that_is_gone_from_an_environment(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    """Every role is audited again, so this holds for what the tests before it mended, too."""
    node.root(f"rm {NUMPY}")
    found = mended(plays, node, "python36.packages", TAGS)["python36.packages"][0]
    assert "numpy: 1 gone or changed" in found and "numpy/version.py" in found


def test_an_interpreter_that_is_gone(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root(f"rm {VENV}/bin/python3.6 {VENV}/bin/python3 {VENV}/bin/python; ln -s /gone {VENV}/bin/python")
    assert "its Python does not run" in mended(plays, node, "python36.packages", TAGS)["python36.packages"][0]


def test_jtop_is_installed_from_its_archive_and_its_service_needs_a_board(
    converged: Outcome, plays: Plays, node: VirtualNano
) -> None:
    """jtop looks for a Jetson, or for the firmware tables of a PC; a container has neither."""
    done = plays.run("provision", "-e", '{"monitoring_jtop": true}', tags="monitoring")
    assert done.code != 0
    assert done.broken()[node.name] == {
        "monitoring.services": ("not running: jtop.service", "running, and after a boot")
    }
    python = "/opt/nano-ocr/venvs/monitoring/bin/python"
    assert node.root(f"cd / && {python} -c 'import jtop; print(jtop.__version__)'").strip() == "4.3.1"
    node.root("systemctl disable --now jtop")


def test_a_wheel_that_is_not_there_names_the_command(converged: Outcome, plays: Plays, project: Project) -> None:
    given = '{"pytorch_torch2trt": true, "pytorch_build_once": false}'
    done = plays.run("provision", "-e", given, tags="pytorch")
    assert done.code != 0 and "torch2trt-0.5.0-py3-none-any.whl is not in wheelhouse/" in done.text
    assert "./inv wheels build --only pytorch" in done.failures()


def test_a_wheel_that_was_changed_is_not_pushed(
    converged: Outcome, plays: Plays, node: VirtualNano, project: Project
) -> None:
    path = next(project.wheelhouse.glob("tqdm-4.64.1-*.whl"))  # other suites may have brought another one
    whole = path.read_bytes()
    node.root(f"rm {VENV}/lib/python3.6/site-packages/tqdm/__init__.py")
    path.write_bytes(whole[:-1])
    done = plays.run("provision", tags="python36")
    path.write_bytes(whole)
    assert done.code != 0 and "tqdm 4.64.1 not in wheelhouse/" in done.text and "./inv wheels fetch" in done.text
    assert plays.run("provision", tags="python36").code == 0


def test_a_board_without_room_is_refused(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root(f"rm {NUMPY}")
    done = plays.run("provision", "-e", '{"wheelhouse_reserve_mb": 900000000}', tags="python36")
    assert done.code != 0 and "wheelhouse.room: found" in done.text
    assert plays.run("provision", tags="python36").code == 0


def lose_power(node: VirtualNano) -> None:
    """The node stops between two instructions, and starts again."""
    run_docker("kill", node.container)
    run_docker("start", node.container)
    nodes.wait_ready(node.fleet, node.number)


def cut_off(plays: Plays, node: VirtualNano, tags: str, reached: str, how: str) -> None:
    """Start provision.yml; once the shell line ``reached`` holds on the node, kill Ansible or take the power."""
    with plays.start("provision", tags=tags) as process:
        for _ in range(600):
            if nodes.run_in(node.fleet, node.number, "sh", "-c", f"{reached} && echo yes", check=False) == "yes":
                break
            assert process.poll() is None, "the run ended before it could be cut off"
            time.sleep(0.1)
        if how == "power":
            lose_power(node)


def finished(plays: Plays, tags: str) -> None:
    """The next run ends well, the one after it changes nothing."""
    done = plays.run("provision", tags=tags)
    assert done.code == 0, done.why()
    assert plays.run("provision", tags=tags).changed() == 0


@pytest.mark.parametrize("how", ["connection", "power"])
def test_cut_off_while_packages_are_installed(converged: Outcome, plays: Plays, node: VirtualNano, how: str) -> None:
    node.root(f"rm -rf {VENV}")
    cut_off(plays, node, "python36", f"test -e {VENV}/lib/python3.6/site-packages/setuptools", how)
    finished(plays, "python36")


@pytest.mark.parametrize("how", ["connection", "power"])
def test_cut_off_while_apt_works(converged: Outcome, plays: Plays, node: VirtualNano, how: str) -> None:
    slow = 'DPkg::Pre-Invoke {"touch /run/apt-began; sleep 10";};'
    node.root("rm -f /run/apt-began; apt-get purge -qy libgeos-c1v5")
    node.root(f"echo '{slow}' >/etc/apt/apt.conf.d/99slow")
    cut_off(plays, node, "base_packages", "test -e /run/apt-began", how)
    node.root("rm /etc/apt/apt.conf.d/99slow")
    finished(plays, "base_packages")


def test_packages_that_dpkg_was_interrupted_in_are_finished(
    converged: Outcome, plays: Plays, node: VirtualNano
) -> None:
    """The state that a power cut leaves in the middle of dpkg: unpacked, and a journal of what was under way."""
    node.root("apt-get purge -qy libgeos-c1v5 && cd /run && apt-get download -q libgeos-c1v5")
    node.root("dpkg --unpack /run/libgeos-c1v5_*.deb && dpkg -s libgeos-c1v5 >/var/lib/dpkg/updates/0001")
    assert "dpkg was interrupted" in node.fails("apt-get install -qy libgeos-c1v5")
    finished(plays, "base_packages")


def test_cut_off_before_docker_reads_its_settings(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    node.root("echo '{}' >/etc/docker/daemon.json && systemctl restart docker")
    cut_off(plays, node, "container_runtime", "grep -q nvidia /etc/docker/daemon.json", "power")
    finished(plays, "container_runtime")


def test_a_disk_that_fills(converged: Outcome, plays: Plays, node: VirtualNano) -> None:
    """While files are pushed; then, in a run that goes on from there, while pip works; then there is room."""
    node.root(f"rm -rf {VENV}")
    for folder, size in (("/var/cache/nano-ocr", "20m"), ("/opt/nano-ocr/venvs", "60m")):
        node.root(f"mkdir -p {folder}; mount -t tmpfs -o size={size} tmpfs {folder}")
        done = plays.run("provision", "-e", '{"wheelhouse_reserve_mb": -100000}', tags="python36")
        node.root(f"umount {folder}")
        assert done.code == 2
        assert f"{VENV}: found " in done.failures() and "No space left on device" in done.failures(), folder
        assert "next: free some space on the board" in done.failures()
    finished(plays, "python36")
