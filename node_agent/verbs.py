"""The verbs of the agent: their arguments, and what each one calls."""

import argparse
import json
import os
import sys
from typing import Any, Callable, Dict, Optional

from node_agent import release
from node_agent.errors import AgentError, HostError
from node_agent.host import support
from node_agent.release import Agent
from node_agent.release.source import open_source

_EPILOG = """\
exit codes: 0 done; 2 wrong usage; 41 refused, nothing changed; 42 locked, try again later; 43 wrong phase; 44 Docker,
systemd or the disk failed; 45 a probe failed; 46 the journal is damaged; 47 the previous release was restored;
48 the release that must run cannot be started; 130 interrupted and undone. status, report and support change nothing.
Diagnostics are key=value lines on standard error; with --json, only warnings and errors unless --verbose is given."""

Verb = Callable[[Agent, argparse.Namespace], None]


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    main_parser = argparse.ArgumentParser(
        prog="python3 -m node_agent",
        description="Installs releases, proves them, and restores the previous one by itself.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_common(main_parser)
    verbs = main_parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (help_text, _, add) in VERBS.items():
        own = verbs.add_parser(name, help=help_text)
        own.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        add(own)
    return main_parser


def _add_common(main_parser: argparse.ArgumentParser) -> None:
    add = main_parser.add_argument
    add("--root", default="/var/lib/nano-ocr", help="folder of the journal and the releases (%(default)s)")
    add("--runtime", default="/run/nano-ocr", help="folder in memory (%(default)s)")
    add("--keys", default="/etc/nano-ocr/keys", help="folder of trusted *.pub files (%(default)s)")
    add("--patience", type=float, default=0.0, metavar="S", help="how long to wait for another command to end")
    add("--by", default=_user(), help="who gives the command, for the record (%(default)s)")
    detail = main_parser.add_mutually_exclusive_group()
    detail.add_argument("--verbose", action="store_true", help="log every command that is run on the host")
    detail.add_argument("--quiet", action="store_true", help="log errors only")


def _user() -> str:
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or "uid {}".format(os.getuid())


def _add_stage(own: argparse.ArgumentParser) -> None:
    own.add_argument("source", help="a bundle, or a folder with its files")
    own.add_argument("--deployment", default="by hand", help="name of the deployment, for the record")
    own.add_argument("--group", help="commit together with this group")
    own.add_argument("--token-sha256", help="SHA-256 of the group's commit token")
    own.add_argument("--downgrade", metavar="REASON", help="accept an older release")


def _add_switch(own: argparse.ArgumentParser) -> None:
    own.add_argument("--wait-for-line", type=float, default=0.0, metavar="S", help="how long the reboot may wait")


def _add_commit(own: argparse.ArgumentParser) -> None:
    own.add_argument("--token-file", help="file with the group's commit token; - for standard input")


def _add_rollback(own: argparse.ArgumentParser) -> None:
    own.add_argument("--reason", required=True, help="why, for the record")


def _add_support(own: argparse.ArgumentParser) -> None:
    own.add_argument("--out", required=True, help="the archive to write")


def _add_nothing(own: argparse.ArgumentParser) -> None:
    """A verb without arguments of its own."""


def _stage(agent: Agent, options: argparse.Namespace) -> None:
    with open_source(options.source) as origin:
        release.stage(agent, origin, options.deployment, options.group, options.token_sha256, options.downgrade)


def _switch(agent: Agent, options: argparse.Namespace) -> None:
    release.switch(agent, options.wait_for_line)


def _commit(agent: Agent, options: argparse.Namespace) -> None:
    release.commit(agent, read_token(options.token_file))


def read_token(path: Optional[str]) -> Optional[str]:
    """The token in a file, on standard input ("-"), or None where no file is named. Raises HostError."""
    if path is None:
        return None
    if path == "-":
        return sys.stdin.readline().strip()
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read().strip()
    except OSError as error:
        raise HostError("cannot read {}: {}".format(path, error.strerror), "the group's commit token")


def _rollback(agent: Agent, options: argparse.Namespace) -> None:
    release.roll_back(agent, options.reason)


def _resume(agent: Agent, options: argparse.Namespace) -> None:
    release.resume(agent)


def _support(agent: Agent, options: argparse.Namespace) -> None:
    support.collect(report_text(agent), options.out)


def report_text(agent: Agent) -> str:
    """The report as JSON, or why there is none."""
    try:
        return json.dumps(release.report(agent), indent=2, sort_keys=True)
    except AgentError as error:
        return "no report: {}".format(error)


def _show_only(agent: Agent, options: argparse.Namespace) -> None:
    """What status and report print is read after every verb."""


VERBS: Dict[str, Any] = {
    "status": ("what runs and what the node waits for", _show_only, _add_nothing),
    "stage": ("copy a release onto the disk, checked", _stage, _add_stage),
    "switch": ("try the staged release, and reboot to prove it", _switch, _add_switch),
    "commit": ("let the proven release take over", _commit, _add_commit),
    "rollback": ("give up the deployment, or return to the previous release", _rollback, _add_rollback),
    "resume": ("after a boot: finish or undo what was begun, run what has to run", _resume, _add_nothing),
    "report": ("everything, including why the last deployment failed", _show_only, _add_nothing),
    "support": ("write logs, settings and the report to one archive, with secrets hidden", _support, _add_support),
}
READ_ONLY = ("status", "report", "support")
