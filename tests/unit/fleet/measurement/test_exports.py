"""Who exports where, what counts as a failure, and what is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fleet.core.errors import NetworkExportError
from fleet.measurement import exports
from fleet.reports.exports import page
from ocr_app.export import network_specs


class Calls:
    """Stands for the processes of the environments: keeps their commands, answers with exit codes."""

    def __init__(self, codes: dict[str, int] | None = None) -> None:
        self.commands: list[list[str]] = []
        self._codes = codes or {}

    def __call__(self, command: list[str], environ: dict[str, str]) -> int:
        assert environ["OMP_NUM_THREADS"] == "1"
        self.commands.append(command)
        return self._codes.get(command[2].rpartition(".")[2] if "easyocr" in command[0] else "", 0)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "exists", lambda name: True)


def test_each_network_is_exported_where_its_framework_lives(ready: None, tmp_path: Path) -> None:
    calls = Calls()
    exports.main(folder=tmp_path, run=calls)
    places = {(Path(command[0]).parent.parent.name, command[2].rpartition(".")[2]) for command in calls.commands}
    assert {place for place, _ in places} >= {"py36-easyocr", "py37-paddle"}
    assert len(calls.commands) == 6 and {step for _, step in places} == {"program", "parity"}
    named = [word for command in calls.commands if command[2].endswith("program") for word in command[3:-2]]
    assert sorted(named) == sorted(network_specs.networks())


def test_real_crops_and_pages_are_compared_on(ready: None, tmp_path: Path) -> None:
    calls = Calls()
    exports.main(["codes-detector"], folder=tmp_path, run=calls)
    words = calls.commands[1]
    assert words[words.index("--lines") + 1 :].count("--lines") in (0, 1)
    assert "data/nano-codes-100" in words and words[words.index("--pages-limit") + 1] == "20"
    assert "--limit" not in words


def test_a_quick_comparison_is_cut_short(ready: None, tmp_path: Path) -> None:
    calls = Calls()
    exports.main(["codes-detector"], folder=tmp_path, quick=True, run=calls)
    assert calls.commands[1][calls.commands[1].index("--limit") + 1] == "6"


def test_without_comparison_only_files_are_made(ready: None, tmp_path: Path) -> None:
    calls = Calls()
    exports.main(["codes-detector"], folder=tmp_path, compare=False, run=calls)
    assert [command[2] for command in calls.commands] == ["ocr_app.export.program"]


def test_a_failure_does_not_keep_the_others_from_running(ready: None, tmp_path: Path) -> None:
    calls = Calls({"program": 7})
    with pytest.raises(NetworkExportError) as caught:
        exports.main(folder=tmp_path, run=calls)
    assert "py36-easyocr ended with exit code 7" in str(caught.value)
    assert "py37-paddle" in calls.commands[-1][0] and len(calls.commands) == 5


def test_an_environment_that_is_not_built_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(exports, "exists", lambda name: False)
    with pytest.raises(NetworkExportError) as caught:
        exports.main(["easyocr-detector"], folder=tmp_path, run=Calls())
    assert "./inv envs --name py36-easyocr" in str(caught.value)


def test_an_unknown_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkExportError) as caught:
        exports.main(["nothing"], folder=tmp_path, run=Calls())
    assert "codes-detector" in str(caught.value)


def record(name: str, folder: Path, **parity: Any) -> None:
    """An export with a record, as far as a report looks at it."""
    import hashlib

    (folder / f"{name}.onnx").write_bytes(name.encode())
    network = network_specs.networks()[name]
    limits = {"lines": None, "pages": 20}
    sets = [{"name": "real", "sha256": "0", "kind": "lines", "items": 128, "equal": 128, "different": []}]
    whole = {"against": "torch", "runtime": "onnxruntime", "calls": 9, "max_error": 1.5e-5, "largest_output": 12.25,
             "sets": sets, "passed": True, "limits": limits}  # fmt: skip
    found = {
        "schema": "nano-ocr/export/1",
        "network": name,
        "reader": network.reader,
        "part": network.part,
        "file": f"{name}.onnx",
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "bytes": 2_500_000,
        "opset": network.opset,
        "input": {"name": "image", "dims": ["n", 1, 32, "w"]},
        "output": {"name": "logits", "dims": ["n", "t", 62]},
        "sources": {},
        "tools": {"torch": "1.10"},
        "parity": {**whole, **parity} if parity.get("passed", True) is not None else None,
    }
    (folder / f"{name}.json").write_text(json.dumps(found))


def test_a_report_has_every_record(tmp_path: Path) -> None:
    networks = network_specs.select(["codes-detector", "codes-recogniser"])
    for network in networks:
        record(network.name, tmp_path)
    found = exports.report(networks, tmp_path)
    assert [entry["network"] for entry in found["networks"]] == ["codes-detector", "codes-recogniser"]
    text = page(found)
    assert "2 of 2 networks" in text and "| 1.5e-05 | 12.2 | 9 |" in text and "real lines: 128 of 128" in text
    assert "image n x 1 x 32 x w" in text and "torch 1.10" in text


@pytest.mark.parametrize("parity", [{"limits": {"lines": 6, "pages": 6}}, {"passed": None}], ids=["quick", "never"])
def test_what_was_not_compared_on_everything_is_not_published(tmp_path: Path, parity: dict[str, Any]) -> None:
    record("codes-detector", tmp_path, **parity)
    with pytest.raises(NetworkExportError) as caught:
        exports.report(network_specs.select(["codes-detector"]), tmp_path)
    assert "codes-detector" in str(caught.value)


def test_what_is_missing_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(NetworkExportError):
        exports.report(network_specs.select(["codes-detector"]), tmp_path)


def test_a_network_that_is_not_exported_here_keeps_its_published_record(tmp_path: Path) -> None:
    record("codes-detector", tmp_path)
    networks = network_specs.select(["codes-detector", "easyocr-detector"])
    found = exports.report(networks, tmp_path, exports.published())
    assert [entry["network"] for entry in found["networks"]] == ["codes-detector", "easyocr-detector"]
    assert found["kept"] == ["easyocr-detector"]
    assert "their files have not changed: `easyocr-detector`." in page(found)


@pytest.mark.parametrize("key", ["sources", "output"])
def test_a_published_record_of_other_files_is_not_kept(tmp_path: Path, key: str) -> None:
    found = json.loads((exports.RESULTS / "export.json").read_text(encoding="utf-8"))
    changed = {"sources": {"craft_mlt_25k.pth": "ab" * 32}, "output": {"name": "maps", "dims": ["n", 1]}}
    for entry in found["networks"]:
        if entry["network"] == "easyocr-detector":
            entry[key] = changed[key]
    (tmp_path / "export.json").write_text(json.dumps(found), encoding="utf-8")
    assert "easyocr-detector" not in exports.published(tmp_path)
    assert "easyocr-recogniser" in exports.published(tmp_path)


def test_every_committed_export_reads_like_its_original() -> None:
    found = json.loads((exports.RESULTS / "export.json").read_text())
    assert [entry["network"] for entry in found["networks"]] == list(network_specs.networks())
    for entry in found["networks"]:
        assert entry["parity"]["passed"], entry["network"]
        assert all(part["equal"] == part["items"] > 0 for part in entry["parity"]["sets"]), entry["network"]
