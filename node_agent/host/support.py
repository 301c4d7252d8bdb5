"""Collects what a remote engineer needs to understand a node in one archive; nothing is changed, secrets are hidden."""

import io
import json
import os
import re
import subprocess
import tarfile
import time
from typing import Any, Dict, List

from node_agent.errors import HostError
from node_agent.host.health import DATA

_LIMIT_S = 30.0
_LIMIT_BYTES = 8 << 20


def plan() -> Dict[str, Any]:
    """The commands, the files, and the patterns of secrets: ``data/support.json``."""
    with open(os.path.join(DATA, "support.json"), encoding="utf-8") as stream:
        return dict(json.load(stream))


def collect(report: str, out: str) -> List[str]:
    """Write the archive ``out`` (tar, gzip); returns its names. Raises HostError where it cannot be written.

    Whatever cannot be collected is in the archive as a file with the reason, because the nodes that need support are
    broken. ``report`` is the agent's own report.
    """
    wanted = plan()
    texts = {"report.json": report}
    texts.update({name: _output(command) for name, command in wanted["commands"].items()})
    texts.update({"files" + path: _contents(path) for path in wanted["files"]})
    try:
        with tarfile.open(out, "w:gz") as archive:
            for name in sorted(texts):
                _add(archive, "support/" + name, hide_secrets(texts[name], wanted["hidden"]))
    except OSError as error:
        raise HostError("cannot write {}: {}".format(out, error.strerror), "a folder with free space", "--out FILE")
    return sorted(texts)


def hide_secrets(text: str, patterns: List[str]) -> str:
    """``text`` without what looks like a secret; the first group of each pattern is kept."""
    for pattern in patterns:
        text = re.sub(pattern, r"\1(hidden)", text)
    return text


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
