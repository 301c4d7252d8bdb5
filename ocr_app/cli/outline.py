"""The command line as data, taken from its parsers: for tab completion and for the reference page."""

import argparse
from typing import Any, Dict, List, NamedTuple, Tuple

from ocr_app.cli.verbs import VerbParser, sentence


class Argument(NamedTuple):
    """An option (``names`` are its flags) or a positional argument (``names`` is empty).

    ``values``: the placeholder of its value in the usage ("N"), empty for a switch. ``choices``: the only values, if
    they are known. ``nargs``: "*", "+" or "?" as in argparse, else empty.
    """

    names: Tuple[str, ...]
    values: str
    choices: Tuple[str, ...]
    nargs: str
    is_repeatable: bool
    meaning: str


class CommandOutline(NamedTuple):
    """A command with the words that call it (empty for ``ocr-app`` itself) and its sub-verbs."""

    words: Tuple[str, ...]
    summary: str
    arguments: Tuple[Argument, ...]
    verbs: Tuple[str, ...]


def commands(parser: argparse.ArgumentParser, words: Tuple[str, ...] = (), summary: str = "") -> List[CommandOutline]:
    """The command of ``parser`` and, after it, every command below it, in the order of the parsers."""
    below = _sub_parsers(parser)
    arguments = tuple(_argument(action, parser) for action in parser._actions if _is_shown(action))
    found = [CommandOutline(words, summary, arguments, tuple(name for name, _, _ in below))]
    for name, its_summary, sub_parser in below:
        found += commands(sub_parser, words + (name,), its_summary)
    return found


def _is_shown(action: argparse.Action) -> bool:
    return action.help != argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction)


def _sub_parsers(parser: argparse.ArgumentParser) -> List[Tuple[str, str, argparse.ArgumentParser]]:
    """Name, summary and parser of each sub-verb; older spellings, which have no help text, are left out."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            shown = [(str(its.dest), str(its.help)) for its in action._choices_actions]
            found += [(name, sentence(summary), action.choices[name]) for name, summary in shown]
    if isinstance(parser, VerbParser):
        found += [(name, str(its.description), its) for name, its in parser.sub_verbs.items()]
    return found


def _argument(action: argparse.Action, parser: argparse.ArgumentParser) -> Argument:
    takes_value = action.nargs != 0
    metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    return Argument(
        tuple(action.option_strings),
        metavar if takes_value else "",
        tuple(str(choice) for choice in action.choices or ()),
        str(action.nargs) if action.nargs in ("*", "+", "?") else "",
        isinstance(action, argparse._AppendAction),
        _meaning(action, parser),
    )


def _meaning(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """The help text, its placeholders filled as argparse fills them."""
    values: Dict[str, Any] = dict(vars(action), prog=parser.prog)
    values["choices"] = ", ".join(str(choice) for choice in action.choices or ())
    text = str(action.help or "") % values
    return " ".join(text.split())
