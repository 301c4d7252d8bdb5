"""A small network, and the command driven as a program is."""

import numpy as np
import pytest

from ocr_app.cli import main as cli

CONV = [("Conv", ["image", "w"], ["a"]), ("Relu", ["a"], ["logits"])]


@pytest.fixture
def model(make_model, saved):
    return saved(make_model(CONV, {"w": np.zeros((8, 1, 3, 3))}))


@pytest.fixture
def network(capsys):
    """``ocr-app network`` with these arguments: exit code, output, errors."""

    def run(*arguments):
        code = cli.main(["network"] + [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
