"""Rules of the role rotation: which keys a board lets in, before and after one replaces the other."""

from __future__ import annotations

import re
import shlex
from typing import Any

from . import hardening
from .model import Command, Observed, Rule, Settings

ALONE = "-o IdentitiesOnly=yes -o IdentityAgent=none"
"""An agent of ssh must not open the door in place of the key that is tried."""
LETS_IN = "a session with sudo"


def doors(settings: Settings) -> list[dict[str, str]]:
    """The old key and the new one, in this order: name, file, how to log in by it, how to print its public half."""
    files = {"old": settings.text("ansible_ssh_private_key_file"), "new": settings.text("rotation_ssh_key")}
    return [
        {"name": name, "file": file, "login": login(settings, file), "public": f"ssh-keygen -y -f {shlex.quote(file)}"}
        for name, file in files.items()
    ]


def login(settings: Settings, file: str) -> str:
    """The command that logs in to the node by this key alone, and uses sudo."""
    own = Settings({**settings.values, "ansible_ssh_private_key_file": file}, settings.given)
    line = hardening.login(own)
    return line.replace("ssh ", f"ssh {ALONE} ", 1).removesuffix(" true") + " sudo -n true"


def answer(settings: Settings) -> dict[str, Any]:
    """The result of a task `command` (``settings.given["found"]``) in the form of the module observe."""
    found = settings.given["found"]
    return {"rc": found.get("rc", 255), "out": found.get("stdout", ""), "err": found.get("stderr", "")}


def way_in(settings: Settings) -> str:
    """The key that lets in, the new one where both do; ``settings.given["found"]``: the results of both."""
    old, new = doors(settings)
    return new["file"] if settings.given["found"][1].get("rc") == 0 else old["file"]


def pattern(settings: Settings) -> str:
    """The lines of authorized_keys that hold a key, whatever their options and comments."""
    kind, body = str(settings.given["half"]).split()[:2]
    return rf"(^|\s){re.escape(kind)}\s+{re.escape(body)}(\s|$)"


def doors_open(answer: Command) -> str:
    """What a login found, in words."""
    return LETS_IN if answer.rc == 0 else answer.last_error(f"exit code {answer.rc}")


def before(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether there is something to rotate, and a way in."""
    old, new = observed.command("old"), observed.command("new")
    halves = [observed.command(name).out.split()[:2] for name in ("old_half", "new_half")]
    found = LETS_IN if 0 in (old.rc, new.rc) else f"old key: {doors_open(old)}; new key: {doors_open(new)}"
    host = settings.text("inventory_hostname")
    return [
        Rule(
            "rotation.keys",
            "the same key twice" if halves[0] == halves[1] else "two keys",
            "two keys",
            next="ssh-keygen -t ed25519 -f NEW, and -e rotation_ssh_key=NEW",
        ),
        Rule("rotation.door", found, LETS_IN, next=f"ssh to {host} by hand"),
    ]


def after(observed: Observed, settings: Settings) -> list[Rule]:
    """The new key lets in, and the old one does not."""
    again = f"ansible-playbook rotate.yml --tags ssh --limit {settings['inventory_hostname']}"
    old = observed.command("old")
    return [
        Rule("rotation.new_key", doors_open(observed.command("new")), LETS_IN, next=again),
        Rule("rotation.old_key", LETS_IN if old.rc == 0 else "refused", "refused", next=again),
    ]
