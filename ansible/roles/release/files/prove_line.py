"""Whether a line runs with the files that were just brought: health, the page's certificate, the broker. Python 3.6.

Arguments: the folder of the line, seconds to wait, and JSON: {"port": of the page or 0, "certificate": its file}.
Runs on the board. The exit code is 0, or 1 with the reason on the last line of stderr.
"""

import json
import ssl
import subprocess
import sys
import time
from typing import Any, Callable, Dict, List

AGENT = ["/usr/local/sbin/nano-ocr-agent", "status", "--json"]
CHECK = ["docker", "exec", "nano-ocr", "ocr-app", "line", "check", "--json"]
ASKED = ("file", "mqtt", "webhook")
"""Rows of `ocr-app line check` that count: the ports that the line itself holds are reported as taken."""
Run = Callable[[List[str]], str]


def output(argv: List[str]) -> str:
    """What a command prints; an exit code other than 0 is judged by what it printed."""
    done = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = done.communicate(timeout=60)
    text = out.decode("utf-8", "replace").strip()
    if not text:
        raise OSError(" ".join(err.decode("utf-8", "replace").split()) or "{} said nothing".format(argv[0]))
    return text


def certificate(port: int) -> str:
    """The certificate that the page shows now."""
    return ssl.get_server_certificate(("127.0.0.1", port))


def problem(folder: str, page: Dict[str, Any], run: Run = output, shown: Callable[[int], str] = certificate) -> str:
    """What is not yet as it has to be, or ""."""
    try:
        health = json.loads(run(AGENT).splitlines()[-1]).get("health") or {}
        if not health.get("ready"):
            return "the application is not ready: {}".format(health.get("state", "it says nothing"))
        if page["port"] and not is_first(shown(page["port"]), "{}/{}".format(folder, page["certificate"])):
            return "the page shows another certificate than {}".format(page["certificate"])
        rows = json.loads(run(CHECK + [folder + "/line.yaml"]))
        bad = [row for row in rows if row["state"] == "error" and row["about"] in ASKED]
        return "{}: {}".format(bad[0]["about"], bad[0]["found"]) if bad else ""
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return " ".join(str(error).split()) or type(error).__name__


def is_first(shown: str, path: str) -> bool:
    """Whether a certificate is the first one of a file, which may hold a chain."""
    with open(path) as stream:
        text = stream.read()
    end = "-----END CERTIFICATE-----"
    begin = text.find("-----BEGIN CERTIFICATE-----")
    if begin < 0 or end not in text:
        raise ValueError("no certificate in {}".format(path))
    first = text[begin : text.index(end) + len(end)]
    return ssl.PEM_cert_to_DER_cert(first) == ssl.PEM_cert_to_DER_cert(shown)


def main(arguments: List[str]) -> int:
    """Ask until all is as it has to be, or the time is over."""
    folder, patience_s, page = arguments
    until = time.time() + float(patience_s)
    while True:
        found = problem(folder, json.loads(page))
        if not found or time.time() > until:
            break
        time.sleep(1)
    if found:
        sys.stderr.write(found + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
