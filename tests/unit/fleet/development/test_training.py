"""The commands that train, evaluate and install fonts, without running them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.errors import TrainingError
from fleet.development import training


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    commands: list[list[str]] = []
    monkeypatch.setattr(training, "_call", commands.append)
    monkeypatch.setattr(training, "_training_python", lambda: "python-of-train")
    return commands


def test_the_shipped_network_is_trained_exported_into_the_package_and_plotted(called: list[list[str]]) -> None:
    training.train("recogniser")
    assert [command[2] for command in called] == [
        "training.recogniser.train",
        "training.recogniser.export",
        "training.curve",
    ]
    assert all(command[0] == "python-of-train" for command in called)
    assert "--target" not in called[1] and called[2][-1].endswith("code-recogniser.toml")
    assert called[0][-2:] == ["--device", "cpu"] and "--resume" not in called[0]


def test_an_experiment_stays_in_its_folder(called: list[list[str]], tmp_path: Path) -> None:
    training.train("detector", resume=True, config=tmp_path / "mine.toml", out=tmp_path / "out", device="cuda")
    assert "--resume" in called[0] and called[0][-1] == "cuda"
    assert called[1][-2:] == ["--target", str(tmp_path / "out" / "mine.onnx")]
    assert "--config" not in called[2]


def test_evaluation_compares_only_when_asked_to(called: list[list[str]]) -> None:
    training.evaluate("detector")
    training.evaluate("detector", check=True)
    assert "--check" not in called[0] and called[1][-1] == "--check"


@pytest.mark.parametrize("work", [training.train, training.evaluate])
def test_an_unknown_network_is_refused(work: object) -> None:
    with pytest.raises(TrainingError, match="no network called 'reader'") as caught:
        work("reader")  # type: ignore[operator]
    assert caught.value.expected == "recogniser, detector"


def test_a_missing_environment_is_reported_with_its_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(training, "ROOT", tmp_path)
    with pytest.raises(TrainingError, match=r"\./inv envs --name train"):
        training.train("recogniser")


def test_naming_the_font_commands_installs_nothing(called: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        """A font that is missing."""

        def __init__(self, package: str) -> None:
            self.name, self.package = package, package

    missing = [Entry("apt:fonts-b"), Entry("apt:fonts-a"), Entry("npm:font-c")]
    monkeypatch.setattr(training.fonts, "missing", lambda: missing)
    assert training.install_fonts(say=True) == [
        "apt-get install -y --no-install-recommends fonts-a fonts-b",
        "npm install --no-save --no-package-lock font-c",
    ]
    assert called == []
    with pytest.raises(TrainingError, match="fonts are missing: apt:fonts-b"):
        training.install_fonts()
    assert len(called) == 2


def test_a_missing_program_and_a_failure_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TrainingError, match="no-such-program is not installed"):
        training._call(["no-such-program"])
    with pytest.raises(TrainingError, match="`false` ended with exit code 1"):
        training._call(["false"])
