"""Every rule of the software roles, good and broken: what was found, what was expected, what to do next."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fleet.core.toml import load_toml
from fleet.environments.steps import python_of

ROOT = Path(__file__).resolve().parents[3]
PINS = load_toml(ROOT / "versions.toml")["apt"]["container_runtime"]
CSV = ("nvidia-container-csv-cuda", "nvidia-container-csv-cudnn", "nvidia-container-csv-tensorrt")
BLANK = {"problems": ["there is no environment at /x"], "unproved": []}
SOUND: dict[str, list[str]] = {"problems": [], "unproved": []}
DIED = {"problems": [], "unproved": ["it: killed by SIGILL"]}


def command(out: str = "", rc: int = 0, err: str = "") -> dict[str, Any]:
    return {"out": out, "rc": rc, "err": err}


def file(text: str = "", exists: bool = True) -> dict[str, Any]:
    return {"text": text, "exists": exists}


def unit(active: str = "active") -> dict[str, str]:
    return {"load": "loaded", "active": active, "enabled": "enabled"}


def package(version: str, held: bool = False) -> dict[str, Any]:
    return {"version": version, "held": held}


def runtime(change: dict[str, str] | None = None, held: bool = True, **more: Any) -> dict[str, Any]:
    """What the role container_runtime sees: the right set, with some versions changed."""
    versions = {
        **PINS,
        "docker.io": "20.10.7-0ubuntu1~18.04.2",
        "containerd": "1.5.2",
        "runc": "1.0.0",
        **(change or {}),
    }
    packages = {name: package(version, held) for name, version in versions.items()}
    packages.update({name: package("1") for name in CSV}, **{"docker-ce": package("")})
    files = {"daemon": file(), "pins": file("@lookup('template', 'pins.j2')"), "snap": file(exists=False)}
    commands = {"daemon": command("@_container_runtime_must"), "runtime": command("nvidia"), "general": command()}
    commands["csv"] = command("cuda.csv cudnn.csv l4t.csv tensorrt.csv")
    commands.update(more.pop("commands", {}))
    files.update(more.pop("files", {}))
    seen = {"packages": packages, "files": files, "commands": commands, "units": {"docker.service": unit()}}
    return {"container_runtime_observed": seen, **more}


def opencv(cv2: dict[str, Any], shadows: str = "", mark: bool = True) -> dict[str, Any]:
    seen = {"commands": {"cv2": cv2, "shadows": command(shadows)}, "files": {"mark": file(exists=mark)}}
    return {"opencv_cuda_observed": seen}


def monitoring(script: str, text: str, active: str, age: str, rails: str, **more: Any) -> dict[str, Any]:
    files = {"script": file(script), "unit": file(text), "jtop": file()}
    units = {"nano-ocr-tegrastats.service": unit(active), "jtop.service": unit()}
    commands = {"age": command(age), "rails": command(rails)}
    return {"monitoring_observed": {"files": files, "units": units, "commands": commands}, **more}


def packages(*missing: str) -> dict[str, Any]:
    names = ("ca-certificates", "libgeos-c1v5", "libglib2.0-0", "libopenblas-base", "python3-distutils")
    return {"base_packages_observed": {"packages": {n: package("" if n in missing else "1") for n in names}}}


def python36(state: dict[str, list[str]], shells: str, services: str) -> dict[str, Any]:
    files = {"shells": file(shells), "services": file(services)}
    return {"python36_observed": state, "python36_files": {"files": files}}


def easyocr(state: dict[str, list[str]], weights: str, **more: Any) -> dict[str, Any]:
    return {"easyocr_observed": state, "easyocr_weights_observed": {"commands": {"weights": command(weights)}}, **more}


WEIGHTS = "@(['e3b0  /dev/null'] + _easyocr_sums) | join('\n')"
SCRIPT = "@lookup('file', 'tegrastats_prom.py', rstrip=false)"
MIXED = {"nvidia-container-toolkit": "1.9.0-1", "libnvidia-container0": "0.11.0+jetpack"}
OLD = {"nvidia-container-toolkit": "1.0.1-1", "docker.io": "20.10.7-0ubuntu5~18.04.3"}
CASES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {  # name: role, observed, broken rule -> found
    "packages": ("base_packages", packages(), {}),
    "no packages": ("base_packages", packages("python3-distutils"), {"installed": "no python3-distutils"}),
    "python36": ("python36", python36(SOUND, "A=1\nOPENBLAS_CORETYPE=ARMV8\n", "@_python36_services"), {}),
    "no python36": (
        "python36",
        python36(BLANK, "", ""),
        {"packages": "there is no environment at /x", "shells": "no line", "services": "absent or changed"},
    ),
    "SIGILL": (
        "python36",
        python36(DIED, "OPENBLAS_CORETYPE=ARMV8\n", "@_python36_services"),
        {"proofs": "it: killed by SIGILL"},
    ),
    "python37": ("python37", {"python37_observed": {"commands": {"version": command("3.7")}}}, {}),
    "no python37": (
        "python37",
        {"python37_observed": {"commands": {"version": command("", 127, "no program /usr/bin/python3.7")}}},
        {"interpreter": "no program /usr/bin/python3.7"},
    ),
    "opencv": ("opencv_cuda", opencv(command("4.5.5 1")), {}),
    "opencv of JetPack": (
        "opencv_cuda",
        opencv(command("4.1.1 0"), "/usr/local/lib/x.dist-info", False),
        {
            "version": "4.1.1",
            "devices": "0 CUDA devices seen by cv2",
            "whole": "not unpacked to its end",
            "shadow": "/usr/local/lib/x.dist-info",
        },
    ),
    "opencv without libraries": (
        "opencv_cuda",
        opencv(command("", 1, "Traceback\nImportError: libtbb.so.2")),
        {"version": "ImportError: libtbb.so.2", "devices": "0 CUDA devices seen by cv2"},
    ),
    **{f"{role} sound": (role, {f"{role}_observed": SOUND}, {}) for role in ("pytorch", "paddle")},
    **{
        f"{role} blank": (role, {f"{role}_observed": BLANK}, {"packages": "there is no environment at /x"})
        for role in ("pytorch", "paddle")
    },
    **{
        f"{role} died": (role, {f"{role}_observed": DIED}, {"proofs": "it: killed by SIGILL"})
        for role in ("pytorch", "paddle")
    },
    "easyocr": ("easyocr", easyocr(SOUND, WEIGHTS), {}),
    "easyocr without weights, as wanted": ("easyocr", easyocr(SOUND, "", easyocr_weights=False), {}),
    "no easyocr": (
        "easyocr",
        easyocr(BLANK, ""),
        {
            "packages": "there is no environment at /x",
            "weights": "absent or changed: craft_mlt_25k.pth, english_g2.pth",
        },
    ),
    "easyocr died, one weight is another file": (
        "easyocr",
        easyocr(DIED, "@['0000  /opt/nano-ocr/models/craft_mlt_25k.pth', _easyocr_sums[1]] | join('\n')"),
        {"proofs": "it: killed by SIGILL", "weights": "absent or changed: craft_mlt_25k.pth"},
    ),
    "monitoring": ("monitoring", monitoring(SCRIPT, "@_monitoring_unit_text", "active", "/x", "31"), {}),
    "no monitoring": (
        "monitoring",
        monitoring("", "", "inactive", "", "", monitoring_jtop=True, monitoring_jtop_observed=BLANK),
        {
            "script": "absent or changed",
            "unit": "absent or changed",
            "services": "not running: nano-ocr-tegrastats.service",
            "fresh": "no /var/lib/prometheus/node-exporter/tegrastats.prom of the last 60 s",
            "packages": "there is no environment at /x",
            "jtop_unit": "absent or changed",
        },
    ),
    "runtime": ("container_runtime", runtime(), {}),
    "runtime of the general repository": (
        "container_runtime",
        runtime(MIXED, held=False, commands={"general": command("/etc/apt/sources.list.d/x.list")}),
        {
            "packages": "libnvidia-container0 0.11.0+jetpack, nvidia-container-toolkit 1.9.0-1",
            "held": "not held: " + ", ".join([*PINS, "docker.io", "containerd", "runc"]),
            "breakage_csv_mounts": "libnvidia-container0 0.11.0+jetpack, toolkit 1.9.0",
            "general_repository": "/etc/apt/sources.list.d/x.list",
        },
    ),
    "runtime of JetPack 4.6": (
        "container_runtime",
        runtime(OLD),
        {"packages": "nvidia-container-toolkit 1.0.1-1", "breakage_clone3": "Docker 20.10.7 with toolkit 1.0.1"},
    ),
    "runtime of a PC": (
        "container_runtime",
        runtime({"libnvidia-container1": "1.3.3-1"}),
        {"packages": "libnvidia-container1 1.3.3-1", "breakage_x86_library": "libnvidia-container1 1.3.3"},
    ),
    "runtime that nobody asked for": (
        "container_runtime",
        runtime(
            commands={
                "daemon": command("", 1, "json.decoder.JSONDecodeError: Expecting value"),
                "runtime": command("runc"),
                "csv": command("l4t.csv"),
                "smoke": command("", 125, "docker: Error"),
            },
            files={"pins": file(exists=False), "snap": file()},
            container_runtime_smoke=["docker", "run"],
        ),
        {
            "daemon": "json.decoder.JSONDecodeError: Expecting value",
            "default_runtime": "runc",
            "csv": "no cuda.csv, cudnn.csv, tensorrt.csv",
            "pins": "absent or changed",
            "breakage_other_docker": "Docker of snap",
            "smoke": "exit code 125 docker: Error",
        },
    ),
    "a stopped Docker": (
        "container_runtime",
        {
            "container_runtime_observed": {
                **runtime()["container_runtime_observed"],
                "units": {"docker.service": unit("failed")},
            }
        },
        {"docker": "failed, enabled"},
    ),
}


@pytest.fixture(scope="module")
def judged() -> dict[str, list[dict[str, Any]]]:
    python = python_of("ansible", ROOT)
    if not python.is_file():
        pytest.skip("the environment ansible is not here; ./inv ansible")
    cases = [{"role": role, "variables": observed} for role, observed, _ in CASES.values()]
    script = Path(__file__).with_name("template_rules.py")
    given = {"input": json.dumps(cases), "capture_output": True, "text": True}
    done = subprocess.run([str(python), str(script)], check=False, **given)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stderr
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_what_is_found(judged: dict[str, list[dict[str, Any]]], name: str) -> None:
    role, _, broken = CASES[name]
    told = {rule["id"]: rule["found"] for rule in judged[name] if not rule["holds"]}
    assert told == {f"{role}.{rule}": found for rule, found in broken.items()}


def test_every_rule_was_broken_once(judged: dict[str, list[dict[str, Any]]]) -> None:
    told = {f"{role}.{rule}" for role, _, broken in CASES.values() for rule in broken}
    assert told == {rule["id"] for rules in judged.values() for rule in rules}


def test_pages_that_are_named_exist(judged: dict[str, list[dict[str, Any]]]) -> None:
    named = {page for rules in judged.values() for rule in rules for page in re.findall(r"docs/\S+\.md", rule["next"])}
    assert len(named) > 5 and all((ROOT / page).is_file() for page in named)
