"""Verbs of the command line: what a verb is, and a parser that has arguments of its own beside sub-verbs."""

import argparse
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple


class Verb(NamedTuple):
    """One verb. ``summary`` is one sentence; ``add_arguments`` fills a parser; ``run`` returns the exit code."""

    name: str
    summary: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class VerbParser(argparse.ArgumentParser):
    """A parser whose first word may be one of its own sub-verbs; any other first word is an argument.

    The sub-parsers of argparse cannot be optional where a command also takes positional arguments.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        named.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super(VerbParser, self).__init__(*arguments, **named)
        self.sub_verbs: Dict[str, argparse.ArgumentParser] = {}

    def add_verb(self, verb: Verb) -> None:
        """Adds a sub-verb. An argument of the same name has to be written differently: ``./NAME`` for a path."""
        prog = "{} {}".format(self.prog, verb.name)
        parser = argparse.ArgumentParser(prog=prog, description=sentence(verb.summary))
        _fill(parser, verb, self.prog.split(" ")[1:] + [verb.name])
        self.sub_verbs[verb.name] = parser
        rows = [(name, str(its.description)) for name, its in self.sub_verbs.items()]
        self.epilog = "sub-commands:\n{}\n\nWrite a path of the same name as ./{}.".format(listing(rows), rows[0][0])

    def parse_known_args(  # type: ignore[override]
        self, args: Optional[Sequence[str]] = None, namespace: Any = None
    ) -> Tuple[argparse.Namespace, List[str]]:
        """As in argparse, which calls it for the words after the verb."""
        words = sys.argv[1:] if args is None else list(args)
        if words and words[0] in self.sub_verbs:
            return self.sub_verbs[words[0]].parse_known_args(words[1:], namespace)
        return super(VerbParser, self).parse_known_args(words, namespace)


def add_verb(parsers: Any, verb: Verb, is_shown: bool = True) -> VerbParser:
    """Adds ``verb`` to ``parsers``, the sub-parsers of the whole command line; returns its parser.

    ``is_shown``: False for an older spelling, which works but is neither completed nor documented.
    """
    shown = {"help": sentence(verb.summary)} if is_shown else {}
    parser: VerbParser = parsers.add_parser(verb.name, description=sentence(verb.summary), **shown)
    _fill(parser, verb, [verb.name])
    return parser


def _fill(parser: argparse.ArgumentParser, verb: Verb, words: List[str]) -> None:
    verb.add_arguments(parser)
    parser.set_defaults(run=verb.run, command=" ".join(words))


def sentence(text: str) -> str:
    """``text`` with a capital letter at the beginning and one full stop at the end."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def listing(rows: Sequence[Tuple[str, str]]) -> str:
    """Names and sentences in two columns, for help texts."""
    return "\n".join("  {:<12}{}".format(*row) for row in rows)
