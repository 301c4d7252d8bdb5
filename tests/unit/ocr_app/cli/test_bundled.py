"""``ocr-app bundled`` prints the folders that the self-check uses."""

import os

import pytest

from ocr_app.cli.main import main


@pytest.mark.parametrize("what, inside", [("samples", "manifest.json"), ("recipes", "nano-codes.yaml")])
def test_the_folder_is_printed_and_holds_them(what, inside, capsys, monkeypatch):
    monkeypatch.delenv("OCR_SAMPLES", raising=False)
    monkeypatch.delenv("OCR_RECIPES", raising=False)
    assert main(["bundled", what]) == 0
    folder = capsys.readouterr().out.rstrip("\n")
    assert os.path.isfile(os.path.join(folder, inside))


def test_the_environment_comes_first(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_SAMPLES", str(tmp_path))
    assert main(["bundled", "samples"]) == 0
    assert capsys.readouterr().out == "{}\n".format(tmp_path)


def test_something_else_is_wrong_usage():
    with pytest.raises(SystemExit) as caught:
        main(["bundled", "models"])
    assert caught.value.code == 2
