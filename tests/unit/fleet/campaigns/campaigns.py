"""A campaign in a folder, with boards that are made by hand."""

import datetime

from fleet.campaigns import folders
from tests.unit.fleet.campaigns import made

NOW = datetime.datetime(2026, 11, 30, 6, tzinfo=datetime.timezone.utc)


class OneRequest:
    """Asks for the parts of made.py."""

    name, again, note = "one", False, ""

    @staticmethod
    def command():
        return "./inv benchmark --limit nanos"

    @staticmethod
    def parts():
        return made.PARTS


def campaign(tmp_path, **boards):
    """nano_1={...} -> the arguments of made.write_board; a value None: the board was asked and brought nothing."""
    found = folders.begin(OneRequest(), tmp_path, NOW)
    for name, given in boards.items():
        host = name.replace("_", "-")
        if given is None:
            (found.boards / host).mkdir(parents=True)
        else:
            made.write_board(found.boards, host, **given)
    return found
