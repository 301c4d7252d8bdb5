"""`./inv build-engines`: which command does the work."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from fleet.core.errors import EngineRequestError
from fleet.core.files import ROOT
from fleet.plays import engines, playbooks


class Calls(list):
    """Takes commands in the place of running them."""

    def __call__(self, command, folder, environ):
        self.append((command, folder))
        return 7


@pytest.fixture
def board(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "nv_tegra_release").write_text("# R32 (release), REVISION: 7.6, GCID: 1, BOARD: t210ref\n")
    return str(tmp_path)


def test_onnxruntime_is_built_here(tmp_path):
    calls = Calls()
    assert engines.build(target="onnxruntime", precision="fp32", reader="codes", root=str(tmp_path), call=calls) == 7
    command, folder = calls[0]
    assert command[1:6] == ["-m", "ocr_app", "engine", "build", "--target"]
    assert command[6:] == ["onnxruntime", "--reader", "codes", "--precision", "fp32"]
    assert folder == ROOT


def test_each_reader_is_built_by_the_python_that_has_its_framework(tmp_path, monkeypatch):
    for name in ("py36-easyocr", "py37-paddle"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin" / "python").symlink_to("/bin/true")
        (tmp_path / name / "nano-ocr-environment.json").write_text("{}")
    monkeypatch.setenv("OCR_ENVS", str(tmp_path))
    calls = Calls()
    assert engines.build(target="onnxruntime", reader="codes,easyocr,ppocr:v6-tiny,paddleocr", call=calls) == 7
    asked = [(command[0], command[command.index("--reader") + 1]) for command, _ in calls]
    assert asked == [
        (sys.executable, "codes,ppocr:v6-tiny"),
        (str(tmp_path / "py36-easyocr" / "bin" / "python"), "easyocr"),
        (str(tmp_path / "py37-paddle" / "bin" / "python"), "paddleocr"),
    ]


def test_an_environment_that_is_not_built_is_named_before_anything_is(tmp_path, monkeypatch):
    monkeypatch.setenv("OCR_ENVS", str(tmp_path))
    calls = Calls()
    with pytest.raises(EngineRequestError, match="py36-easyocr"):
        engines.build(target="onnxruntime", reader="codes,easyocr", call=calls)
    with pytest.raises(EngineRequestError, match="nobody"):
        engines.build(target="onnxruntime", reader="nobody", call=calls)
    assert calls == []


def test_a_nano_builds_by_itself(board):
    calls = Calls()
    engines.build(precision="fp32,fp16", rebuild=True, root=board, call=calls)
    assert calls[0][0][-7:] == ["--target", "tensorrt", "--reader", "codes", "--precision", "fp32,fp16", "--rebuild"]


@pytest.mark.parametrize("here", ["board", "computer"])
def test_hosts_are_built_by_the_play(here, board, tmp_path, monkeypatch):
    monkeypatch.setattr(playbooks, "tools", lambda: Path("/tools"))
    calls = Calls()
    root = board if here == "board" else str(tmp_path / "nothing")
    engines.build(limit="line_a", precision="fp16", root=root, call=calls)
    command, folder = calls[0]
    assert command[:4] == ["ansible-playbook", "engines.yml", "--limit", "line_a"] and folder == playbooks.FOLDER
    assert json.loads(command[-1]) == {
        "engines_reader": "codes", "engines_precision": "fp16", "engines_rebuild": False
    }  # fmt: skip


def test_virtual_boards_share_engines_of_onnxruntime_by_the_same_play(monkeypatch, tmp_path):
    monkeypatch.setattr(playbooks, "tools", lambda: Path("/tools"))
    (tmp_path / "inventory.ini").touch()
    calls = Calls()
    engines.build(target="onnxruntime", inventory=str(tmp_path / "inventory.ini"), root=str(tmp_path), call=calls)
    command, folder = calls[0]
    assert command[1] == "engines.yml" and folder == playbooks.FOLDER
    assert json.loads(command[-1])["engines_target"] == "onnxruntime"


def test_an_unknown_target_is_refused():
    with pytest.raises(EngineRequestError) as caught:
        engines.build(target="openvino", call=Calls())
    assert caught.value.expected
