"""What a person far away needs to understand a node, in one archive; nothing is changed, and secrets are hidden."""

import io
import json
import os
import re
import subprocess
import tarfile
import time
from typing import Any, Dict, List

from node_agent import report
from node_agent.errors import AgentError, OutsideError
from node_agent.health import DATA
from node_agent.node import Node

_LIMIT_S = 30.0
_LIMIT_BYTES = 8 << 20


def plan() -> Dict[str, Any]:
    """Commands, files, and the patterns of what is hidden: ``data/support.json``."""
    with open(os.path.join(DATA, "support.json"), encoding="utf-8") as stream:
        return dict(json.load(stream))


def collect(node: Node, out: str) -> List[str]:
    """Write the archive ``out`` (tar, gzip); returns the names in it. Raises OutsideError where it cannot be written.

    What cannot be had is in the archive as a file with the reason: a broken node is the very one that is asked about.
    """
    wanted = plan()
    texts = {"report.json": _report(node)}
    texts.update({name: _output(command) for name, command in wanted["commands"].items()})
    texts.update({"files" + path: _contents(path) for path in wanted["files"]})
    try:
        with tarfile.open(out, "w:gz") as archive:
            for name in sorted(texts):
                _add(archive, "support/" + name, hidden(texts[name], wanted["hidden"]))
    except OSError as error:
        raise OutsideError("cannot write {}: {}".format(out, error.strerror), "a place with room", "--out FILE")
    return sorted(texts)


def hidden(text: str, patterns: List[str]) -> str:
    """``text`` without what looks like a secret; the first group of each pattern stays."""
    for pattern in patterns:
        text = re.sub(pattern, r"\1(hidden)", text)
    return text


def _report(node: Node) -> str:
    try:
        return json.dumps(report.report(node), indent=2, sort_keys=True)
    except AgentError as error:
        return "no report: {}".format(error)


def _output(command: List[str]) -> str:
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_LIMIT_S, check=False, stdin=None
        )
    except subprocess.TimeoutExpired:
        return "no answer within {:g} s: {}\n".format(_LIMIT_S, " ".join(command))
    except OSError as error:
        return "cannot run {}: {}\n".format(command[0], os.strerror(error.errno or 0))
    return done.stdout[-_LIMIT_BYTES:].decode("utf-8", "replace")


def _contents(path: str) -> str:
    try:
        with open(path, "rb") as stream:
            return stream.read(_LIMIT_BYTES).decode("utf-8", "replace")
    except OSError as error:
        return "cannot read: {}\n".format(error.strerror)


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode("utf-8")
    header = tarfile.TarInfo(name)
    header.size, header.mode, header.mtime = len(data), 0o600, int(time.time())
    archive.addfile(header, io.BytesIO(data))
