"""``ocr-app line users``: who may sign in to the page of a line. Secrets come from the terminal or from a file."""

import argparse
import getpass
import sys

from ocr_app.core.errors import UsageError

ROLES = ("viewer", "operator", "engineer")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command each for add, remove and list."""
    verbs = parser.add_subparsers(dest="users_verb", metavar="add|remove|list")
    parser.set_defaults(line_run=_none)
    add = verbs.add_parser("add", help="add a user, or give one another role and secret")
    add.add_argument("file", metavar="USERS.json", help="page.users_file of the line; it is made where there is none")
    add.add_argument("name", metavar="NAME")
    role_help = "a viewer looks; an operator, who has a PIN, acknowledges alarms and sets expected values"
    add.add_argument("--role", choices=ROLES, required=True, help=role_help)
    add.add_argument("--secret-file", metavar="FILE", help="file whose first line is the PIN or password; default: ask")
    add.set_defaults(line_run=_add)
    remove = verbs.add_parser("remove", help="remove a user")
    remove.add_argument("file", metavar="USERS.json")
    remove.add_argument("name", metavar="NAME")
    remove.set_defaults(line_run=_remove)
    show = verbs.add_parser("list", help="names and roles")
    show.add_argument("file", metavar="USERS.json")
    show.set_defaults(line_run=_list)


def _none(arguments: argparse.Namespace) -> int:
    raise UsageError("ocr-app line users needs a sub-command", "add, remove or list", "ocr-app line users --help")


def _add(arguments: argparse.Namespace) -> int:
    from ocr_app.line.page.access import users

    users.add(arguments.file, arguments.name, arguments.role, _secret(arguments))
    print("{}: {} is {}".format(arguments.file, arguments.name, arguments.role))
    return 0


def _secret(arguments: argparse.Namespace) -> str:
    """Raises UsageError: a file without a first line, no terminal, or two secrets that differ."""
    if arguments.secret_file:
        try:
            with open(arguments.secret_file, encoding="utf-8") as stream:
                return stream.readline().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            found = "--secret-file {}: {}".format(arguments.secret_file, error)
            raise UsageError(found, "a file that holds the PIN or password in its first line") from error
    if not sys.stdin.isatty():
        raise UsageError("no terminal to ask at", "--secret-file FILE")
    kind = "PIN" if arguments.role == "operator" else "Password"
    secret = getpass.getpass("{} of {}: ".format(kind, arguments.name))
    if secret != getpass.getpass("Again: "):
        raise UsageError("the two differ", "the same twice")
    return secret


def _remove(arguments: argparse.Namespace) -> int:
    from ocr_app.line.page.access import users

    users.remove(arguments.file, arguments.name)
    print("{}: {} is removed, and signed out".format(arguments.file, arguments.name))
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from ocr_app.line.page.access import users

    print("\n".join(users.roles_of(users.load(arguments.file))) or "nobody")
    return 0
