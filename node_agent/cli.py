"""``python3 -m node_agent VERB``: argument parsing, the agent's lock, signals, exit codes."""

import argparse
import fcntl
import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, Optional, TextIO

from node_agent import deploying, minisign, report, resuming, staging, support
from node_agent.disk import Folder
from node_agent.errors import AgentError, Locked, OutsideError
from node_agent.minisign import PublicKey
from node_agent.node import Node
from node_agent.source import source
from node_agent.system import System

_EPILOG = """\
exit codes: 0 done; 2 wrong usage; 41 refused, nothing changed; 42 locked, try later; 43 not in this phase; 44 Docker,
systemd or the disk failed; 45 a probe failed; 46 the journal is damaged; 47 the previous release was brought back;
48 the release that must run cannot be had; 130 interrupted and undone. status, report and support change nothing."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    main_parser = argparse.ArgumentParser(
        prog="python3 -m node_agent",
        description="Puts releases in place, proves them, goes back by itself.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main_parser.add_argument("--root", default="/var/lib/nano-ocr", help="folder of journal and releases (%(default)s)")
    main_parser.add_argument("--runtime", default="/run/nano-ocr", help="folder in memory (%(default)s)")
    main_parser.add_argument("--keys", default="/etc/nano-ocr/keys", help="folder of trusted *.pub (%(default)s)")
    main_parser.add_argument("--patience", type=float, default=0.0, metavar="S", help="wait for another command to end")
    main_parser.add_argument("--by", default=_user(), help="who asks, for the record (%(default)s)")
    verbs = main_parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (help_text, _, add) in VERBS.items():
        own = verbs.add_parser(name, help=help_text)
        own.add_argument("--json", action="store_true", help="one JSON object on standard output")
        add(own)
    return main_parser


def _user() -> str:
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or "uid {}".format(os.getuid())


def _of_stage(own: argparse.ArgumentParser) -> None:
    own.add_argument("source", help="a bundle, or a folder with its files")
    own.add_argument("--deployment", default="by hand", help="name of the deployment, for the record")
    own.add_argument("--group", help="commit together with this group")
    own.add_argument("--token-sha256", help="SHA-256 of the group's commit token")
    own.add_argument("--downgrade", metavar="REASON", help="let an older release in")


def _of_switch(own: argparse.ArgumentParser) -> None:
    own.add_argument("--wait-for-line", type=float, default=0.0, metavar="S", help="how long the reboot may wait")


def _of_commit(own: argparse.ArgumentParser) -> None:
    own.add_argument("--token-file", help="the group's commit token; - for standard input")


def _of_rollback(own: argparse.ArgumentParser) -> None:
    own.add_argument("--reason", required=True, help="why, for the record")


def _of_support(own: argparse.ArgumentParser) -> None:
    own.add_argument("--out", required=True, help="the archive to write")


def _nothing(own: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def _stage(node: Node, options: argparse.Namespace) -> None:
    with source(options.source) as origin:
        staging.stage(node, origin, options.deployment, options.group, options.token_sha256, options.downgrade)


def _switch(node: Node, options: argparse.Namespace) -> None:
    deploying.switch(node, options.wait_for_line)


def _commit(node: Node, options: argparse.Namespace) -> None:
    deploying.commit(node, _token(options.token_file))


def _token(path: Optional[str]) -> Optional[str]:
    if path is None:
        return None
    if path == "-":
        return sys.stdin.readline().strip()
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read().strip()
    except OSError as error:
        raise OutsideError("cannot read {}: {}".format(path, error.strerror), "the group's commit token")


def _rollback(node: Node, options: argparse.Namespace) -> None:
    deploying.roll_back(node, options.reason)


def _resume(node: Node, options: argparse.Namespace) -> None:
    resuming.resume(node)


def _support(node: Node, options: argparse.Namespace) -> None:
    support.collect(node, options.out)


def _look(node: Node, options: argparse.Namespace) -> None:
    """Status and report only look."""


Verb = Callable[[Node, argparse.Namespace], None]
VERBS: Dict[str, Any] = {
    "status": ("what runs and what the node waits for", _look, _nothing),
    "stage": ("bring a release onto the disk, checked", _stage, _of_stage),
    "switch": ("try the staged release, and reboot to prove it", _switch, _of_switch),
    "commit": ("let the proven release take over", _commit, _of_commit),
    "rollback": ("give up the deployment, or go back to the previous release", _rollback, _of_rollback),
    "resume": ("after a boot: finish or undo what was begun, run what has to run", _resume, _nothing),
    "report": ("everything, with why the last deployment ended as it did", _look, _nothing),
    "support": ("logs, settings and the report in one archive, secrets hidden", _support, _of_support),
}


def trusted_keys(folder: str) -> List[PublicKey]:
    """Keys that provisioning installed. Raises OutsideError, Refused."""
    if not os.path.isdir(folder):
        return []
    found = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".pub"):
            with open(os.path.join(folder, name), encoding="utf-8") as stream:
                found.append(minisign.public_key(stream.read()))
    return found


@contextmanager
def alone(runtime: str, patience_s: float = 0.0) -> Iterator[None]:
    """One command at a time that changes anything. Raises Locked after ``patience_s`` seconds."""
    os.makedirs(runtime, exist_ok=True)
    with open(os.path.join(runtime, "agent.lock"), "w") as stream:
        limit = time.monotonic() + patience_s
        while not _locks(stream):
            if time.monotonic() >= limit:
                raise Locked("another command of the agent is at work", "none", "python3 -m node_agent status")
            time.sleep(0.5)
        yield


def _locks(stream: TextIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _interrupt_once(number: int, frame: Any) -> None:
    """The first signal interrupts; the undoing that follows is not disturbed by another one."""
    for every in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(every, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(node: Node, options: argparse.Namespace) -> int:
    """Run one verb on a node; returns the exit code."""
    verb, error = VERBS[options.verb][1], None  # type: Verb, Optional[AgentError]
    try:
        verb(node, options)
    except AgentError as problem:
        error = problem
    except KeyboardInterrupt:
        deploying.interrupted(node)
        print("interrupted; what was begun is undone", file=sys.stderr)
        return 130
    _show(node, options, error)
    return error.exit_code if error else 0


def _show(node: Node, options: argparse.Namespace, error: Optional[AgentError]) -> None:
    if error:
        print("node_agent {}: {}".format(options.verb, error), file=sys.stderr)
    try:
        found = report.report(node) if options.verb == "report" else report.status(node)
    except AgentError as problem:
        found = {"error": problem.found, "next": problem.next_step}
    if error:
        found["error"] = {"code": error.code, "exit_code": error.exit_code, "found": error.found}
    if options.json or options.verb == "report" or "phase" not in found:
        print(json.dumps(found, indent=None if options.json else 2, sort_keys=True))
    else:
        print("\n".join(report.in_words(found)))


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns the exit code. Errors are printed as words, not as traces."""
    options = parser().parse_args(argv)
    if options.verb is None:
        parser().print_help()
        return 2
    try:
        folder = Folder(options.root)
        say = (lambda text: None) if options.json else (lambda text: print(text, file=sys.stderr))
        node = Node(folder, System(folder, options.runtime), trusted_keys(options.keys), options.by, say)
        if options.verb in ("status", "report", "support"):
            return run(node, options)
        with alone(options.runtime, options.patience):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, _interrupt_once)
            return run(node, options)
    except AgentError as error:
        print("node_agent {}: {}".format(options.verb, error), file=sys.stderr)
        return error.exit_code
