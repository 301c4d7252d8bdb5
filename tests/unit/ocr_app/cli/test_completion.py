"""Tab completion: the scripts, in the shells that are installed here; bash always."""

import shutil
import subprocess

import pytest

from ocr_app.cli import outline
from ocr_app.cli.completion import SHELLS, script
from ocr_app.cli.main import main, parser

CASES = [
    ("ocr-app r", {"read", "readers", "recipe", "replay"}),
    ("ocr-app benchmark ", {"campaign", "cnn", "modules"}),
    ("ocr-app benchmark-", set()),
    ("ocr-app read --device c", {"cpu", "cuda"}),
    ("ocr-app engine build --th", {"--threads"}),
    ("ocr-app read photo.jpg --lay", {"--layout"}),
    ("ocr-app bundled s", {"samples"}),
    ("ocr-app completion ", set(SHELLS)),
    ("ocr-app read --draw no-such-fil", set()),
    ("ocr-app read engine --rebu", set()),
]
BASH = """
source "$1"
COMP_WORDS=($2)
[[ $2 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_ocr_app
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { }
compadd() { shift; for each in "$@"; [[ $each == "${words[CURRENT]}"* ]] && print -r -- "$each" }
_files() { }
source "$1"
words=(${=2})
[[ $2 == *" " ]] && words+=("")
CURRENT=${#words}
_ocr_app
"""
PROGRAMS = {
    "bash": ["bash", "-c", BASH, "bash"],
    "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
    "fish": ["fish", "--no-config", "-c", "cd (mktemp -d); source $argv[1]; complete -C $argv[2]"],
}


@pytest.fixture(scope="module")
def commands():
    return outline.commands(parser())


@pytest.mark.parametrize("line, expected", CASES, ids=[line for line, _ in CASES])
@pytest.mark.parametrize("shell", SHELLS)
def test_what_may_come_next_is_offered(shell, line, expected, commands, tmp_path):
    if shell != "bash" and shutil.which(shell) is None:
        pytest.skip("{} is not installed here".format(shell))
    path = tmp_path / "script"
    path.write_text(script(shell, commands), encoding="utf-8")
    out = subprocess.check_output(PROGRAMS[shell] + [str(path), line], cwd=str(tmp_path), timeout=60)
    offered = {row.split("\t")[0] for row in out.decode().splitlines()} - {"", "script"}
    assert offered == expected


def test_the_command_prints_the_script(capsys, commands):
    assert main(["completion", "bash"]) == 0
    assert capsys.readouterr().out == script("bash", commands)


def test_another_shell_is_wrong_usage():
    with pytest.raises(SystemExit) as caught:
        main(["completion", "csh"])
    assert caught.value.code == 2
