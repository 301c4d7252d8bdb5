"""``ocr-app recipe``: its sub-commands and their arguments."""

import pytest

from ocr_app.cli.main import main, parser
from ocr_app.cli.recipe import check, evaluate, teach


def test_no_sub_command_is_wrong_usage(capsys):
    assert main(["recipe"]) == 2
    assert "check, teach or test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "run"),
    [
        (["check", "x.yaml"], check.run),
        (["teach", "a.png", "--layout", "line"], teach.run),
        (["test", "x.yaml", "data", "--limit", "3"], evaluate.run),
    ],
)
def test_every_sub_command_has_its_module(arguments, run):
    assert parser().parse_args(["recipe", *arguments]).recipe_run is run


@pytest.mark.parametrize("arguments", [["check"], ["check", "x.yaml", "--samples", "0"], ["teach"], ["test", "x.yaml"]])
def test_missing_and_senseless_arguments_are_wrong_usage(arguments):
    with pytest.raises(SystemExit) as caught:
        main(["recipe", *arguments])
    assert caught.value.code == 2
