"""Rules of the roles with a virtual environment: python36, pytorch, paddle, easyocr; sound, blank, and died."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rules import easyocr, environments, loading, paddle

from ocr_app.readers import registry
from ocr_app.workers.environments import FINISHED
from tests.unit.ansible.answers import BLANK, DIED, ROOT, SOUND, broken, command, file, judged, settings

ENABLED = {"pytorch": {"pytorch_enabled": True}, "paddle": {"paddle_enabled": True}, "python36": {}}
ENABLED["easyocr"] = {"easyocr_enabled": True}
MODELS = "/var/lib/nano-ocr/models"
SUMS = [
    f"{weights['sha256']}  {MODELS}/{name}"
    for name, weights in json.loads((ROOT / "ocr_app/data/models.json").read_text())["files"].items()
    if weights["artefact"].startswith((easyocr.ARTEFACT, paddle.ARTEFACT))
]
CRAFT = f"{MODELS}/craft_mlt_25k.pth"
READERS = ("easyocr", "paddle")
GIVEN = {"services": "the services"}


def observed(role: str, state: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    files = {"shells": file("A=1\nOPENBLAS_CORETYPE=ARMV8\n"), "services": file("the services")}
    if role in READERS:
        files.update({"program": file(plan(role)["reader"]["text"]), "mark": file("{}")})
    weights = {"weights": command("\n".join(["e3b0  /dev/null", *SUMS]))}
    found = {"environment": state, "files": files, "commands": weights}
    return {**found, **more}


@pytest.mark.parametrize("role", ENABLED)
@pytest.mark.parametrize(
    "state, expected",
    [
        (SOUND, {}),
        (BLANK, {"packages": "there is no environment at /x"}),
        (DIED, {"proofs": "it: killed by SIGILL"}),
    ],
    ids=["sound", "blank", "died"],
)
def test_what_is_found(role: str, state: dict[str, list[str]], expected: dict[str, str]) -> None:
    assert broken(role, observed(role, state), GIVEN, **ENABLED[role]) == expected


@pytest.mark.parametrize("role", ["pytorch", "paddle", "easyocr"])
def test_a_role_that_is_off_promises_nothing(role: str) -> None:
    assert judged(role, {"environment": {"skipped": True}}) == {}


def test_shells_and_services_without_the_variable() -> None:
    files = {"shells": file(""), "services": file("")}
    found = broken("python36", observed("python36", BLANK, files=files), GIVEN)
    assert found == {
        "packages": "there is no environment at /x",
        "shells": "no line",
        "services": "absent or changed",
    }


@pytest.mark.parametrize(
    "lines, changed, expected",
    [
        ([], {}, {"weights": "absent or changed: craft_mlt_25k.pth, english_g2.pth"}),
        ([], {"easyocr_weights": False}, {}),
        (
            [f"0000  {CRAFT}", *(line for line in SUMS if CRAFT not in line)],
            {},
            {"weights": "absent or changed: craft_mlt_25k.pth"},
        ),
    ],
    ids=["none", "none, as wanted", "another file"],
)
def test_weights_are_those_of_the_application(
    lines: list[str], changed: dict[str, Any], expected: dict[str, str]
) -> None:
    found = observed("easyocr", SOUND, commands={"weights": command("\n".join(lines))})
    assert broken("easyocr", found, **ENABLED["easyocr"], **changed) == expected


def plan(role: str, **changed: Any) -> dict[str, Any]:
    found: dict[str, Any] = loading.call(role, "plan", settings(role, **changed))
    return found


def test_paddle_reads_with_the_weights_of_the_application() -> None:
    found = observed("paddle", SOUND, commands={"weights": command("")})
    told = broken("paddle", found, **ENABLED["paddle"])["weights"]
    assert told.startswith("absent or changed: ") and "paddle-v4-det/inference.pdmodel" in told
    assert f"{MODELS}/paddle-v4-rec" in plan("paddle")["weight_folders"]


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("files", [{"program": file("#!/bin/sh\n")}, {"mark": file(exists=False)}])
def test_the_application_has_to_find_the_python_of_a_reader(role: str, files: dict[str, Any]) -> None:
    found = observed(role, SOUND)
    found["files"].update(files)
    assert broken(role, found, **ENABLED[role]) == {"reader": "absent or changed"}


@pytest.mark.parametrize("role", READERS)
def test_the_application_looks_where_the_roles_put_things(role: str) -> None:
    """Folders and names are said twice, in the application and in the roles."""
    reader = plan(role)["reader"]
    own = {"easyocr": "easyocr", "paddle": "paddleocr"}[role]
    assert Path(reader["folder"]).name in registry.spec(own).environments
    assert reader["mark"] == f"{reader['folder']}/{FINISHED}"
    assert plan("app")["envs"] == str(Path(reader["folder"]).parent) == environments.ENVS
    assert settings(role)[f"{role}_models"] == settings("app")["app_models"]


def test_the_program_of_a_reader_is_its_python_with_its_environment() -> None:
    text = plan("paddle", paddle_preload="/lib/libgomp.so.1")["reader"]["text"]
    assert "export LD_PRELOAD=/lib/libgomp.so.1\n" in text and "LD_PRELOAD" not in plan("paddle")["reader"]["text"]
    assert text.endswith('exec /opt/nano-ocr/venvs/paddle/bin/python "$@"\n')


@pytest.mark.parametrize("role", ["python36", "easyocr"])
def test_the_opencv_of_the_system_forbids_wheels(role: str) -> None:
    own, system = plan(role), plan(role, **{f"{role}_opencv": "system"})
    assert "nano-opencv" in own["locks"] and own["venv"]["forbidden"] == []
    assert "nano-opencv" not in system["locks"]
    assert system["venv"]["forbidden"] == ["opencv-python-headless", "opencv-python"]


@pytest.mark.parametrize("role", ["pytorch", "paddle"])
def test_cuda_is_proved_only_where_there_is_a_gpu(role: str) -> None:
    assert "cuda" in plan(role)["venv"]["proofs"]
    assert "cuda" not in plan(role, **{f"{role}_gpu": "false"})["venv"]["proofs"]


def test_torch2trt_is_a_choice() -> None:
    assert plan("pytorch")["artefacts"] == ["torch", "torchvision", "torch2trt"]
    without = plan("pytorch", pytorch_torch2trt=False)
    assert without["artefacts"] == ["torch", "torchvision"] and "torch2trt" not in without["venv"]["proofs"]


def test_a_build_makes_both_wheels_with_the_python_of_the_environment() -> None:
    found = plan("pytorch", pytorch_venv="/v")
    assert [stage["name"] for stage in found["stages"]] == ["torchvision", "torch2trt"]
    assert all("/v/bin/python setup.py bdist_wheel" in stage["run"] for stage in found["stages"])
    assert found["results"][0] == {"artefact": "torchvision", "pattern": "dist/torchvision-*.whl"}


def test_python36_proves_what_it_installs() -> None:
    assert set(plan("python36")["venv"]["proofs"]) == {"numpy", "cv2", "tensorrt", "onnxruntime", "line"}
    bare = plan("python36", python36_tensorrt=False, python36_onnxruntime="false", python36_line=False)
    assert set(bare["venv"]["proofs"]) == {"numpy", "cv2"}
    assert bare["locks"] == ["bootstrap-py36", "nano-py36", "nano-opencv"]


def test_the_environment_of_a_later_board_has_its_python_and_its_lock() -> None:
    found = plan("python36", fleet_l4t="r39", fleet_board="agx-thor")
    assert found["venv"]["python"] == "/usr/bin/python3.12" and found["target"] == "jetson-py312"
    assert found["locks"] == ["bootstrap-py312", "jetson-py312"]
    assert plan("python36")["venv"]["python"] == "/usr/bin/python3.6" and plan("python36")["target"] == "nano-py36"


def test_the_loader_of_paddle_gets_its_library_first() -> None:
    environment = plan("paddle", paddle_preload="/lib/libgomp.so.1")["venv"]["environment"]
    assert environment == {"OPENBLAS_CORETYPE": "ARMV8", "LD_PRELOAD": "/lib/libgomp.so.1"}


def test_weights_are_hashed_even_when_there_are_none() -> None:
    assert plan("easyocr", easyocr_weights=False)["hash"] == ["sha256sum", "/dev/null"]
    assert plan("easyocr")["hash"][2] == CRAFT


def test_the_repair_of_easyocr_runs_from_its_files_alone(tmp_path: Path) -> None:
    found = plan("easyocr", easyocr_lib=str(tmp_path))
    for name in found["repair"]["files"]:
        (tmp_path / "ocr_app" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "ocr_app" / name, tmp_path / "ocr_app" / name)
    command = [sys.executable, "-I", "-c", found["venv"]["proofs"]["bidi"]]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stderr.startswith("EasyOCR is not installed for "), done.stderr


def test_the_repair_of_easyocr_consists_of_files_that_exist() -> None:
    found = plan("easyocr", easyocr_lib="/lib")
    assert all((ROOT / "ocr_app" / name).is_file() for name in found["repair"]["files"])
    assert {str(Path(name).parent).replace(".", "") for name in found["repair"]["files"]} == set(
        found["repair"]["folders"]
    )
    assert "sys.path.insert(0, '/lib')" in found["venv"]["proofs"]["bidi"]
    assert (ROOT / (easyocr.REPAIR.replace(".", "/") + ".py")).is_file()
