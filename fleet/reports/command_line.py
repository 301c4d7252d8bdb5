"""docs/reference/command-line.md: every command of ocr-app with its arguments, taken from the parsers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocr_app.cli import main as cli
from ocr_app.cli import outline
from ocr_app.core.paths import HOME

PAGE = Path("docs") / "reference" / "command-line.md"
_HEAD = """\
<!-- made by `./inv docs` from the parsers of the commands; do not edit -->
# The command line

`ocr-app VERB --help` shows the same in the terminal. Every command ends with one of the
[exit codes](exit-codes.md); an error message says what was found, what was expected, and what to do
next. Results go to standard output, messages to standard error.

## Tab completion

Add one of these lines to the start-up file of your shell. The script completes sub-commands, options
and their values; everything else is completed as the name of a file.

| shell | file | line |
|---|---|---|
| bash | `~/.bashrc` | `source <(ocr-app completion bash)` |
| zsh | `~/.zshrc`, after `compinit` | `source <(ocr-app completion zsh)` |
| fish | `~/.config/fish/config.fish` | `ocr-app completion fish \\| source` |
"""


def page() -> str:
    """The whole page. Settings of this computer's environment variables are left out of the defaults."""
    with _default_settings():
        commands = {command.words: command for command in outline.commands(cli.parser())}
    parts = [_HEAD]
    for title, verbs in cli.GROUPS:
        parts.append(f"## {title}\n")
        names = [verb.name for verb in verbs]
        parts += [_section(command) for words, command in commands.items() if words and words[0] in names]
    return "\n".join(parts)


def main(root: Path = Path(HOME)) -> int:
    """Writes the page below ``root``; the exit code."""
    (root / PAGE).write_text(page(), encoding="utf-8")
    return 0


@contextmanager
def _default_settings() -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("OCR_", "NANO_OCR_"))}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


def _section(command: outline.CommandOutline) -> str:
    lines = [f"### `ocr-app {' '.join(command.words)}`\n", command.summary + "\n", f"    {_usage(command)}\n"]
    rows = [_row(argument) for argument in command.arguments if "--help" not in argument.names]
    if rows:
        lines += ["| argument | values | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join(lines)


def _usage(command: outline.CommandOutline) -> str:
    shown = [argument for argument in command.arguments if "--help" not in argument.names]
    words = ["[options]"] if any(argument.names for argument in shown) else []
    words += [_positional(argument) for argument in shown if not argument.names]
    verbs = "|".join(command.verbs)
    if verbs:
        words.append(f"(or: {verbs})" if words else verbs)
    return " ".join(["ocr-app", *command.words, *words])


def _positional(argument: outline.Argument) -> str:
    return {"*": "[{}...]", "+": "{}...", "?": "[{}]"}.get(argument.nargs, "{}").format(argument.values)


def _row(argument: outline.Argument) -> str:
    name = ", ".join(f"`{name}`" for name in argument.names) or f"`{_positional(argument)}`"
    values = ", ".join(f"`{choice}`" for choice in argument.choices)
    if not values and argument.names and argument.values:
        values = f"`{argument.values}`"
    meaning = argument.meaning.replace(HOME + os.sep, "").replace("|", "\\|")
    return f"| {name} | {values} | {meaning}{'; repeatable' if argument.is_repeatable else ''} |"
